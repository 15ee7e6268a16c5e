import HTTPTypes
import NIOCore
import NIOHTTPTypes
import Synchronization

/// Closes connections of clients that hold the server up: whose request does not end, who do not read the
/// answer, who come with very many connections.
///
/// What is under way without a request is closed by the server's idle timeout.
final class SlowClients: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let limit: TimeAmount
  private let connections: Connections
  private var number: UInt64?
  /// Whether a request has begun and not ended.
  private var isReading = false
  private var reading: Scheduled<Void>?
  private var writing: Scheduled<Void>?

  init(limit: TimeAmount, connections: Connections) {
    self.limit = limit
    self.connections = connections
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { count(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    count(context)
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    forget()
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { forget() }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head:
      isReading = true
      if let number { connections.use(number, isBusy: true) }
    case .body:
      break
    case .end:
      isReading = false
      reading?.cancel()
      reading = nil
    }
    context.fireChannelRead(data)
  }

  /// Most requests come whole, and need no deadline.
  func channelReadComplete(context: ChannelHandlerContext) {
    if isReading, reading == nil { reading = deadline(context) }
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    writing?.cancel()
    writing = context.channel.isWritable ? nil : deadline(context)
    context.fireChannelWritabilityChanged()
  }

  private func deadline(_ context: ChannelHandlerContext) -> Scheduled<Void> {
    let channel = context.channel
    return context.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .head(let head) where head.headerFields[.contentType]?.hasPrefix("text/event-stream") == true:
      // What is under way to a reader that does not read is kept small, so that it shows soon and costs little.
      try? context.channel.syncOptions?.setOption(ChannelOptions.socketOption(.so_sndbuf), value: 32 * 1024)
      try? context.channel.syncOptions?.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 1024))
    case .end:
      if let number { connections.use(number, isBusy: false) }
    default: break
    }
    context.write(data, promise: promise)
  }

  private func count(_ context: ChannelHandlerContext) {
    guard number == nil, let address = context.remoteAddress?.ipAddress else { return }
    number = connections.open(
      context.channel, of: AddressRange.client(address), isLoopback: LocalOnly.isLoopback(address: address))
    if number == nil { context.close(promise: nil) }
  }

  private func forget() {
    reading?.cancel()
    writing?.cancel()
    if let number { connections.close(number) }
    number = nil
  }
}

/// The server's connections, each with the way to close it.
final class Connections: Sendable {
  private struct State {
    var table: ConnectionTable
    var channels: [UInt64: any Channel] = [:]
    var next: UInt64 = 0
  }
  private let state: Mutex<State>

  init(_ table: ConnectionTable) { state = Mutex(State(table: table)) }

  /// Takes in a connection, and closes another one where that is needed.
  /// - Returns: its number; nil when its client has too many.
  func open(_ channel: any Channel, of client: String, isLoopback: Bool) -> UInt64? {
    let (number, old) = state.withLock { state -> (UInt64?, (any Channel)?) in
      state.next += 1
      let number = state.next
      switch state.table.open(number, of: client, isLoopback: isLoopback) {
      case .refused: return (nil, nil)
      case .admitted:
        state.channels[number] = channel
        return (number, nil)
      case .replacing(let other):
        state.channels[number] = channel
        return (number, state.channels.removeValue(forKey: other))
      }
    }
    old?.close(promise: nil)
    return number
  }

  func use(_ number: UInt64, isBusy: Bool) { state.withLock { $0.table.use(number, isBusy: isBusy) } }

  func close(_ number: UInt64) {
    state.withLock { state in
      state.table.close(number)
      state.channels[number] = nil
    }
  }
}
