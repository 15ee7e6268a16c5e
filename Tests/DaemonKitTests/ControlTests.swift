@testable import DaemonKit
import Foundation
import JSONState
import Synchronization
import Testing

@Suite struct ControlTests {
  enum Request: Codable, Sendable, Equatable { case double(Int), refuse }

  struct Refusal: Error, CustomStringConvertible { let description = "not today" }

  /// Answers requests at a socket until `body` is done.
  static func withDaemon(_ body: (_ stateDirectory: String) async throws -> Void) async throws {
    try await Scratch.with { scratch in
      let path = ControlSocket.path(in: scratch.path)
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          try await ControlSocket.serve(at: path) { (request: Request) -> Int in
            switch request {
            case .double(let number): return number * 2
            case .refuse: throw Refusal()
            }
          }
        }
        // Not when the file is there: its permissions come a moment later, before the first answer.
        while try await ControlSocket.send(Request.double(0), to: path, expecting: Int.self) == nil {
          try await Task.sleep(for: .milliseconds(5))
        }
        try await body(scratch.path)
        group.cancelAll()
        do { try await group.waitForAll() } catch is CancellationError {}
      }
    }
  }

  @Test func aRequestIsAnsweredAndARefusalIsToldInWords() async throws {
    try await Self.withDaemon { directory in
      let path = ControlSocket.path(in: directory)
      let answer = try await ControlSocket.send(Request.double(21), to: path, expecting: Int.self)
      #expect(answer == 42)
      await #expect(throws: ControlError(problem: "not today")) {
        _ = try await ControlSocket.send(Request.refuse, to: path, expecting: Int.self)
      }
    }
  }

  @Test func nonsenseIsAnsweredAndDoesNoHarm() async throws {
    try await Self.withDaemon { directory in
      let path = ControlSocket.path(in: directory)
      await #expect(throws: ControlError.self) {
        _ = try await ControlSocket.send(["nonsense": 1], to: path, expecting: Int.self)
      }
      let long = String(repeating: "x", count: ControlSocket.longestRequest)
      _ = try? await ControlSocket.send(long, to: path, expecting: Int.self)
      let answer = try await ControlSocket.send(Request.double(4), to: path, expecting: Int.self)
      #expect(answer == 8)
    }
  }

  /// As the list of very many cards is.
  @Test func anAnswerMayBeLongerThanARequest() async throws {
    try await Scratch.with { scratch in
      let path = ControlSocket.path(in: scratch.path)
      let long = String(repeating: "x", count: 2 * ControlSocket.longestRequest)
      let server = Task { try await ControlSocket.serve(at: path) { (_: Request) in long } }
      defer { server.cancel() }
      var answer: String?
      while answer == nil {
        answer = try await ControlSocket.send(Request.refuse, to: path, expecting: String.self)
        if answer == nil { try await Task.sleep(for: .milliseconds(5)) }
      }
      #expect(answer == long)
    }
  }

  /// A socket that takes connections and never answers, as that of a daemon that hangs.
  private static func hang(at path: String) throws -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try withAddress(path) { address, length in
      guard bind(listener, address, length) == 0, listen(listener, 8) == 0 else { throw Refusal() }
    }
    return listener
  }

  private static func withAddress<Value>(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws -> Value
  ) throws -> Value {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return try withUnsafePointer(to: &address) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        try body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }

  @Test func aDaemonThatHangsIsGivenUpForGood() async throws {
    try await Scratch.with { scratch in
      let path = ControlSocket.path(in: scratch.path)
      let listener = try Self.hang(at: path)
      defer { close(listener) }
      let error = await #expect(throws: ControlError.self) {
        _ = try await ControlSocket.send(
          Request.double(1), to: path, expecting: Int.self, patience: .milliseconds(50))
      }
      #expect(error?.problem.contains("will not be done later") == true)
      // Whoever answers now finds that out before it does anything.
      let connection = accept(listener, nil, nil)
      defer { close(connection) }
      #expect(send(connection, " ", 1, Int32(MSG_NOSIGNAL)) == -1)
      #expect(errno == EPIPE)
    }
  }

  @Test func aDaemonThatFallsSilentMayHaveDoneIt() async throws {
    try await Scratch.with { scratch in
      let path = ControlSocket.path(in: scratch.path)
      let listener = try Self.hang(at: path)
      defer { close(listener) }
      let caller = Task {
        try await ControlSocket.send(
          Request.double(1), to: path, expecting: Int.self, patience: .milliseconds(500))
      }
      let connection = await onOwnThread { accept(listener, nil, nil) }
      defer { close(connection) }
      #expect(send(connection, " ", 1, Int32(MSG_NOSIGNAL)) == 1)
      let error = await #expect(throws: ControlError.self) { try await caller.value }
      #expect(error?.problem.contains("may still be done") == true)
    }
  }

  /// As when a daemon that hung goes on.
  @Test func whatACallerHasGivenUpIsNotCarriedOut() async throws {
    try await Scratch.with { scratch in
      let path = ControlSocket.path(in: scratch.path)
      let done = Mutex<[Int]>([])
      let server = Task {
        try await ControlSocket.serve(at: path) { (request: Int) -> Int in
          done.withLock { $0.append(request) }
          return request
        }
      }
      defer { server.cancel() }
      while try await ControlSocket.send(1, to: path, expecting: Int.self) == nil {
        try await Task.sleep(for: .milliseconds(5))
      }
      let gone = await onOwnThread {
        let caller = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        _ = try? Self.withAddress(path) { address, length in connect(caller, address, length) }
        _ = send(caller, "2", 1, 0)
        shutdown(caller, Int32(SHUT_RD))
        shutdown(caller, Int32(SHUT_WR))
        // Until the daemon has done with it.
        var look = pollfd(fd: caller, events: 0, revents: 0)
        while look.revents & Int16(POLLHUP) == 0 { poll(&look, 1, -1) }
        close(caller)
        return true
      }
      #expect(gone)
      #expect(try await ControlSocket.send(3, to: path, expecting: Int.self) == 3)
      #expect(done.withLock { $0 } == [1, 3])
    }
  }

  @Test func theSocketIsForTheOwnerAndTheGroupOnly() async throws {
    try await Self.withDaemon { directory in
      let attributes = try FileManager.default.attributesOfItem(atPath: ControlSocket.path(in: directory))
      #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o660)
    }
  }

  @Test func theDaemonIsAskedFirst() async throws {
    try await Self.withDaemon { directory in
      let client = ControlClient<Request, Int>(stateDirectory: directory) { _ in 0 }
      let answer = try await client.ask(.double(3))
      #expect(answer == 6)
    }
  }

  @Test func withoutADaemonTheStateIsAsked() async throws {
    try await Scratch.with { scratch in
      let client = ControlClient<Request, Int>(stateDirectory: scratch.path) { _ in 7 }
      let daemons = try await client.askDaemon(.double(3))
      #expect(daemons == nil)
      let answer = try await client.ask(.double(3))
      #expect(answer == 7)
    }
  }

  @Test func aStateThatIsOpenElsewhereIsWaitedFor() async throws {
    try await Scratch.with { scratch in
      let attempts = Mutex(0)
      let client = ControlClient<Request, Int>(stateDirectory: scratch.path, patience: .seconds(600)) { _ in
        let attempt = attempts.withLock { count in
          count += 1
          return count
        }
        if attempt < 3 { throw JSONStateError.locked(directory: scratch.path, process: nil) }
        return attempt
      }
      let answer = try await client.ask(.double(3))
      #expect(answer == 3)
    }
  }

  @Test func whatDoesNotPassIsToldAtOnce() async throws {
    try await Scratch.with { scratch in
      let attempts = Mutex(0)
      let client = ControlClient<Request, Int>(stateDirectory: scratch.path) { _ in
        attempts.withLock { $0 += 1 }
        throw Refusal()
      }
      await #expect(throws: Refusal.self) { _ = try await client.ask(.refuse) }
      #expect(attempts.withLock { $0 } == 1)
    }
  }
}
