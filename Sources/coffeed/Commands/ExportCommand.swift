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
      try Self.put(join.beginning)
      var number = 0
      while true {
        guard case .export(let part) = try await ask(.export(table, format, part: number)) else {
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
