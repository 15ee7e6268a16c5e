import Hummingbird
import NIOCore
import Synchronization
import Testing

@testable import PanelKit

/// Takes down what is written; `gate` lets one write pass for each of its elements, when there is one.
private struct WriterProbe: ResponseBodyWriter, Sendable {
  let log = Log()
  var gate: AsyncStream<Void>?

  final class Log: Sendable {
    private let state = Mutex<[String]>([])
    var lines: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
  }

  mutating func write(_ buffer: ByteBuffer) async throws {
    if let gate {
      var openings = gate.makeAsyncIterator()
      guard await openings.next() != nil else { throw CancellationError() }
    }
    log.add(String(buffer: buffer))
  }

  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

/// Waits until the condition holds; the test's own time limit ends what never comes.
private func eventually(_ condition: @Sendable () -> Bool) async throws {
  while !condition() { try await Task.sleep(for: .milliseconds(2)) }
}

@Suite(.timeLimit(.minutes(15))) struct EventStreamTests {
  private func stream(
    _ source: Broadcaster<Int>, heartbeat: Duration = .seconds(60), pace: Duration = .zero
  ) -> EventStream<Int> {
    EventStream(source, heartbeat: heartbeat, pace: pace) { ServerSentEvent(name: "number", data: "\($0)") }
  }

  @Test func aNewListenerGetsTheRetryTimeAndThePresentValueAtOnce() async throws {
    let source = Broadcaster(7)
    let probe = WriterProbe()
    let task = Task {
      var writer = probe
      try await stream(source).write(to: &writer)
    }
    try await eventually { probe.log.lines.count == 2 }
    #expect(probe.log.lines == ["retry: 1000\n\n", "event: number\ndata: 7\n\n"])
    source.send(8)
    try await eventually { probe.log.lines.count == 3 }
    #expect(probe.log.lines.last == "event: number\ndata: 8\n\n")
    task.cancel()
    _ = await task.result
    #expect(source.listenerCount == 0)
  }

  @Test func aSlowListenerGetsTheNewestValueAndNoQueue() async throws {
    let source = Broadcaster(0)
    let (gate, opener) = AsyncStream.makeStream(of: Void.self)
    let probe = WriterProbe(gate: gate)
    let task = Task {
      var writer = probe
      try await stream(source).write(to: &writer)
    }
    opener.yield()
    opener.yield()
    try await eventually { probe.log.lines.count == 2 }
    for value in 1...100_000 { source.send(value) }
    // One event may have been under way already when the others came; after it follows the newest.
    opener.yield()
    opener.yield()
    try await eventually { probe.log.lines.last?.contains("100000") == true }
    #expect(probe.log.lines.count <= 4)
    task.cancel()
    _ = await task.result
  }

  @Test func equalEventsAreSentOnce() async throws {
    let source = Broadcaster(1)
    let probe = WriterProbe()
    let task = Task {
      var writer = probe
      try await EventStream(source, heartbeat: .seconds(60), pace: .zero) { value in
        ServerSentEvent(data: value < 100 ? "few" : "many")
      }.write(to: &writer)
    }
    try await eventually { probe.log.lines.count == 2 }
    source.send(2)
    source.send(3)
    source.send(100)
    try await eventually { probe.log.lines.count == 3 }
    #expect(probe.log.lines.dropFirst() == ["data: few\n\n", "data: many\n\n"])
    task.cancel()
    _ = await task.result
  }

  @Test func silenceIsFilledWithHeartbeats() async throws {
    let probe = WriterProbe()
    let task = Task {
      var writer = probe
      try await stream(Broadcaster(1), heartbeat: .milliseconds(5)).write(to: &writer)
    }
    try await eventually { probe.log.lines.count >= 4 }
    #expect(probe.log.lines[2...].allSatisfy { $0 == "event: heartbeat\ndata: \n\n" })
    task.cancel()
    _ = await task.result
  }

  @Test func theStreamEndsWithTheLogin() async throws {
    let site = try await Site()
    let stream = stream(Broadcaster(1), heartbeat: .milliseconds(5))
    let id = "some id"
    site.access.sessions.withLock {
      $0.begin(
        SessionTable.digest(of: id), csrf: "", password: site.store.currentPassword, at: site.clock.now)
    }
    let session = try #require(site.access.handle(id: id))
    let probe = WriterProbe()
    try await withThrowingTaskGroup { group in
      group.addTask {
        var writer = probe
        try await stream.within(.session(session)).write(to: &writer)
      }
      try await eventually { probe.log.lines.count >= 4 }
      site.access.logout(session)
      // Ends by itself.
      try await group.next()
    }
  }

  @Test func theStreamEndsWithTheKey() async throws {
    let site = try await Site()
    let new = try await site.store.createKey(name: "wall", scopes: [.read], at: .distantPast)
    let stream = stream(Broadcaster(1), heartbeat: .milliseconds(5))
    let probe = WriterProbe()
    try await withThrowingTaskGroup { group in
      group.addTask {
        var writer = probe
        try await stream.within(.key(KeyHandle(key: new.key, store: site.store))).write(to: &writer)
      }
      try await eventually { probe.log.lines.count >= 4 }
      try await site.store.revokeKey(new.key.id)
      // Ends by itself.
      try await group.next()
    }
  }

  @Test func aStreamEndsAfterItsLongestTimeAndIsAskedForAgainAtOnce() async throws {
    let probe = WriterProbe()
    var writer = probe
    try await EventStream(Broadcaster(1), heartbeat: .milliseconds(5), longest: .milliseconds(20)) {
      ServerSentEvent(data: "\($0)")
    }.write(to: &writer)
    #expect(probe.log.lines.last == "retry: 50\n\n")
  }

  @Test func anEventOfSeveralLinesStaysOneEvent() {
    #expect(
      ServerSentEvent(name: "a\nb", data: "1\n2\r\n3").encoded == "event: ab\ndata: 1\ndata: 2\ndata: 3\n\n")
  }
}
