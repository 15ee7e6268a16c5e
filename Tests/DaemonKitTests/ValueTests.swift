import DaemonKit
import Foundation
import RC522
import Testing

@Suite struct ValueTests {
  struct Counting: RandomNumberGenerator {
    var value: UInt64

    mutating func next() -> UInt64 {
      defer { value += 1 }
      return value
    }
  }

  @Test func anIdentifierIsAll128BitsOfTwoRandomNumbers() {
    var generator = Counting(value: 0xF)
    #expect(CommandID(using: &generator).text == "000000000000000f0000000000000010")
  }

  @Test func anIdentifierIsTextInJSONAlsoAsAKey() throws {
    let json = String(decoding: try JSONEncoder().encode([CommandID("a"): CommandID("b")]), as: UTF8.self)
    #expect(json == #"{"a":"b"}"#)
    let back = try JSONDecoder().decode([CommandID: CommandID].self, from: Data(json.utf8))
    #expect(back == [CommandID("a"): CommandID("b")])
  }

  @Test func theBootsIDIsTheSameEachTime() throws {
    let first = try BootID.read()
    #expect(try BootID.read() == first)
  }

  @Test func aMissingOrStrangeBootIDSaysWhere() async throws {
    try await Scratch.with { scratch in
      let missing = scratch.path + "/none"
      let error = #expect(throws: BootIDError.self) { try BootID.read(from: missing) }
      #expect(error?.description.contains(missing) == true)
      let strange = try scratch.write("reboot\n", to: "boot_id")
      #expect(throws: BootIDError.self) { try BootID.read(from: strange) }
      let known = try scratch.write("6ba7b810-9dad-11d1-80b4-00c04fd430c8\n", to: "boot_id")
      #expect(try BootID.read(from: known) == "6ba7b810-9dad-11d1-80b4-00c04fd430c8")
    }
  }
}

@Suite struct CommandLineTests {
  @Test(arguments: [("6.5", 650), ("6,50", 650), ("0.05", 5), ("12", 1200)])
  func decimalsAreTakenExactly(text: String, hundredths: Int64) {
    #expect(DecimalAmount(argument: text)?.scaled(by: 2) == hundredths)
  }

  @Test(arguments: ["", ".", "1.", ".5", "1.2.3", "-1", "1e3", "٣", "99999999999999999999"])
  func whatIsNoDecimalIsRefused(text: String) { #expect(DecimalAmount(argument: text) == nil) }

  @Test func whatIsTooFineOrTooLargeIsNotRounded() {
    #expect(DecimalAmount(argument: "1.005")?.scaled(by: 2) == nil)
    #expect(DecimalAmount(argument: "9223372036854775807")?.scaled(by: 2) == nil)
  }

  @Test(arguments: [
    (250, 2, "2.50"), (5, 2, "0.05"), (-5, 2, "-0.05"), (1234, 0, "1234"), (0, 3, "0.000"),
    (.min, 2, "-92233720368547758.08"),
  ])
  func decimalsAreShown(value: Int64, decimals: Int, text: String) {
    #expect(decimalText(value, decimals: decimals) == text)
  }

  @Test func columnsAreAsWideAsTheirLongestCell() {
    #expect(
      tableLines(["UID", "NAME"], [["04a1b2c3", "A"], ["1", ""]]) == ["UID       NAME", "04a1b2c3  A", "1"])
  }

  @Test func aDateIsItsStart() {
    #expect(WallTime(argument: "2026-12-31")?.description == "2026-12-31T00:00:00.000Z")
    #expect(WallTime(argument: "2026-12-31T18:00:00Z")?.description == "2026-12-31T18:00:00.000Z")
    #expect(WallTime(argument: "31.12.2026") == nil)
  }

  @Test func aCardIsAnArgument() throws {
    #expect(try UID.argument("04:A1:B2:C3").description == "04a1b2c3")
    #expect(throws: (any Error).self) { try UID.argument("04a1b2") }
  }
}
