import ArgumentParser
import DaemonKit
import JSONState

struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "The files of the books.",
    subcommands: [StateVerify.self, StateRepair.self])
}

struct StateVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read every byte of the books and say what is wrong. Changes nothing.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try output.print(try await configuration.verifyBooks())
  }
}

struct StateRepair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Make damaged books fit to be opened: what is sound stays, what is lost is named.",
    discussion: """
      The daemon must not run. Damaged files are kept under another name. The exit code is 2 when entries are missing \
      in the balances afterwards, or may be because the journal's end is gone or of other books.
      """)

  @OptionGroup var options: TapdOptions

  func run() async throws {
    let directory = try await options.load().stateDirectory
    let report = try await StateStore<LedgerState>.repairReport(of: directory)
    report.lines(sums: "the balances", remedy: "check the cards by hand").forEach { print($0) }
    try report.failIfIncomplete()
  }
}
