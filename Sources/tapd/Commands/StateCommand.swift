import ArgumentParser
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
  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let configuration = try await options.load()
    let report = try await configuration.verifyBooks()
    try output.print(report) {
      var lines = report.damages + report.notices
      if !report.lost.isEmpty {
        lines.append("an earlier repair gave up \(report.lost.count) entries: \(report.lost.prefix(20))")
      }
      lines.append("\(report.entries) entries, \(report.damages.isEmpty ? "all sound" : "damaged")")
      return lines
    }
    if !report.damages.isEmpty { throw ExitCode.failure }
  }
}

struct StateRepair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Make damaged books fit to be opened: what is sound stays, what is lost is named.",
    discussion: "The daemon must not run. Damaged files are kept under another name.")

  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    let directory = try await options.load().stateDirectory
    let report = try await onOwnThread {
      Result { try StateStore<LedgerState>.repair(directory: directory) }
    }.get()
    report.damages.forEach { print($0) }
    for file in report.replaced {
      print("\(file.file) was replaced\(file.keptAs.map { "; the damaged one is kept as \($0)" } ?? "")")
    }
    if report.damages.isEmpty { return print("Nothing is wrong; nothing was changed.") }
    if report.lost.isEmpty { return print("No entry was lost.") }
    print("\(report.lost.count) entries could not be saved: \(report.lost.prefix(20))")
    if report.lostFromState.isEmpty {
      print("Their effect is in the balances all the same, through the snapshot.")
    } else {
      print("\(report.lostFromState.count) of them are missing in the balances: check those cards by hand.")
    }
  }
}
