import DaemonTesting
import Foundation
import JSONState
import Synchronization
import Testing

@testable import DaemonKit

/// Damaged requests at the control socket and damaged files of settings. With PI_DISPENSE_SLOW=1 a hundred times as
/// many.
@Suite(.timeLimit(.minutes(30))) struct FuzzTests {
  private static let count = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1" ? 50_000 : 500

  private enum Request: Codable, Sendable, Equatable {
    case add(name: String, amount: Int64)
    case list(page: Int)
  }

  @Test func damagedCommandsDoNoHarm() async throws {
    try await Scratch.with { scratch in
      let path = ControlSocket.path(in: scratch.path)
      let carriedOut = Mutex(0)
      let server = Task {
        try await ControlSocket.serve(at: path) { (request: Request) -> String in
          carriedOut.withLock { $0 += 1 }
          return "\(request)"
        }
      }
      defer { server.cancel() }
      while try await ControlSocket.send(Request.list(page: 0), to: path, expecting: String.self) == nil {
        try await Task.sleep(for: .milliseconds(5))
      }
      var mutator = Mutator(
        seed: 3,
        corpus: [
          #"{"add":{"name":"Ana \u00e9","amount":-250}}"#, #"{"list":{"page":9223372036854775807}}"#,
          #"{"list":{"page":1}}"#,
        ],
        tokens: [
          "{", "}", "[", "null", "true", "1e999", "\\ud800", "\"\"", ",", #""list":"#, "99999999999999999999",
          "\u{0}",
        ])
      let call = ControlCall(path: path, patience: .seconds(60))
      for number in 0..<Self.count {
        let request = mutator.next()
        let isOne = (try? JSONDecoder().decode(Request.self, from: Data(request))) != nil
        let before = carriedOut.withLock { $0 }
        let answer = try await onOwnThread { () throws(ControlError) in
          try call.exchange(Data(request), longestAnswer: 1 << 20)
        }
        let shown = String(decoding: request.prefix(200), as: UTF8.self).debugDescription
        let text = String(decoding: answer ?? Data(), as: UTF8.self)
        #expect(
          text.contains(isOne ? #""answer""# : #""problem""#), "\(number): \(shown): \(text.prefix(200))")
        #expect(carriedOut.withLock { $0 } == before + (isOne ? 1 : 0), "\(number): \(shown)")
      }
      let last = try await ControlSocket.send(Request.list(page: 2), to: path, expecting: String.self)
      #expect(last == "\(Request.list(page: 2))")
    }
  }

  @Test func damagedVariablesAreReadOrNamed() {
    var mutator = Mutator(
      seed: 4,
      corpus: [
        "# settings\nexport A=1\nB=\"x # y\" # z\nC='it''s'\r\nD = plain value # c\nE=\n",
        "TAPD_PINS_VALVE=18\nTAPD_LANGUAGE=de\n",
        "KEY=\"two\nlines\"\nLAST=a\\\nb\n",
      ],
      tokens: [
        "export ", "=", "\"", "'", "\\", "#", " #", "\n", "\r\n", "\u{FEFF}", "${HOME}", "\u{0}", "é", ";",
      ])
    for number in 0..<Self.count * 4 {
      let text = String(decoding: mutator.next(), as: UTF8.self)
      let file = EnvironmentFile(text)
      let shown = text.prefix(200).debugDescription
      let lines = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").split(
        separator: "\n", omittingEmptySubsequences: false)
      for name in file.variables.keys {
        #expect(name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil, "\(number): \(shown)")
        #expect(text.contains(name), "\(number): \(shown)")
      }
      for problem in file.problems {
        let line = problem.firstMatch(of: #/^line ([0-9]+) /#).flatMap { Int($0.1) } ?? 0
        #expect((1...lines.count).contains(line), "\(number): \(problem): \(shown)")
      }
      #expect(file.variables.count + file.problems.count <= lines.count, "\(number): \(shown)")
    }
  }

  @Test func damagedSettingsAreReadOrNamed() throws {
    var mutator = Mutator(
      seed: 5,
      corpus: [
        #"{ "pins": { "valve": 18, "edge": "falling" }, "language": "de", "litres": 1.5, "list": [1, null] }"#
      ],
      tokens: ["{", "}", "[", "]", "null", "true", "-0", "1e400", "\"", "\\u0000", "\\ud800", ",", ":", "/*"])
    for number in 0..<Self.count {
      let bytes = mutator.next()
      do {
        _ = try JSONSetting.read(Data(bytes), from: "f.json")
      } catch {
        #expect(error.problems.count == 1 && error.problems[0].hasPrefix("f.json "), "\(number): \(error)")
      }
    }
  }
}
