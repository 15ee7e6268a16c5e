import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix
import ServiceLifecycle

/// Asks an application that a test runs, each time over a new connection. It follows nowhere and keeps nothing.
///
/// Hummingbird has a client for tests too, but with a TLS library, which alone takes a quarter of a first build.
public struct PageClient: Sendable {
  public struct Answer: Sendable {
    public var head: HTTPResponse
    public var body: ByteBuffer

    public var status: HTTPResponse.Status { head.status }
    public var headers: HTTPFields { head.headerFields }
  }

  public struct NoAnswer: Error {}

  /// At 127.0.0.1.
  public let port: Int

  /// - Parameter look: is shown the answer.
  @discardableResult
  public func execute<Value>(
    uri: String, method: HTTPRequest.Method, headers: HTTPFields = [:], body: ByteBuffer? = nil,
    _ look: (Answer) async throws -> Value = { $0 }
  ) async throws -> Value {
    var head = HTTPRequest(
      method: method, scheme: nil, authority: "localhost", path: uri, headerFields: headers)
    if let body { head.headerFields[.contentLength] = "\(body.readableBytes)" }
    return try await look(answer(to: head, body))
  }

  private func answer(to head: HTTPRequest, _ body: ByteBuffer?) async throws -> Answer {
    let connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(HTTP1ToHTTPClientCodec())
          return try NIOAsyncChannel<HTTPResponsePart, HTTPRequestPart>(wrappingChannelSynchronously: channel)
        }
      }
    return try await connection.executeThenClose { inbound, outbound in
      // A request that is refused early may not be taken whole.
      do {
        try await outbound.write(.head(head))
        if let body { try await outbound.write(.body(body)) }
        try await outbound.write(.end(nil))
      } catch is ChannelError {}
      var answer: Answer?
      for try await part in inbound {
        switch part {
        case .head(let head): answer = Answer(head: head, body: ByteBuffer())
        case .body(var bytes): answer?.body.writeBuffer(&bytes)
        case .end:
          guard let answer else { throw NoAnswer() }
          return answer
        }
      }
      throw NoAnswer()
    }
  }
}

extension ApplicationProtocol {
  /// Runs the application at a free port until `body` is done.
  public func serve<Value: Sendable>(
    _ body: @escaping @Sendable (PageClient) async throws -> Value
  ) async throws -> Value {
    let (ports, started) = AsyncStream.makeStream(of: Int.self)
    let application = AtFreePort(application: self, started: started)
    return try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        try await application.run()
        return nil
      }
      group.addTask {
        for await port in ports { return try await body(PageClient(port: port)) }
        return nil
      }
      defer { group.cancelAll() }
      while let value = try await group.next() {
        if let value { return value }
      }
      throw CancellationError()
    }
  }
}

/// An application as it is, but for its address.
private struct AtFreePort<Base: ApplicationProtocol>: ApplicationProtocol {
  let application: Base
  let started: AsyncStream<Int>.Continuation

  var responder: Base.Responder { get async throws { try await application.responder } }
  var server: HTTPServerBuilder { application.server }
  var eventLoopGroup: any EventLoopGroup { application.eventLoopGroup }
  var configuration: ApplicationConfiguration {
    application.configuration.with(address: .hostname("127.0.0.1", port: 0))
  }
  var logger: Logger { application.logger }
  var services: [any Service] { application.services }
  var processesRunBeforeServerStart: [@Sendable () async throws -> Void] {
    application.processesRunBeforeServerStart
  }

  func onServerRunning(_ channel: any Channel) async {
    await application.onServerRunning(channel)
    if let port = channel.localAddress?.port { started.yield(port) }
  }
}
