import DaemonKit
import Foundation
import JSONState
import Testing

@testable import tapd

/// The command line beside a daemon that runs (on the virtual board).
@Suite(.serialized) struct RunningDaemonTests {
  /// Runs the daemon until `body` is done, then ends it as systemd would.
  static func withDaemon(_ body: (Program) async throws -> Void) async throws {
    try await Program.withState { tapd in
      let daemon = tapd.process(["demo", "--state", tapd.state, "--port", "0", "--life", "1"])
      // Its end would be the daemon's sign to end too.
      let input = Pipe()
      daemon.standardInput = input
      daemon.standardOutput = Pipe()
      daemon.standardError = Pipe()
      try daemon.run()
      do {
        try await waitUntil("the daemon listens") {
          FileManager.default.fileExists(atPath: ControlSocket.path(in: tapd.state))
        }
        try await body(tapd)
      } catch {
        daemon.terminate()
        throw error
      }
      daemon.terminate()
      try await waitUntil("the daemon ends") { !daemon.isRunning }
      #expect(daemon.terminationStatus == 0)
      #expect(daemon.terminationReason == .exit)
      #expect(try await tapd.run("state", "verify").code == 0)
      withExtendedLifetime(input) {}
    }
  }

  static func waitUntil(_ what: Comment, _ condition: () -> Bool) async throws {
    for _ in 0..<2000 {
      if condition() { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record(what)
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
    try await Program.withState { tapd in
      let command = try await StateStore<LedgerState>.open(directory: tapd.state)
      let demo = tapd.process(["demo", "--state", tapd.state, "--port", "0", "--life", "1"])
      let input = Pipe()
      demo.standardInput = input
      demo.standardOutput = Pipe()
      demo.standardError = Pipe()
      try demo.run()
      try await Task.sleep(for: .seconds(1))
      #expect(demo.isRunning, "it waits")
      #expect(!FileManager.default.fileExists(atPath: ControlSocket.path(in: tapd.state)))
      await onOwnThread { command.close() }
      try await Self.waitUntil("the daemon listens") {
        FileManager.default.fileExists(atPath: ControlSocket.path(in: tapd.state))
      }
      demo.terminate()
      try await Self.waitUntil("the daemon ends") { !demo.isRunning }
      #expect(demo.terminationStatus == 0)
      withExtendedLifetime(input) {}
    }
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func theDemoEndsInAnOrderlyWay(signal: Int32) async throws {
    try await Program.withState { tapd in
      let demo = tapd.process(["demo", "--state", tapd.state, "--port", "0"])
      demo.standardOutput = Pipe()
      demo.standardError = Pipe()
      try demo.run()
      try await Self.waitUntil("the daemon listens") {
        FileManager.default.fileExists(atPath: ControlSocket.path(in: tapd.state))
      }
      kill(demo.processIdentifier, signal)
      try await Self.waitUntil("the demo ends") { !demo.isRunning }
      #expect(demo.terminationStatus == 0)
      #expect(try await tapd.run("state", "verify").code == 0, "nobody holds the books any more")
    }
  }
}
