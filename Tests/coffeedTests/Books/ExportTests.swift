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

  private func text(_ table: BooksTable, _ format: ExportFormat, _ desk: Desk) -> String {
    String(decoding: Array(desk.reading.export(table, as: format).joined()), as: UTF8.self)
  }

  @Test func csvIsQuotedAndHarmless() throws {
    let lines = text(.users, .csv, try desk()).components(separatedBy: "\r\n")
    #expect(
      lines[0]
        == "token_id,user_name,name,email_address,phone_number,nickname,active,barred,hidden,erased,"
        + "created_at,last_seen,usages,uninvoiced")
    #expect(
      lines[1]
        == #"04a1b2c3,'=cmd|' /C calc'!A0,"Ada ""the"" L, Countess",'@x,'+41 44,,1,0,0,0,"#
        + "2026-11-02T08:00:00.000Z,2026-11-02T08:01:00.000Z,2,0")
    #expect(lines.count == 4 && lines[3].isEmpty)
    #expect(text(.settings, .csv, try desk()).contains("invoice_body,\"a\r\nb\"\r\n"))
  }

  @Test(arguments: ["=1", "+1", "-1", "@a", "\tx", "\rx"])
  func whatLooksLikeAFormulaIsNone(name: String) {
    var writer = ExportWriter(.csv, columns: ["a"])
    writer.append([.text(name)])
    let text = String(decoding: writer.takeBytes(), as: UTF8.self)
    #expect(text.hasPrefix("'") || text.hasPrefix("\"'"))
  }

  @Test func amountsAndUsages() throws {
    let desk = try desk()
    let invoices = text(.invoices, .csv, desk).components(separatedBy: "\r\n")
    #expect(invoices[1].contains(",2,0.05,0.10,CHF,2,0,") && invoices[1].hasSuffix(",1"))
    #expect(
      text(.usages, .csv, desk).components(separatedBy: "\r\n")[4]
        == "4,2026-11-02T08:03:00.000Z,04112233445566,bob,Bob,,unknown,,1")
    #expect(
      text(.invoiceItems, .csv, desk)
        == "invoice_id,usage_id,timestamp,coffee_type\r\n"
        + "1,1,2026-11-02T08:00:00.000Z,unknown\r\n1,2,2026-11-02T08:01:00.000Z,unknown\r\n"
        + "2,3,2026-11-02T08:02:00.000Z,unknown\r\n")
    #expect(text(.batches, .csv, desk).components(separatedBy: "\r\n")[1].hasSuffix(",2,3,0.15,CHF,2"))
  }

  @Test(arguments: BooksTable.allCases)
  func jsonIsJSON(table: BooksTable) throws {
    let object = try JSONSerialization.jsonObject(with: Data(text(table, .json, try desk()).utf8))
    let rows = try #require(object as? [[String: Any]])
    #expect(rows.count == [.users: 2, .usages: 4, .invoices: 2, .invoiceItems: 3, .batches: 1][table] ?? 13)
    let header = text(table, .csv, try desk()).prefix { $0 != "\r\n" }.split(separator: ",")
    #expect(Set(header.map(String.init)) == Set(rows[0].keys))
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
