import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import PanelKit

/// Keeps what is logged.
private struct LogProbe: LogHandler {
  final class Lines: Sendable {
    private let state = Mutex<[String]>([])
    var all: [String] { state.withLock { $0 } }
    func add(_ line: String) { state.withLock { $0.append(line) } }
  }
  let lines: Lines
  var logLevel = Logger.Level.notice
  var metadata: Logger.Metadata = [:]
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }
  func log(event: LogEvent) { lines.add("\(event.message)") }
}

@Suite(.timeLimit(.minutes(15))) struct TakenPortTests {
  private struct Hello: PanelRoutes {
    func add(to router: PanelRouter) { router.get("/hello", .open) { _, _ in "hello" } }
  }

  @Test func aTakenPortIsNamedAndTriedAgain() async throws {
    let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(holder.localAddress?.port)
    let lines = LogProbe.Lines()
    let running = Mutex(0)
    let server = PanelServer(
      host: "127.0.0.1", port: port, routes: [Hello()], protection: .localOnly,
      logger: Logger(label: "test") { _ in LogProbe(lines: lines) },
      onRunning: { port in running.withLock { $0 = port } })
    let group = ServiceGroup(
      configuration: .init(
        services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let service = Task { try await group.run() }
    while lines.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    let line = try #require(lines.all.first)
    for part in ["127.0.0.1:\(port)", "panel.port", "process \(getpid()) (", "Trying again"] {
      #expect(line.contains(part), "\(line) lacks \(part)")
    }
    #expect(running.withLock { $0 } == 0)
    try await holder.close()
    while running.withLock({ $0 }) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    let answer = try await RawClient.send(["GET /hello HTTP/1.0\r\nHost: localhost\r\n\r\n"], to: port)
    #expect(answer.hasSuffix("hello"))
    #expect(lines.all.count == 1, "one line, however often it is tried")
    await group.triggerGracefulShutdown()
    try await service.value
  }

  @Test func aServerThatWaitsForItsPortEndsAtOnce() async throws {
    let holder = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let lines = LogProbe.Lines()
    let server = PanelServer(
      host: "127.0.0.1", port: try #require(holder.localAddress?.port), routes: [], protection: .localOnly,
      logger: Logger(label: "test") { _ in LogProbe(lines: lines) })
    let group = ServiceGroup(
      configuration: .init(
        services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
    let service = Task { try await group.run() }
    while lines.all.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    await group.triggerGracefulShutdown()
    try await service.value
    try await holder.close()
  }

  @Test func theKernelsTableIsRead() {
    let table = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F9A 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 34712 1 0000 100 0 0 10 0
         1: 0100007F:1F9A 0100007F:C0DE 01 00000000:00000000 00:00000000 00000000     0        0 99999 1 0000 20 4 30 10 -1
      """
    let found = PortHolder.listeners(in: table, port: 8090)
    #expect(found.map(\.inode) == ["34712"])
    #expect(found.map(\.user) == ["1000"])
    #expect(PortHolder.listeners(in: table, port: 8091).isEmpty)
  }
}
