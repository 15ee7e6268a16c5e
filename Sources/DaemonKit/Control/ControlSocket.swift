import Foundation
import JSONState
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

  /// How often a daemon that works on a request says so.
  static let signInterval = Duration.seconds(2)

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
              let result = try await carryOut(inbound, connection.channel, answer)
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

  /// Reads a request, shows the caller that it is taken, and carries it out.
  /// - Throws: when the caller has gone before that; then nothing is carried out.
  private static func carryOut<Request: Decodable & Sendable, Answer: Codable & Sendable>(
    _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ channel: any Channel,
    _ answer: @Sendable (Request) async throws -> Answer
  ) async throws -> Result<Answer, ControlError> {
    let request: Request
    do {
      request = try JSONDecoder().decode(
        Request.self, from: try await collect(inbound, atMost: longestRequest))
    } catch {
      return .failure(ControlError(problem: Self.words(for: error)))
    }
    let sign = ByteBuffer(string: " ")
    try await channel.writeAndFlush(sign).get()
    let signs = Task {
      while true {
        try await Task.sleep(for: signInterval)
        try await channel.writeAndFlush(sign).get()
      }
    }
    defer { signs.cancel() }
    do {
      return .success(try await answer(request))
    } catch {
      return .failure(ControlError(problem: "\(error)"))
    }
  }

  private static func words(for error: any Error) -> String {
    guard error is DecodingError else { return "\(error)" }
    return "the daemon does not understand this request; is it of another version?"
  }

  /// Sends one request to the daemon.
  /// - Parameter patience: the longest silence; a daemon that works on a request says so more often.
  /// - Returns: nil when no daemon listens there.
  /// - Throws: ``ControlError`` with the daemon's own words when it refused, or when it says nothing.
  public static func send<Request: Encodable & Sendable, Answer: Codable & Sendable>(
    _ request: Request, to path: String, expecting type: Answer.Type, patience: Duration = .seconds(10)
  ) async throws -> Answer? {
    let body = try JSONEncoder().encode(request)
    let call = ControlCall(path: path, patience: patience)
    let data = try await onOwnThread { () throws(ControlError) in
      try call.exchange(body, longestAnswer: longestAnswer)
    }
    guard let data else { return nil }
    guard data.contains(where: { $0 != UInt8(ascii: " ") }) else { throw ControlError.unanswered }
    let envelope: Envelope<Answer>
    do {
      envelope = try JSONDecoder().decode(Envelope<Answer>.self, from: data)
    } catch {
      throw ControlError.unexpected
    }
    return try envelope.result.get()
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
