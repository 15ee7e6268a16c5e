import DaemonKit
import Foundation
import PiHAL
import Testing

@testable import coffeed

@Suite struct ExportTests {
  private func desk() throws -> Desk {
    var desk = Desk()
    try desk.carryOut(
      .addUser(
        .ada,
        UserChange(
          userName: "=cmd|' /C calc'!A0", name: #"Ada "the" L, Countess"#, emailAddress: "@x",
          phoneNumber: "+41 44")))
    desk.add(.bob, "Bob")
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 5, invoiceBody: "a\r\nb")))
    desk.brew(.ada, 2)
    desk.brew(.bob)
    try desk.carryOut(.createBatch(until: nil))
    desk.brew(.bob)
    try desk.carryOut(.undo(usage: 4))
    return desk
  }

  private static let zurich = LocalCalendar(zone: "Europe/Zurich")!

  /// In Zurich, without the byte order mark of a CSV.
  private func text(
    _ table: BooksTable, _ format: ExportFormat, _ desk: Desk, _ options: ExportOptions = ExportOptions()
  ) -> String {
    let bytes = Array(desk.reading.export(table, as: format, options, calendar: Self.zurich).joined())
    #expect(bytes.starts(with: [0xEF, 0xBB, 0xBF]) == (format == .csv))
    return String(decoding: format == .csv ? bytes[3...] : bytes[...], as: UTF8.self)
  }

  @Test func csvIsQuotedAndHarmless() throws {
    let lines = text(.users, .csv, try desk()).components(separatedBy: "\r\n")
    #expect(
      lines[0]
        == "token_id,user_name,name,email_address,phone_number,nickname,active,barred,hidden,erased,"
        + "created_at,last_seen,usages,uninvoiced,time_zone")
    #expect(
      lines[1]
        == #"04a1b2c3,'=cmd|' /C calc'!A0,"Ada ""the"" L, Countess",'@x,'+41 44,,1,0,0,0,"#
        + "2026-11-02 09:00:00,2026-11-02 09:01:00,2,0,Europe/Zurich")
    #expect(lines.count == 4 && lines[3].isEmpty)
    #expect(text(.settings, .csv, try desk()).contains("invoice_body,\"a\r\nb\"\r\n"))
  }

  /// The last ones begin with what a spreadsheet passes over: blanks, breaks, and what shows nothing.
  @Test(arguments: [
    "=1", "+1", "-1", "@a", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠a", " =1", "\u{A0}=1", "\u{3000}=1",
    "  \t =1", "\n=1", "\u{FEFF}=1", "\u{200B}=1", "\u{200E}=1", "\u{2028}=1", "\u{0}=1", "\u{85}=1",
    "\u{AD}=1",
    "\u{1F}\u{202F}\u{200D}-1", "\u{E000}=1", "\u{FE0F}=1",
  ])
  func whatLooksLikeAFormulaIsNone(name: String) {
    for style in [CSVStyle(.english), CSVStyle(.german), CSVStyle(.french, separator: .tab)] {
      var writer = ExportWriter(.csv, columns: ["a"], style: style)
      writer.append([.text(name)])
      let bytes = writer.takeBytes()
      #expect(bytes.starts(with: Array("'".utf8)) || bytes.starts(with: Array("\"'".utf8)))
    }
  }

  @Test(arguments: ["Ada", " Ada", "a=1", "1-2", "\u{200B}Ada", "", " ", "é=", "\u{308}="])
  func whatIsNoFormulaStaysAsItIs(name: String) {
    var writer = ExportWriter(.csv, columns: ["a"])
    writer.append([.text(name)])
    #expect(writer.takeBytes() == Array("\(name)\r\n".utf8))
  }

  @Test(arguments: [
    (CSVStyle(.english), "1,2026-11-02 09:00:00,04a1b2c3", "1.50,3.00,CHF"),
    (CSVStyle(.german), "1;2026-11-02 09:00:00;04a1b2c3", "1.50;3.00;CHF"),
    (CSVStyle(.french, separator: .tab), "1\t2026-11-02 09:00:00\t04a1b2c3", "1.50\t3.00\tCHF"),
  ])
  func aSpreadsheetOfTheLanguageReadsIt(style: CSVStyle, usage: String, amounts: String) throws {
    var desk = try desk()
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 150)))
    desk.brew(.ada, 2)
    try desk.carryOut(.createBatch(until: nil))
    var options = ExportOptions(style: style)
    #expect(text(.usages, .csv, desk, options).contains("\r\n" + usage))
    #expect(text(.invoices, .csv, desk, options).contains(amounts))
    // Francs have a point everywhere, other money the language's own mark.
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 150, currency: "EUR")))
    desk.brew(.ada, 2)
    try desk.carryOut(.createBatch(until: nil))
    options.style.separator = .comma
    let euros = style.language == .english ? "1.50,3.00,EUR" : #""1,50","3,00",EUR"#
    #expect(text(.invoices, .csv, desk, options).contains(euros))
  }

  /// What separates the cells in another reading of the file is in quotation marks too.
  @Test(arguments: ["a,b", "a;b", "a\tb", "a\"b", "a\nb"])
  func aCellStaysOneCell(name: String) {
    for separator in CSVSeparator.allCases {
      var writer = ExportWriter(.csv, columns: ["a"], style: CSVStyle(separator: separator))
      writer.append([.text(name)])
      #expect(
        String(decoding: writer.takeBytes(), as: UTF8.self)
          == "\"\(name.replacing("\"", with: "\"\""))\"\r\n")
    }
  }

  /// The hour of a change of the clocks, too.
  @Test func timesAreThoseOfTheClockOnTheWall() throws {
    var desk = Desk()
    desk.add(.ada, "Ada")
    for time in [
      "2026-07-01T22:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-12-31T23:30:00Z",
    ] {
      desk.time = try #require(WallTime(time))
      desk.brew(.ada)
    }
    let rows = text(.usages, .csv, desk).components(separatedBy: "\r\n").dropFirst().dropLast()
    #expect(
      rows.map { $0.split(separator: ",")[1] } == [
        "2026-07-02 00:30:00", "2026-10-25 02:30:00", "2026-10-25 02:30:00", "2027-01-01 00:30:00",
      ])
    #expect(rows.allSatisfy { $0.hasSuffix(",Europe/Zurich") })
    #expect(text(.usages, .json, desk).contains(#""timestamp":"2026-12-31T23:30:00.000Z""#))
  }

  @Test func aMonthAndAFilterLeaveWhatTheySay() throws {
    var desk = Desk()
    desk.add(.ada, "Ada")
    desk.add(.bob, "Bob")
    try desk.carryOut(.changeSettings(SettingsChange(pricePerCoffee: 5)))
    // The last and the first minute of a month in Zurich.
    for time in [
      "2026-10-31T22:59:00Z", "2026-10-31T23:00:00Z", "2026-11-30T22:59:00Z", "2026-11-30T23:00:00Z",
    ] {
      desk.time = try #require(WallTime(time))
      _ = desk.show(.ada)
      _ = desk.show(.bob)
      try desk.carryOut(.createBatch(until: nil))
    }
    func numbers(_ table: BooksTable, _ options: ExportOptions, column: Int = 0) -> [Int] {
      let export = desk.reading.export(table, as: .csv, options, calendar: Self.zurich)
      let whole = text(table, .csv, desk, options).components(separatedBy: "\r\n").dropFirst().dropLast()
      // The command line fetches the same in parts.
      var join = ExportJoin(.csv)
      let parts = join.beginning + join.next(export.part(0))
      #expect(parts.unicodeScalars.first == "\u{FEFF}")
      #expect(parts.components(separatedBy: "\r\n").dropFirst().dropLast() == whole)
      return whole.compactMap { Int($0.split(separator: ",", omittingEmptySubsequences: false)[column]) }
    }
    var november = ExportOptions()
    let isMonth = november.restrict(toMonth: "2026-11", Self.zurich)
    #expect(isMonth)
    #expect(numbers(.usages, november) == [3, 4, 5, 6])
    #expect(numbers(.invoiceItems, november, column: 1) == [3, 4, 5, 6])
    #expect(numbers(.invoices, november) == [3, 4, 5, 6])
    #expect(numbers(.batches, november) == [2, 3])
    #expect(numbers(.usages, ExportOptions(filter: UsageFilter(name: "bob"))) == [2, 4, 6, 8])
    november.filter.name = "BOB"
    #expect(numbers(.usages, november) == [4, 6])
    #expect(numbers(.usages, ExportOptions(filter: UsageFilter(isNothing: true))).isEmpty)
    for none in ["", "2026", "2026-13", "2026-1", "11-2026", "2026-11-01"] {
      let isMonth = november.restrict(toMonth: none, Self.zurich)
      #expect(!isMonth, "\(none)")
    }
  }

  @Test func amountsAndUsages() throws {
    let desk = try desk()
    let invoices = text(.invoices, .csv, desk).components(separatedBy: "\r\n")
    #expect(invoices[1].contains(",2,0.05,0.10,CHF,2,0,") && invoices[1].hasSuffix(",1,Europe/Zurich"))
    #expect(
      text(.usages, .csv, desk).components(separatedBy: "\r\n")[4]
        == "4,2026-11-02 09:03:00,04112233445566,bob,Bob,,unknown,,1,Europe/Zurich")
    #expect(
      text(.invoiceItems, .csv, desk)
        == "invoice_id,usage_id,timestamp,coffee_type,time_zone\r\n"
        + "1,1,2026-11-02 09:00:00,unknown,Europe/Zurich\r\n1,2,2026-11-02 09:01:00,unknown,Europe/Zurich\r\n"
        + "2,3,2026-11-02 09:02:00,unknown,Europe/Zurich\r\n")
    #expect(
      text(.batches, .csv, desk).components(separatedBy: "\r\n")[1].hasSuffix(",2,3,0.15,CHF,2,Europe/Zurich")
    )
  }

  @Test(arguments: BooksTable.allCases)
  func jsonIsJSON(table: BooksTable) throws {
    let object = try JSONSerialization.jsonObject(with: Data(text(table, .json, try desk()).utf8))
    let rows = try #require(object as? [[String: Any]])
    #expect(rows.count == [.users: 2, .usages: 4, .invoices: 2, .invoiceItems: 3, .batches: 1][table] ?? 13)
    let header = text(table, .csv, try desk()).prefix { $0 != "\r\n" }.split(separator: ",")
    // The zone is that of the local times, which JSON has not.
    #expect(Set(header.map(String.init)).subtracting(["time_zone"]) == Set(rows[0].keys))
    if table == .users {
      #expect(rows[0]["name"] as? String == #"Ada "the" L, Countess"#)
      #expect(rows[0]["phone_number"] as? String == "+41 44" && rows[0]["nickname"] is NSNull)
    }
    if table == .invoices { #expect(rows[0]["total"] as? Int == 10 && rows[0]["paid"] as? Bool == false) }
    #expect(
      try JSONSerialization.jsonObject(with: Data(text(table, .json, Desk()).utf8)) is [Any])
  }

  @Test func theMasterTokenIsNotInIt() throws {
    var desk = try desk()
    try desk.carryOut(.changeSettings(SettingsChange(masterToken: "deadbeef")))
    #expect(!text(.settings, .json, desk).contains("deadbeef"))
  }

  @Test func rowsComeInPieces() throws {
    var desk = try desk()
    for _ in 0..<20_000 { desk.state.usages.append(user: 2, time: desk.time, drink: .double) }
    let pieces = Array(desk.reading.export(.usages, as: .csv))
    #expect(pieces.count > 20 && pieces.allSatisfy { $0.count < 40_000 })
    #expect(pieces.joined().count { $0 == UInt8(ascii: "\n") } == 20_005)
  }

  @Test func controlCharactersAreEscaped() throws {
    var writer = ExportWriter(.json, columns: ["a"])
    let name = "a\"\\\u{1}\u{1f}\n\t\r/é\u{2028}"
    writer.begin()
    writer.append([.text(name)])
    writer.end()
    let rows = try JSONSerialization.jsonObject(with: Data(writer.takeBytes())) as? [[String: String]]
    #expect(rows?.first?["a"] == name)
  }
}
