import HTTPTypes
import Hummingbird
import PageTesting
import Logging
import NIOCore
import PanelKit
import Synchronization
import Testing

/// A board that takes down what it is told.
private final class BoardProbe: BoardControl {
  struct Snapshot: BoardSnapshot {
    var cards = [BoardCard(id: "alice", label: "Alice & Co", uid: "04a1", kind: "NTAG", isOnReader: false)]
    var reader = BoardReader(fault: .none, isFieldOn: true)
    var pins: [BoardPin] = []
    var isDaemonRunning = true
    var daemonStarts = 1
  }

  let snapshots = Broadcaster(Snapshot())
  private let state = Mutex<[BoardGesture]>([])
  var gestures: [BoardGesture] { state.withLock { $0 } }

  func perform(_ gesture: BoardGesture) async throws(BoardControlError) {
    if case .card(let id, _) = gesture, id == "nobody" { throw .noSuchCard(id) }
    if case .pullPlug = gesture { throw .refused("It is out already.") }
    state.withLock { $0.append(gesture) }
  }
}

@Suite(.timeLimit(.minutes(15))) struct BoardRoutesTests {
  private let probe = BoardProbe()

  private struct Own { var wordsText = #"{"a": 1}"# }

  private func send(
    _ method: HTTPRequest.Method, _ path: String, _ body: String = ""
  ) async throws -> (status: HTTPResponse.Status, text: String) {
    let page = BoardPage(
      daemon: "coffeed", style: [], script: [],
      template: Array(
        "{{<layout}}{{$body}}{{#content}}{{>board-start}}{{>board-cards}}{{>board-pins}}</body>{{/content}}{{/body}}{{/layout}}"
          .utf8))
    let server = PanelServer(
      host: "127.0.0.1", port: 0,
      routes: [BoardRoutes(control: probe, page: page, language: .english) { _ in Own() }],
      protection: .localOnly, logger: Logger(label: "test"))
    return try await server.application.serve { client in
      let response = try await client.execute(
        uri: path, method: method, headers: [.contentType: "application/json"], body: ByteBuffer(string: body)
      )
      return (response.status, String(buffer: response.body))
    }
  }

  @Test func thePageHasCardsReaderAndTheDaemonsName() async throws {
    let page = try await send(.get, "/board")
    #expect(page.status == .ok)
    #expect(page.text.contains("coffeed runs"))
    #expect(page.text.contains("Alice &amp; Co"))
    #expect(page.text.contains("value=\"frozen\""))
    let german = try await send(.get, "/board?lang=de")
    #expect(german.text.contains("coffeed läuft"))
  }

  @Test(arguments: [
    ("card", #"{"card": "alice", "onReader": true}"#, BoardGesture.card(id: "alice", isOnReader: true)),
    ("reader", #"{"fault": "frozen"}"#, .reader(.frozen)),
  ])
  func aGestureReachesTheBoard(path: String, body: String, gesture: BoardGesture) async throws {
    #expect(try await send(.post, "/board/api/\(path)", body).status == .noContent)
    #expect(probe.gestures == [gesture])
  }

  @Test(arguments: [
    ("reader", #"{"fault": "soaked"}"#, "fault"), ("card", #"{"card": "", "onReader": true}"#, "card"),
    ("card", #"{"card": "alice"}"#, "onReader"), ("card", "[]", ""), ("card", "", ""),
  ])
  func whatDoesNotFitIsRefusedWithItsName(path: String, body: String, field: String) async throws {
    let answer = try await send(.post, "/board/api/\(path)", body)
    #expect(answer.status == .badRequest)
    #expect(field.isEmpty || answer.text.contains("'\(field)'"), "\(answer.text)")
    #expect(probe.gestures.isEmpty)
  }

  @Test func whatTheBoardRefusesIsToldWithItsReason() async throws {
    let card = try await send(.post, "/board/api/card", #"{"card": "nobody", "onReader": true}"#)
    #expect(card.status == .notFound)
    let plug = try await send(.post, "/board/api/plug", "{}")
    #expect(plug.status == .conflict)
    #expect(plug.text.contains("It is out already."))
  }
}
