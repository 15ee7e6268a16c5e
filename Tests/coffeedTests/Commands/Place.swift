import Foundation
import DaemonTesting
import Testing

/// Tests that start programs, one after the other: together they would keep each other waiting, and all tests whose time
/// is measured.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ProcessTests {}

/// Where commands go: each must do the same in both.
enum Place: CaseIterable, CustomTestStringConvertible {
  case besideTheDaemon, alone

  var testDescription: String { self == .alone ? "no daemon runs" : "beside the daemon" }
}

extension Program {
  /// The built `coffeed`, with Ada in its books and a port of its own for its pages. The demo leaves such books as
  /// they are; they are sound afterwards.
  static func withCoffeed(_ place: Place, _ body: (Program) async throws -> Void) async throws {
    try await withCoffeed { coffeed in
      try await coffeed.addAda()
      guard place == .besideTheDaemon else { return try await body(coffeed) }
      try await coffeed.withDaemon { daemon in
        var beside = coffeed
        beside.environment["COFFEED_PANEL_PORT"] = try await daemon.pages().port.map { "\($0)" }
        try await body(beside)
      }
    }
  }

  /// The built `coffeed` without any books yet.
  static func withCoffeed(_ body: (Program) async throws -> Void) async throws {
    let environment = [
      "TZ": "Europe/Zurich", "COFFEED_PANEL_HOST": "127.0.0.1", "COFFEED_PANEL_PORT": "\(try freePort())",
    ]
    try await withState(of: "coffeed", environment: environment, body)
  }

  /// Ada's token is that of the first card on the demo's table.
  static let ada = "04a1b2c3d4e5f6"

  func addAda() async throws {
    let added = try await run("user", "add", Self.ada, "--user-name", "ada", "--name", "Ada Lovelace")
    #expect(added.output == "user \(Self.ada): ada, active\n", "\(added.errors)")
  }

  /// What a command prints as JSON.
  func json<Value: Decodable>(_ type: Value.Type, _ arguments: String...) async throws -> Value {
    let result = try await run(arguments + ["--json"])
    do {
      return try JSONDecoder().decode(type, from: Data(result.output.utf8))
    } catch {
      throw ProgramError(problem: "\(arguments): \(error)\n\(result)")
    }
  }

  /// Expects a refusal, in words.
  func expectRefusal(
    _ arguments: String..., input: String = "", saying words: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let result = try await run(arguments, input: input)
    #expect(result.code != 0, sourceLocation: sourceLocation)
    #expect(result.errors.contains(words), "\(result)", sourceLocation: sourceLocation)
  }
}
