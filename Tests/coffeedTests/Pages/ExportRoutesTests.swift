import Foundation
import HTTPTypes
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct ExportRoutesTests {
  @Test func everyTableIsThereAsCSVAndJSON() async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "=Ada", email: "ada@example.org")
    _ = try await office.command(.changeSettings(SettingsChange(masterToken: "deadbeef")))
    try await office.show("a1b2c3d4")
    _ = try await office.command(.createBatch(until: nil))
    try await office.visit { visit in
      let page = try await visit.get("/export")
      for table in BooksTable.allCases {
        for format in ExportFormat.allCases {
          let path = "/export/\(table.rawValue).\(format.rawValue)"
          #expect(page.text.contains("href=\"\(path)\""))
          let file = try await visit.get(path)
          #expect(file.status == .ok)
          #expect(file.type == (format == .csv ? "text/csv; charset=utf-8" : "application/json"))
          #expect(
            file.headers[.contentDisposition]
              == "attachment; filename=\"\(table.rawValue).\(format.rawValue)\"")
          let expected = Array(office.books.reading.export(table, as: format).joined())
          #expect(Array(file.text.utf8) == expected && !expected.isEmpty)
          #expect(!file.text.contains("deadbeef"), "the master token opens the machine")
          if format == .json { _ = try JSONSerialization.jsonObject(with: Data(file.text.utf8)) }
        }
      }
    }
  }

  /// More than fits into one piece, and the books go on meanwhile.
  @Test func aLongTableComesWhole() async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Ada")
    for _ in 0..<1200 { try await office.show("a1b2c3d4") }
    try await office.visit { visit in
      let file = try await visit.get("/export/usages.csv")
      #expect(file.text.utf8.count > 65_536)
      #expect(file.text.split(separator: "\r\n").count == 1201)
    }
  }
}
