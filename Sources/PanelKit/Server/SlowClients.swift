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
  private let counts: ConnectionCounts
  private var client: String?
  /// Whether a request has begun and not ended.
  private var isReading = false
  private var reading: Scheduled<Void>?
  private var writing: Scheduled<Void>?

  init(limit: TimeAmount, counts: ConnectionCounts) {
    self.limit = limit
    self.counts = counts
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

  private func count(_ context: ChannelHandlerContext) {
    guard client == nil, let address = context.remoteAddress?.ipAddress else { return }
    let client = AddressRange.client(address)
    guard counts.open(client, isLoopback: LocalOnly.isLoopback(address: address)) else {
      context.close(promise: nil)
      return
    }
    self.client = client
  }

  private func forget() {
    reading?.cancel()
    writing?.cancel()
    if let client { counts.close(client) }
    client = nil
  }
}

/// How many connections each client has.
final class ConnectionCounts: Sendable {
  private let most: Int
  private let counts = Mutex<[String: Int]>([:])

  init(most: Int) { self.most = most }

  /// Whether a client may have one more. This machine's own may have any number: a proxy has everybody's.
  func open(_ client: String, isLoopback: Bool) -> Bool {
    counts.withLock { counts in
      let count = counts[client, default: 0]
      guard isLoopback || count < most else { return false }
      counts[client] = count + 1
      return true
    }
  }

  func close(_ client: String) {
    counts.withLock { counts in
      let count = counts[client, default: 1] - 1
      counts[client] = count == 0 ? nil : count
    }
  }
}
