import NIOCore
import NIOPosix

/// Asks a daemon's pages for one of them, as a browser on this machine would.
public enum PageProbe {
  public struct Answer: Equatable, Sendable {
    public var status: Int
    /// What answered, in its own words: the `Server` header.
    public var server: String?
  }

  private static let patience = TimeAmount.seconds(5)
  private static let longestAnswer = 1 << 20

  /// Whether anything listens there.
  /// - Parameter host: where pages would listen; at every address means this machine's own.
  public static func isTaken(host: String, port: Int) async -> Bool {
    let connection = try? await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(patience).connect(host: address(host), port: port).get()
    guard let connection else { return false }
    try? await connection.close()
    return true
  }

  private static func address(_ host: String) -> String {
    switch host {
    case "0.0.0.0", "": "127.0.0.1"
    case "::": "::1"
    default: host
    }
  }

  /// The answer to a GET.
  /// - Parameter host: as above.
  public static func get(_ path: String, host: String, port: Int) async throws -> Answer {
    let address = address(host)
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connectTimeout(patience)
      .connect(host: address, port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(IdleStateHandler(readTimeout: patience))
          try channel.pipeline.syncOperations.addHandler(HangUp())
          return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    let request =
      "GET \(path) HTTP/1.1\r\nHost: localhost:\(port)\r\nAccept: text/html\r\nConnection: close\r\n\r\n"
    let answer = try await connection.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(string: request))
      var answer = ByteBuffer()
      for try await part in inbound {
        answer.writeImmutableBuffer(part)
        if answer.readableBytes > longestAnswer { break }
      }
      return answer
    }
    let lines = String(buffer: answer).split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "\r\n" || $0 == "\n" })
    let words = lines[0].split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw PageProbeError(
        place: "http://\(address):\(port)\(path)", problem: "gives no answer of a web server")
    }
    let server = lines.dropFirst().prefix { !$0.isEmpty }
      .first { $0.lowercased().hasPrefix("server:") }
      .map { $0.dropFirst("server:".count).drop { $0 == " " } }
    return Answer(status: status, server: server.map { String($0) })
  }

  /// Ends the connection when nothing has come for a while.
  private final class HangUp: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event is IdleStateHandler.IdleStateEvent {
        context.close(promise: nil)
      } else {
        context.fireUserInboundEventTriggered(event)
      }
    }
  }
}

public struct PageProbeError: Error, CustomStringConvertible {
  public let place: String
  public let problem: String
  public var description: String { "\(place) \(problem)" }
}
