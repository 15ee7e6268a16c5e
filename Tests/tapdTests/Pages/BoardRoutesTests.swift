import DaemonKit
import HTTPTypes
import Hummingbird
import PageTesting
import Logging
import NIOCore
import PanelKit
import Synchronization
import Testing

@testable import tapd

/// A board that takes down what it is told.
private final class BoardProbe: TapBoardControl {
  let snapshots = Broadcaster(
    TapBoardSnapshot(
      cards: [], reader: .init(fault: .none, isFieldOn: false), pins: [], lever: 0, isValveOpen: false,
      isLeaking: false, microlitresPerSecond: 0, pouredMicrolitres: 0, countedMicrolitres: nil, pulses: 0,
      kegRemainingMicrolitres: 0, kegCapacityMicrolitres: 0, isDaemonRunning: true, daemonStarts: 1))
  private let state = Mutex<[TapBoardCommand]>([])
  var commands: [TapBoardCommand] { state.withLock { $0 } }

  func perform(_ gesture: BoardGesture) async throws(BoardControlError) {}

  func perform(_ command: TapBoardCommand) async throws(BoardControlError) {
    if command == .leak(false) { throw .refused("It does not leak.") }
    state.withLock { $0.append(command) }
  }
}

@Suite(.timeLimit(.minutes(15))) struct BoardRoutesTests {
  private let probe = BoardProbe()

  private func post(_ path: String, _ body: String) async throws -> (
    status: HTTPResponse.Status, text: String
  ) {
    let server = PanelServer(
      host: "127.0.0.1", port: 0, routes: [TapBoardRoutes(control: probe, language: .english)],
      protection: .localOnly, logger: Logger(label: "test"))
    return try await server.application.serve { client in
      let response = try await client.execute(
        uri: "/board/api/\(path)", method: .post, headers: [.contentType: "application/json"],
        body: ByteBuffer(string: body))
      return (response.status, String(buffer: response.body))
    }
  }

  @Test(arguments: [
    ("lever", #"{"position": 0}"#, TapBoardCommand.lever(0)),
    ("leak", #"{"leaking": true}"#, .leak(true)), ("keg", #"{"litres": 30}"#, .keg(microlitres: 30_000_000)),
  ])
  func aCommandReachesTheBoard(path: String, body: String, command: TapBoardCommand) async throws {
    #expect(try await post(path, body).status == .noContent)
    #expect(probe.commands == [command])
  }

  @Test(arguments: [
    ("lever", #"{"position": 1.01}"#, "position"), ("lever", #"{"position": -0.1}"#, "position"),
    ("lever", #"{"position": "1"}"#, "position"), ("lever", "{}", "position"),
    ("lever", #"{"position": 1e999}"#, ""),
    ("lever", "[]", ""), ("lever", "", ""),
    ("keg", #"{"litres": 0}"#, "litres"), ("keg", #"{"litres": 101}"#, "litres"),
    ("keg", #"{"litres": 1.5}"#, "litres"), ("leak", #"{"leaking": 1}"#, "leaking"),
  ])
  func whatDoesNotFitIsRefusedWithItsName(path: String, body: String, field: String) async throws {
    let answer = try await post(path, body)
    #expect(answer.status == .badRequest)
    #expect(field.isEmpty || answer.text.contains("'\(field)'"), "\(answer.text)")
    #expect(probe.commands.isEmpty)
  }

  @Test func whatTheBoardRefusesIsToldWithItsReason() async throws {
    let answer = try await post("leak", #"{"leaking": false}"#)
    #expect(answer.status == .conflict)
    #expect(answer.text.contains("It does not leak."))
  }

  @Test func aLeverThatIsNotHeldAnyMoreSpringsBack() async throws {
    let hold = LeverHold(control: probe, patience: .milliseconds(20))
    try await hold.pull(to: 0.5)
    try await hold.pull(to: 0.7)
    while probe.commands.count < 3 { try await Task.sleep(for: .milliseconds(2)) }
    #expect(probe.commands == [.lever(0.5), .lever(0.7), .lever(0)])
  }
}
