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
          let expected = Array(
            office.books.reading.export(table, as: format, calendar: office.site.calendar).joined())
          #expect(Array(file.text.utf8) == expected && !expected.isEmpty)
          #expect(!file.text.contains("deadbeef"), "the master token opens the machine")
          if format == .json { _ = try JSONSerialization.jsonObject(with: Data(file.text.utf8)) }
        }
      }
    }
  }

  /// Francs in a German list: a semicolon, a byte order mark, local times, and a choice.
  @Test func aFileIsWrittenForItsReader() async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Özlem")
    try await office.show("a1b2c3d4")
    try await office.visit { visit in
      func file(_ query: String) async throws -> String {
        try await visit.get("/export/usages.csv?\(query)").text
      }
      let row = "1,2026-11-25 09:00:00,a1b2c3d4,ada,Özlem,,unknown,,0,Europe/Zurich\r\n"
      #expect(try await file("lang=en").hasSuffix(row))
      #expect(try await file("lang=de").hasSuffix(row.replacing(",", with: ";")))
      #expect(try await file("lang=fr&separator=tab").hasSuffix(row.replacing(",", with: "\t")))
      #expect(try await Array(file("lang=de").utf8.prefix(3)) == [0xEF, 0xBB, 0xBF])
      for query in ["separator=pipe", "month=2026", "month=garbage"] {
        let refused = try await visit.get("/export/usages.csv?\(query)&lang=de", accept: "text/html")
        #expect(refused.status == .badRequest && refused.text.contains("Monat"))
        let page = try await visit.get("/export?\(query)&lang=de")
        #expect(page.status == .ok && page.text.contains(#"role="alert""#))
      }
      // The choices stand in the links.
      let page = try await visit.get("/export?lang=de&separator=comma&month=2026-11").text
      #expect(page.contains(#"href="/export/usages.csv?separator=comma&amp;month=2026-11""#))
      #expect(page.contains(#"href="/export/invoices.json?month=2026-11""#))
      #expect(page.contains(#"href="/export/users.csv?separator=comma""#))
      #expect(page.contains(#"value="2026-11""#) && page.contains(#"<option value="comma" selected>"#))
      let month = try await visit.get("/export/usages.csv?month=2026-10")
      #expect(month.headers[.contentDisposition] == "attachment; filename=\"usages-2026-10.csv\"")
      #expect(month.text.split(separator: "\r\n").count == 1)
    }
  }

  @Test func theFilteredListIsAFileToo() async throws {
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.user("11223344", "bob", "Öz & Co")
    for token in ["a1b2c3d4", "11223344", "a1b2c3d4", "11223344"] {
      try await office.show(token)
      office.time.pass(.seconds(1800))
    }
    try await office.visit { visit in
      let page = try await visit.get("/transactions?name=%C3%B6z+%26&start_time=09:00&end_time=10:00&rows=1")
        .text
      let link = String(try #require(page.firstMatch(of: /href="(\/export\/usages\.csv[^"]*)"/)).1)
        .replacing("&amp;", with: "&")
      let rows = try await visit.get(link).text.split(separator: "\r\n").dropFirst()
      #expect(rows.map { $0.prefix { $0 != "," } } == ["2"])
      #expect(
        try await visit.get("/export/usages.csv?start_date=garbage").text.split(separator: "\r\n").count == 1)
    }
    // Nobody gets it who may not see what is in it.
    let trusting = try await Office(trusts: true)
    try await trusting.visit { visit in
      let page = try await visit.get("/transactions", as: .nobody)
      #expect(!page.text.contains("/export/"))
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
