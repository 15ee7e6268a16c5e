import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// Answers a request with the newest value of a ``Broadcaster``, and again with each that follows, as
/// server-sent events.
///
/// A client gets the present value at once, so one that has reconnected needs no history. While a client is
/// slow nothing is kept for it: once it reads again it gets the newest value. A heartbeat event follows each
/// silent interval, so that a page notices a daemon that hangs without closing the connection. The stream
/// ends when the client leaves and when the daemon shuts down, and after ``longest``: whoever still listens asks
/// again, and who only holds the connection has lost it.
public struct EventStream<Value: Sendable>: Sendable {
  /// The name of the event that says nothing but that the daemon is alive.
  public static var heartbeatName: String { "heartbeat" }

  /// The longest time that one answer takes.
  public static var longest: Duration { .seconds(600) }

  private let source: Broadcaster<Value>
  private let heartbeat: Duration
  private let pace: Duration
  private let retry: Duration
  private let longest: Duration
  private let encode: @Sendable (Value) throws -> ServerSentEvent
  /// Whether the client may still listen.
  private var isAllowed: @Sendable () -> Bool = { true }

  /// - Parameters:
  ///   - heartbeat: the longest silence.
  ///   - pace: the shortest time from one event to the next.
  ///   - retry: how long a browser waits before it connects again.
  ///   - longest: the longest time that one answer takes.
  ///   - encode: makes the event; one equal to the one before is not sent.
  public init(
    _ source: Broadcaster<Value>, heartbeat: Duration = .seconds(2), pace: Duration = .milliseconds(50),
    retry: Duration = .seconds(1), longest: Duration = Self.longest,
    encode: @escaping @Sendable (Value) throws -> ServerSentEvent
  ) {
    self.source = source
    self.heartbeat = heartbeat
    self.pace = pace
    self.retry = retry
    self.longest = longest
    self.encode = encode
  }

  /// The response that carries the events to who has logged in or has a key: it ends with the login or the key.
  public func response(to request: Request, for context: PanelContext) -> Response {
    within(context.visitor).response(to: request)
  }

  /// The same stream, which ends with the login or the key of `visitor`.
  func within(_ visitor: Visitor) -> EventStream {
    var stream = self
    switch visitor {
    case .session(let session): stream.isAllowed = { session.isAlive }
    case .key(let key): stream.isAllowed = { key.isAlive }
    case .guest, .local, .trusted: break
    }
    return stream
  }

  /// The response that carries the events.
  public func response(to request: Request) -> Response {
    Response(
      status: .ok,
      headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        // The writer is lent for this closure only; the copy lives no longer than it.
        let copy = writer
        try await request.body.consumeWithCancellationOnInboundClose { _ in
          var writer = copy
          try await write(to: &writer)
        }
        try await writer.finish(nil)
      })
  }

  /// Writes events until the task is cancelled, the login ends or the daemon shuts down gracefully.
  func write(to writer: inout some ResponseBodyWriter) async throws {
    let (wakings, waker) = source.wakings()
    defer { waker.finish() }
    let heart = Task {
      while !Task.isCancelled {
        try await Task.sleep(for: heartbeat)
        waker.yield()
      }
    }
    defer { heart.cancel() }

    try await writer.write(ByteBuffer(string: "retry: \(Int64(retry / .milliseconds(1)))\n\n"))
    var sent: (generation: UInt64, event: ServerSentEvent)?
    let start = ContinuousClock.now
    var lastWrite = start
    for await _ in wakings.cancelOnGracefulShutdown() {
      guard isAllowed() else { return }
      if ContinuousClock.now - start >= longest {
        // Asked for again at once, so that a page misses nothing.
        return try await writer.write(ByteBuffer(string: "retry: 50\n\n"))
      }
      let latest = source.latest
      if sent?.generation != latest.generation {
        let event = try encode(latest.value)
        let isNews = sent?.event != event
        sent = (latest.generation, event)
        if isNews {
          try await writer.write(ByteBuffer(string: event.encoded))
          lastWrite = .now
          try await Task.sleep(for: pace)
          continue
        }
      }
      if ContinuousClock.now - lastWrite >= heartbeat / 2 {
        try await writer.write(
          ByteBuffer(string: ServerSentEvent(name: Self.heartbeatName, data: "").encoded))
        lastWrite = .now
      }
    }
  }
}
