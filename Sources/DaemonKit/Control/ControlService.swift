import Foundation
import NIOCore
import ServiceLifecycle

/// The command line's way into a running daemon, as a service.
public struct ControlService<Request: Decodable & Sendable, Answer: Codable & Sendable>: Service {
  private let path: String
  private let answer: @Sendable (Request) async throws -> Answer

  /// - Parameter answer: makes the answer for a request; what it throws is told to the caller in words.
  public init(stateDirectory: String, answer: @escaping @Sendable (Request) async throws -> Answer) {
    path = ControlSocket.path(in: stateDirectory)
    self.answer = answer
  }

  /// Too many open files or too little memory: it passes.
  private static var passing: Set<Int32> { [EMFILE, ENFILE, ENOBUFS, ENOMEM, ECONNABORTED] }

  public func run() async throws {
    do {
      try await cancelWhenGracefulShutdown {
        while true {
          do {
            return try await ControlSocket.serve(at: path, answer: answer)
          } catch let error as IOError where Self.passing.contains(error.errnoCode) {
            // The tap and the lock go on meanwhile.
            try await Task.sleep(for: .seconds(1))
          }
        }
      }
    } catch is CancellationError {
      // The daemon ends.
    }
    try? FileManager.default.removeItem(atPath: path)
  }
}
