import ArgumentParser
import DaemonKit

struct UsageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "usage", abstract: "The coffees, newest first.",
    subcommands: [UsageList.self, UsageUndo.self], defaultSubcommand: UsageList.self)
}

/// Which coffees.
struct UsageFilterOptions: ParsableArguments {
  @Option(help: "A part of the token.") var token: String?
  @Option(help: "A part of the short name.") var userName: String?
  @Option(help: "A part of the name.") var name: String?
  @Option(help: "A part of the e-mail address.") var email: String?
  @Option(help: "The first day, such as 2026-12-01, or a moment, such as 2026-12-01T08:00.")
  var from: LocalMoment?
  @Option(help: "The last day, or up to a moment.") var until: LocalMoment?
  @Option(help: "On any day, from this time of day on, such as 08:00.") var fromTime: TimeOfDay?
  @Option(help: "On any day, until this time of day.") var untilTime: TimeOfDay?

  var filter: UsageFilter {
    UsageFilter(
      token: token, userName: userName, name: name, emailAddress: email, from: from?.start(),
      until: until?.end(), fromSecondOfDay: fromTime?.second, untilSecondOfDay: untilTime?.second)
  }
}

struct UsageList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "The coffees, newest first.")

  @Option(help: "How many at most.") var limit = 20
  @OptionGroup var wanted: UsageFilterOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func validate() throws {
    guard (1...1_000_000).contains(limit) else {
      throw ValidationError("--limit is \(limit): give 1 to 1000000")
    }
  }

  func run() async throws {
    let usages = try await options.load().withAsking { try await fetch($0) }
    try output.print(usages) {
      tableLines(
        ["NUMBER", "WHEN", "TOKEN", "USER NAME", "NAME", "DRINK", "INVOICE"],
        usages.map { usage in
          [
            "\(usage.number)", localText(usage.time), usage.token.text, usage.userName, usage.name,
            usage.drinkName,
            usage.isCancelled ? "taken back" : usage.invoice.map { "\($0)" } ?? "-",
          ]
        })
    }
  }

  private func fetch(_ ask: Asking) async throws -> [UsageView] {
    var usages: [UsageView] = []
    var page = 1
    while true {
      let request = ControlRequest.usages(
        wanted.filter, page: page, pageSize: min(limit, ControlDesk.pageSize))
      guard case .usages(let found) = try await ask(request) else { throw ControlError.unexpected }
      // What was brewed since the page before moves the rows on.
      usages += found.rows.filter { row in
        usages.last.map { (row.time, row.number) < ($0.time, $0.number) } ?? true
      }
      if usages.count >= limit || page >= found.pages { return Array(usages.prefix(limit)) }
      page += 1
    }
  }
}

struct UsageUndo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "undo", abstract: "Take a coffee of the last five minutes back, by a counter-entry.")

  @Argument(help: "Its number, as the list shows it.") var number: Int
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    _ = try await options.load().carryOut(.undo(usage: number))
    print("usage \(number): taken back")
  }
}
