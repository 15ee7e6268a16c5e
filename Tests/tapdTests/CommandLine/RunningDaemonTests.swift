import DaemonKit
import Foundation
import JSONState
import DaemonTesting
import Testing

@testable import tapd

/// The command line beside a daemon that runs (on the virtual board).
@Suite(.serialized) struct RunningDaemonTests {
  /// Runs the daemon until `body` is done; its books are sound afterwards.
  static func withDaemon(_ body: (Program) async throws -> Void) async throws {
    try await Program.withTapd { tapd in
      try await tapd.withDaemon { _ in try await body(tapd) }
      #expect(try await tapd.run("state", "verify").code == 0)
    }
  }

  @Test func commandsGoThroughTheDaemon() async throws {
    try await Self.withDaemon { tapd in
      let card = "de4fa211"
      #expect(try await tapd.run("card", "top-up", card, "5").output == "card \(card): balance 6.50 EUR\n")
      let keg = try await tapd.run("keg", "status").output
      #expect(keg.contains("Blonde"))
      #expect(try await tapd.run("service", "off").code == 0)
      let closed = try await tapd.run("keg", "status").output
      #expect(closed.contains("in service no"))
      #expect(try await tapd.run("state", "verify").code == 0)
      let unknown = try await tapd.run("card", "top-up", "01020304", "5").errors
      #expect(unknown.contains("01020304"))
    }
  }

  @Test func theDaemonsCurrencyAndTapCount() async throws {
    try await Self.withDaemon { tapd in
      var other = tapd
      other.environment.merge(["TAPD_TAP_NAME": "other", "TAPD_CURRENCY_DECIMALS": "0"]) { $1 }
      #expect(
        try await other.run("card", "top-up", "de4fa211", "1").output == "card de4fa211: balance 2.50 EUR\n")
      let keg = try await other.run("keg", "mount", "IPA", "--litres", "20", "--price", "6")
      #expect(
        keg.code != 0 && keg.errors.contains("\"other\"") && keg.errors.contains("\"demo\""), "\(keg.errors)")
    }
  }

  /// Costs the command's whole patience.
  @Test func aDaemonThatHangsIsGivenUpAndDoesNothingLater() async throws {
    try await Program.withTapd { tapd in
      try await tapd.withDaemon { daemon in
        kill(daemon.process.processIdentifier, SIGSTOP)
        let given = try await tapd.run("card", "top-up", "de4fa211", "5")
        kill(daemon.process.processIdentifier, SIGCONT)
        #expect(given.code != 0)
        #expect(
          given.errors.contains("does not answer") && given.errors.contains("not be done later"), "\(given)")
        // Its connection was there before this one.
        #expect(try await tapd.run("card", "top-up", "de4fa211", "1").output.contains("balance 2.50"))
      }
    }
  }

  @Test func aSecondDaemonIsToldWhoHoldsTheState() async throws {
    try await Self.withDaemon { tapd in
      let second = try await tapd.run("run")
      #expect(second.code != 0)
      #expect(second.errors.contains(tapd.state))
      #expect(second.errors.contains("process"))
      #expect(try await tapd.run("state", "repair").code != 0, "nothing is repaired under a running daemon")
    }
  }

  @Test func theDaemonWaitsForACommandThatHasTheBooksOpen() async throws {
    try await Program.withTapd { tapd in
      let command = try await StateStore<LedgerState>.open(directory: tapd.state)
      let daemon = try tapd.begin()
      try await waitUntil("it says that it waits") { try daemon.log.contains("waiting until") }
      #expect(!FileManager.default.fileExists(atPath: ControlSocket.path(in: tapd.state)), "it waits")
      await onOwnThread { command.close() }
      try await daemon.listens(to: tapd)
      try await daemon.end()
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func theDemoEndsInAnOrderlyWay(signal: Int32) async throws {
    try await Program.withTapd { tapd in
      let demo = tapd.process(["demo", "--state", tapd.state, "--port", "0"])
      demo.standardOutput = Pipe()
      demo.standardError = Pipe()
      try demo.run()
      try await waitUntil("the daemon listens") {
        FileManager.default.fileExists(atPath: ControlSocket.path(in: tapd.state))
      }
      kill(demo.processIdentifier, signal)
      try await waitUntil("the demo ends") { !demo.isRunning }
      #expect(demo.terminationStatus == 0)
      #expect(try await tapd.run("state", "verify").code == 0, "nobody holds the books any more")
    }
  }
}
