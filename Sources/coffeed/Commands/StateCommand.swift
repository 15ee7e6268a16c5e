import ArgumentParser
import DaemonKit
import JSONState
import PanelKit

struct StateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state", abstract: "The files of the books.",
    subcommands: [StateVerify.self, StateRepair.self])
}

struct StateVerify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Read every byte of the books and say what is wrong. Changes nothing.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws { try output.print(try await options.load().verifyState()) }
}

struct StateRepair: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Make damaged books fit to be opened: what is sound stays, what is lost is named.",
    discussion: """
      The daemon must not run. Damaged files are kept under another name. The exit code is 2 when entries are missing \
      in the users' sums, or users in people.json, afterwards, and when entries may be missing because the journal's \
      end is gone or of other books.
      """)

  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let directory = try await options.load().stateDirectory
    let report = try await StateStore<BooksState>.repairReport(of: directory)
    report.lines(sums: "the users' sums", remedy: "compare them with what was brewed")
      .forEach { print($0) }
    // The books can be opened now, and their lock covers the other two files.
    let (people, access, missing) = try await StateStore<BooksState>.withOpen(directory: directory) { store in
      let revisions = store.read { $0.personRevisions }
      return try await onOwnThread { () throws(JSONStateError) in
        (
          try StoredBooks.repairPeople(in: directory), try AccessStore.repair(directory: directory),
          try StoredBooks.missingPersons(in: directory, knowing: revisions)
        )
      }
    }
    say(people, of: StoredBooks.peopleFile, "the users' names")
    say(access, of: "access.json", "password and keys")
    if let missing { print(missing) }
    try report.failIfIncomplete()
    if missing != nil { throw ExitCode(2) }
  }

  private func say(_ repair: DocumentRepair, of file: String, _ content: String) {
    switch repair {
    case .wasSound: break
    case .restored(let damaged):
      print(
        "\(file) had one damaged byte and is again as it was written. The damaged one is kept as \(damaged)")
    case .kept(let damaged):
      print("\(file) was changed by hand; \(content) were taken over, look at them. It is kept as \(damaged)")
    case .keptPartly(let damaged, let lost):
      print(
        "\(file) is damaged; of \(content) was kept what can be read, look at them. Not kept: "
          + "\(lost.prefix(20).joined(separator: ", ")). It is kept as \(damaged)")
    case .setAside(let damaged):
      print("\(file) cannot be read: \(content) begin anew. It is kept as \(damaged)")
    }
  }
}

extension CoffeedConfiguration {
  /// Reads all of the state, through the daemon or directly.
  /// - Parameter look: see ``StoredBooks/verificationReport(of:showing:)``; a running daemon shows nothing.
  func verifyState(
    showing look: @escaping @Sendable (BooksState) -> Void = { _ in }
  ) async throws -> VerificationReport {
    if let answer = try await client.askDaemon(.verify) {
      guard case .verified(let report) = answer else { throw ControlError.unexpected }
      return report
    }
    let directory = stateDirectory
    // Not opened, as other requests would: what cannot be opened can be verified all the same.
    var report = try await StoredBooks.verificationReport(of: directory, showing: look)
    let damage = try await onOwnThread { () throws(JSONStateError) in
      try AccessStore.verify(directory: directory)
    }
    if let damage { report.damages.append(damage.description) }
    return report
  }
}
