import NIOCore
import NIOPosix

/// Asks a daemon's pages for one of them, as a browser on this machine would.
public enum PageProbe {
  private static let patience = TimeAmount.seconds(5)
  private static let longestAnswer = 1 << 20

  /// The status of the answer to a GET.
  /// - Parameter host: where the pages listen; at every address means this machine's own.
  public static func status(of path: String, host: String, port: Int) async throws -> Int {
    let address = ["0.0.0.0", "", "::"].contains(host) ? (host == "::" ? "::1" : "127.0.0.1") : host
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
    let line = String(buffer: answer).prefix { $0 != "\r\n" && $0 != "\n" }
    let words = line.split(separator: " ")
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw PageProbeError(
        place: "http://\(address):\(port)\(path)", problem: "gives no answer of a web server")
    }
    return status
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
