import Foundation
import NIOCore
import NIOPosix

/// How the command line reaches a running daemon: one JSON request and one JSON answer a connection, over a
/// Unix socket in the state directory. Who may write to the socket file may command the daemon, so the file's
/// permissions are the login.
public enum ControlSocket {
  /// The longest request, in bytes.
  public static let longestRequest = 4 << 20
  /// The longest answer: the books of more cards than a bar has.
  private static let longestAnswer = 256 << 20

  public static func path(in stateDirectory: String) -> String { stateDirectory + "/control.sock" }

  /// Answers requests until the task is cancelled.
  /// - Parameter answer: makes the answer for a request; what it throws is told to the caller in words.
  public static func serve<Request: Decodable & Sendable, Answer: Codable & Sendable>(
    at path: String, answer: @escaping @Sendable (Request) async throws -> Answer
  ) async throws {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
            wrappingChannelSynchronously: channel,
            configuration: .init(isOutboundHalfClosureEnabled: true))
        }
      }
    try FileManager.default.setAttributes([.posixPermissions: 0o660], ofItemAtPath: path)
    try await withThrowingDiscardingTaskGroup { group in
      try await server.executeThenClose { connections in
        for try await connection in connections {
          group.addTask {
            // A caller that hangs up early is its own business.
            try? await connection.executeThenClose { inbound, _ in
              let result: Result<Answer, ControlError>
              do {
                let request = try JSONDecoder().decode(
                  Request.self, from: try await collect(inbound, atMost: longestRequest))
                result = .success(try await answer(request))
              } catch {
                result = .failure(ControlError(problem: "\(error)"))
              }
              // Through the channel, for the writer does not wait until a long answer is out, and closing loses
              // what still waits.
              let answer = try JSONEncoder().encode(Envelope(result))
              try await connection.channel.writeAndFlush(ByteBuffer(bytes: answer)).get()
            }
          }
        }
      }
    }
  }

  /// Sends one request to the daemon.
  /// - Returns: nil when no daemon listens there.
  /// - Throws: ``ControlError`` with the daemon's own words when it refused.
  public static func send<Request: Encodable & Sendable, Answer: Codable & Sendable>(
    _ request: Request, to path: String, expecting type: Answer.Type
  ) async throws -> Answer? {
    let connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    do {
      connection = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .channelOption(.allowRemoteHalfClosure, value: true)
        .connect(unixDomainSocketPath: path) { channel in
          channel.eventLoop.makeCompletedFuture {
            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
              wrappingChannelSynchronously: channel,
              configuration: .init(isOutboundHalfClosureEnabled: true))
          }
        }
    } catch let error as IOError where [ENOENT, ECONNREFUSED].contains(error.errnoCode) {
      return nil
    } catch let error as IOError where [EACCES, EPERM].contains(error.errnoCode) {
      throw ControlError(
        problem: "\(path) may not be written by this user: join the group that owns it, or use sudo")
    }
    let data = try await connection.executeThenClose { inbound, outbound in
      try await outbound.write(ByteBuffer(bytes: JSONEncoder().encode(request)))
      outbound.finish()
      return try await collect(inbound, atMost: longestAnswer)
    }
    guard !data.isEmpty else { throw ControlError.unanswered }
    return try JSONDecoder().decode(Envelope<Answer>.self, from: data).result.get()
  }

  private static func collect(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, atMost limit: Int
  ) async throws -> Data {
    var data = Data()
    for try await part in inbound {
      data.append(contentsOf: part.readableBytesView)
      guard data.count <= limit else { throw ControlError(problem: "the message is too long") }
    }
    return data
  }
}

/// An answer or a refusal on the wire.
private struct Envelope<Answer: Codable>: Codable {
  var answer: Answer?
  var problem: String?

  init(_ result: Result<Answer, ControlError>) {
    switch result {
    case .success(let answer): self.answer = answer
    case .failure(let error): problem = error.problem
    }
  }

  var result: Result<Answer, ControlError> {
    if let answer { return .success(answer) }
    return .failure(ControlError(problem: problem ?? "the daemon gave no answer; its log may say why"))
  }
}
