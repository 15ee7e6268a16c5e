import NIOCore
import NIOPosix

/// Sends bytes and returns those that come back, for what no well-behaved client does.
enum RawClient {
  /// - Parameters:
  ///   - pieces: sent one after the other, with a pause between them.
  ///   - source: the address that the connection comes from.
  ///   - closesOutput: whether the end of the pieces is the end of what is sent.
  /// - Returns: all that comes until the server closes, or until the time is over.
  static func send(
    _ pieces: [String], to port: Int, from source: String = "127.0.0.1", pause: Duration = .zero,
    closesOutput: Bool = true, atMost limit: Duration = .seconds(20)
  ) async throws -> String {
    try await send(
      pieces.map { Array($0.utf8) }, to: port, from: source, pause: pause, closesOutput: closesOutput,
      atMost: limit)
  }

  /// The same for bytes that need be no text.
  static func send(
    _ pieces: [[UInt8]], to port: Int, from source: String = "127.0.0.1", pause: Duration = .zero,
    closesOutput: Bool = true, atMost limit: Duration = .seconds(20)
  ) async throws -> String {
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(to: try SocketAddress(ipAddress: source, port: 0))
      .channelOption(.allowRemoteHalfClosure, value: true)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel(
            wrappingChannelSynchronously: channel,
            configuration: .init(
              isOutboundHalfClosureEnabled: true, inboundType: ByteBuffer.self, outboundType: ByteBuffer.self)
          )
        }
      }
    return try await withThrowingTaskGroup(of: String.self) { group in
      group.addTask {
        try await connection.executeThenClose { inbound, outbound in
          for (index, piece) in pieces.enumerated() {
            if index > 0 { try await Task.sleep(for: pause) }
            do { try await outbound.write(ByteBuffer(bytes: piece)) } catch { break }
          }
          if closesOutput { outbound.finish() }
          var answer = ""
          do {
            for try await buffer in inbound { answer += String(buffer: buffer) }
          } catch {
            // A reset is an end, too.
          }
          return answer
        }
      }
      group.addTask {
        try await Task.sleep(for: limit)
        throw TimedOut()
      }
      guard let answer = try await group.next() else { throw TimedOut() }
      group.cancelAll()
      return answer
    }
  }

  struct TimedOut: Error {}
}
