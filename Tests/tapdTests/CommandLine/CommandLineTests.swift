import DaemonKit
import DaemonTesting
import Foundation
import Testing

@testable import tapd

extension Program {
  /// The built `tapd`.
  static func withTapd(_ body: (Program) async throws -> Void) async throws {
    try await withState(of: "tapd", environment: ["TAPD_TAP_NAME": "demo"], body)
  }
}

@Suite struct CommandLineTests {
  @Test func cardsWithoutADaemon() async throws {
    try await Program.withTapd { tapd in
      #expect(
        try await tapd.run("card", "add", "04:A1:B2:C3", "--balance", "20").output
          == "card 04a1b2c3: balance 20.00 EUR\n")
      #expect(
        try await tapd.run("card", "top-up", "04a1b2c3", "5,50").output
          == "card 04a1b2c3: balance 25.50 EUR\n")
      #expect(
        try await tapd.run("card", "refund", "04a1b2c3", "0.50").output
          == "card 04a1b2c3: balance 25.00 EUR\n")
      #expect(try await tapd.run("card", "block", "04a1b2c3").code == 0)
      let list = try await tapd.run("card", "list", "--json").output
      let cards = try JSONDecoder().decode([String: LedgerState.Card].self, from: Data(list.utf8))
      #expect(cards["04a1b2c3"]?.balance == Money(2500))
      #expect(cards["04a1b2c3"]?.blocked == true)
    }
  }

  @Test func aRefusalSaysWhyAndFails() async throws {
    try await Program.withTapd { tapd in
      let unknown = try await tapd.run("card", "top-up", "04a1b2c3", "5")
      #expect(unknown.code != 0)
      #expect(unknown.errors.contains("04a1b2c3"))
      let tooFine = try await tapd.run("card", "add", "04a1b2c3", "--balance", "1.005")
      #expect(tooFine.code != 0)
      #expect(tooFine.errors.contains("--balance has more than 2 decimals"))
      let noUID = try await tapd.run("card", "add", "04a1")
      #expect(noUID.code != 0)
      try await tapd.run("card", "add", "04a1b2c3", "--balance", "1")
      let tooMuch = try await tapd.run("card", "refund", "04a1b2c3", "2")
      #expect(tooMuch.code != 0)
    }
  }

  /// Somebody's `.env` in the working directory, say.
  private static let elsewhere = [
    "TAPD_TAP_NAME": "other", "TAPD_CURRENCY_DECIMALS": "0", "TAPD_CURRENCY_CODE": "token",
  ]

  @Test func amountsMeanWhatTheBooksSay() async throws {
    try await Program.withTapd { tapd in
      try await tapd.run("card", "add", "04a1b2c3", "--balance", "20")
      var other = tapd
      other.environment.merge(Self.elsewhere) { $1 }
      #expect(
        try await other.run("card", "top-up", "04a1b2c3", "1").output == "card 04a1b2c3: balance 21.00 EUR\n")
      #expect(try await other.run("card", "list").output.contains("21.00 EUR"))
    }
  }

  @Test func aKegForAnotherTapIsRefused() async throws {
    try await Program.withTapd { tapd in
      try await tapd.withDaemon { _ in }
      var other = tapd
      other.environment.merge(Self.elsewhere) { $1 }
      for command in [["mount", "IPA", "--litres", "20", "--price", "6"], ["status"], ["unmount"]] {
        let result = try await other.run(["keg"] + command)
        #expect(result.code != 0)
        #expect(result.errors.contains("\"other\"") && result.errors.contains("\"demo\""), "\(result.errors)")
      }
    }
  }

  @Test func everyCommandSaysWhatItDid() async throws {
    try await Program.withTapd { tapd in
      let obeyed = try await tapd.run(["card", "add", "04a1b2c3", "--label", "one\u{1B}[2Jtwo"])
      #expect(obeyed.code != 0 && obeyed.errors.contains("no control characters"))
      try await tapd.run("card", "add", "04a1b2c3", "--balance", "20", "--label", "one\u{202E}two")
      func says(_ words: String, _ command: String...) async throws {
        let result = try await tapd.run(command)
        #expect(
          result.code == 0 && result.output.contains(words), "\(command): \(result.output)\(result.errors)")
      }
      try await says("blocked, balance 20.00 EUR", "card", "block", "04a1b2c3")
      try await says("no longer blocked", "card", "unblock", "04a1b2c3")
      try await says(
        "valid until 2026-01-02 00:00:00", "card", "validity", "04a1b2c3", "--until", "2026-01-02")
      try await says("expired", "card", "list")
      try await says(
        "valid from 2999-01-01 12:00:00", "card", "validity", "04a1b2c3", "--from", "2999-01-01T12:00")
      try await says("not yet valid", "card", "list")
      try await says("always valid", "card", "validity", "04a1b2c3")
      try await says(
        "keg 1 mounted: Blonde, 30.000 l at 6.50 EUR", "keg", "mount", "Blonde", "--litres", "30", "--price",
        "6.5")
      try await says("keg 1 costs 7.00 EUR a litre", "keg", "price", "7")
      try await says("keg 1 taken off", "keg", "unmount")
      // What a terminal would turn round is shown, not sent.
      try await says(#"one\u{202E}two"#, "card", "list")
      let json = try await tapd.run("card", "list", "--json").output
      #expect(!json.unicodeScalars.contains { $0 == "\u{202E}" })
      #expect(
        try JSONDecoder().decode([String: LedgerState.Card].self, from: Data(json.utf8))["04a1b2c3"]?.label
          == "one\u{202E}two")
    }
  }

  @Test func theVersionIsPrinted() async throws {
    try await Program.withTapd { tapd in
      let output = try await tapd.run("--version").output
      #expect(output == packageVersion + "\n")
    }
  }

  @Test func everyEndOfAPourHasWords() {
    #expect(PourEnd.cardRemoved.words == "card removed")
    #expect(PourEnd.allCases.allSatisfy { $0.words == $0.words.lowercased() })
  }

  @Test func commandsAtTheSameTimeWaitForEachOther() async throws {
    try await Program.withTapd { tapd in
      try await tapd.run("card", "add", "04a1b2c3")
      let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
        for _ in 0..<8 { group.addTask { try await tapd.run("card", "top-up", "04a1b2c3", "1").code } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(codes == Array(repeating: 0, count: 8))
      let list = try await tapd.run("card", "list").output
      #expect(list.contains("8.00"))
    }
  }

  @Test func aKegWithoutADaemon() async throws {
    try await Program.withTapd { tapd in
      #expect(try await tapd.run("keg", "mount", "Blonde", "--litres", "30", "--price", "6.5").code == 0)
      let status = try await tapd.run("keg", "status").output
      #expect(status.contains("Blonde"))
      #expect(status.contains("30.000 l of 30.000 l"))
      #expect(status.contains("6.50 EUR"))
    }
  }

  @Test func verifyFindsWhatWasChangedByHand() async throws {
    try await Program.withTapd { tapd in
      try await tapd.run("card", "add", "04a1b2c3", "--balance", "20")
      #expect(try await tapd.run("state", "verify").code == 0)
      let journal = tapd.state + "/journal.jsonl"
      let text = try String(contentsOfFile: journal, encoding: .utf8)
      try text.replacing("2000", with: "9000").write(toFile: journal, atomically: false, encoding: .utf8)
      let verified = try await tapd.run("state", "verify")
      #expect(verified.code != 0)
      #expect(verified.output.contains("journal.jsonl, line"))
      let list = try await tapd.run("card", "list")
      #expect(list.code != 0, "damaged books must not be read as if they were whole")
      #expect(try await tapd.run("state", "repair").code == 0)
      #expect(try await tapd.run("state", "verify").code == 0)
    }
  }

  @Test func theDoctorNamesWhatIsMissing() async throws {
    try await Program.withTapd { tapd in
      let report = try await tapd.run("doctor", "--json")
      let findings = try JSONDecoder().decode([Finding].self, from: Data(report.output.utf8))
      #expect(findings.contains { $0.subject == "configuration" && $0.outcome == .good })
      // Whether there are pins depends on the machine; the exit code must agree with what was found.
      #expect((report.code != 0) == findings.contains { $0.outcome == .failed })
    }
  }
}
