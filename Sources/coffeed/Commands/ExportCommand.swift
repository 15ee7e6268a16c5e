import ArgumentParser
import DaemonKit
import Foundation

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print a table of the books.",
    discussion: """
      CSV is for spreadsheets: it begins with a byte order mark, and its times are local. JSON is for programs: times \
      in UTC, amounts in the currency's smallest unit.
      """)

  @Argument(help: "users, usages, invoices, invoiceItems, batches or settings.") var table: BooksTable
  @Option(help: "csv, for spreadsheets, or json.") var format = ExportFormat.csv
  @Option(help: "comma, semicolon or tab: what stands between the cells of a CSV.")
  var separator = CSVSeparator.comma
  @Option(help: "Only one month of the usages, invoices, invoiceItems or batches, such as 2026-11.")
  var month: String?
  @OptionGroup var wanted: UsageFilterOptions
  @OptionGroup var options: CoffeedOptions

  func validate() throws { _ = try exportOptions() }

  private func exportOptions() throws -> ExportOptions {
    var selection = ExportOptions(
      filter: wanted.filter, style: CSVStyle(.english, separator: separator))
    if let month, !selection.restrict(toMonth: month, .system) {
      throw ValidationError("--month is '\(month)': give a month such as 2026-11")
    }
    let filter = selection.filter
    if table != .usages, filter != UsageFilter(from: filter.from, until: filter.until) {
      throw ValidationError("the \(table.rawValue) are chosen by --month, --from and --until only")
    }
    if [.users, .settings].contains(table), filter != UsageFilter() {
      throw ValidationError("the \(table.rawValue) have no time: they are exported as a whole")
    }
    return selection
  }

  func run() async throws {
    let configuration = try await options.load()
    let (table, format, selection) = (table, format, try exportOptions())
    try await configuration.withAsking { ask in
      var join = ExportJoin(format)
      try Self.put(join.beginning)
      var number = 0
      while true {
        guard case .export(let part) = try await ask(.export(table, format, selection, part: number)) else {
          throw ControlError.unexpected
        }
        try Self.put(join.next(part))
        if part.isLast { break }
        number += 1
      }
      try Self.put(join.end)
    }
  }

  /// Not `print`, which does not notice a reader that is gone or a disk that is full.
  private static func put(_ text: String) throws {
    var rest = Data(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno == EPIPE {
        // Who reads has had enough, such as `head`: as other programs then end, by SIGPIPE.
        throw ExitCode(128 + SIGPIPE)
      } else if errno != EINTR {
        throw PromptError(problem: "the table cannot be written: \(String(cString: strerror(errno)))")
      }
    }
  }
}
