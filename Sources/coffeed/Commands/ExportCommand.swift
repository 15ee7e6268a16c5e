import ArgumentParser
import DaemonKit
import Foundation

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Print a whole table of the books.")

  @Argument(help: "users, usages, invoices, invoiceItems, batches or settings.") var table: BooksTable
  @Option(help: "csv, for spreadsheets, or json.") var format = ExportFormat.csv
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let configuration = try await options.load()
    let (table, format) = (table, format)
    try await configuration.withAsking { ask in
      var join = ExportJoin(format)
      try Self.write(join.beginning)
      var number = 0
      while true {
        guard case .export(let part) = try await ask(.export(table, format, part: number)) else {
          throw ControlError.unexpected
        }
        try Self.write(join.next(part))
        if part.isLast { break }
        number += 1
      }
      try Self.write(join.end)
    }
  }

  /// Not `print`, which does not notice a reader that is gone or a disk that is full.
  private static func write(_ text: String) throws {
    guard !text.isEmpty else { return }
    try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
  }
}
