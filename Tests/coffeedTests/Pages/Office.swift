import DaemonKit
import Foundation
import HTTPTypes
import Hummingbird
import PageTesting
import JSONState
import Logging
import NIOCore
import PiHAL
import Synchronization
import Testing
import VirtualPi

@testable import PanelKit
@testable import coffeed

/// A clock on the wall and one that counts since boot, which go together unless a test sets one.
final class OfficeTime: MonotonicClock {
  private let state: Mutex<(wall: WallTime, instant: MonotonicInstant)>

  init(_ text: String) {
    guard let wall = WallTime(text) else { preconditionFailure("'\(text)' is no time") }
    state = Mutex((wall, MonotonicInstant(nanoseconds: 1_000_000_000_000)))
  }

  var now: MonotonicInstant { state.withLock(\.instant) }
  var wall: WallTime { state.withLock(\.wall) }

  func sleep(for duration: Duration) { pass(duration) }

  func pass(_ duration: Duration) {
    state.withLock {
      $0.instant = $0.instant.advanced(by: duration)
      $0.wall.milliseconds += duration.wholeNanoseconds / 1_000_000
    }
  }

  func set(_ text: String) {
    guard let wall = WallTime(text) else { preconditionFailure("'\(text)' is no time") }
    state.withLock { $0.wall = wall }
  }
}

/// An office with its books in a temporary directory, and its pages.
final class Office: Sendable {
  static let boot = "b0070000-0000-4000-8000-000000000001"

  let directory: String
  let time: OfficeTime
  let books: StoredBooks
  let board: MachineBoard
  let access: AccessControl
  let server: PanelServer
  let site: CoffeeSite
  let readKey: String
  let writeKey: String
  private let random = Mutex(SeededRandom(seed: 1))

  /// - Parameters:
  ///   - zone: where it is.
  ///   - trusts: whether its own network is trusted.
  ///   - masterTokenIsFixed: whether the configuration names the master token.
  ///   - hasBrewInputs: whether what is brewed can be seen.
  init(
    at start: String = "2026-11-25T08:00:00Z", zone: String = "Europe/Zurich", trusts: Bool = false,
    masterTokenIsFixed: Bool = false, hasBrewInputs: Bool = false
  ) async throws {
    directory =
      FileManager.default.temporaryDirectory
      .appending(path: "coffeed-\(UUID().uuidString)", directoryHint: .notDirectory).path
    let time = OfficeTime(start)
    self.time = time
    books = try await StoredBooks.open(
      directory: directory, boot: Self.boot, clock: time,
      now: { Date(timeIntervalSince1970: Double(time.wall.milliseconds) / 1000) })
    board = MachineBoard(clock: time, now: { time.wall })
    let store = try await AccessStore.open(
      directory: directory, fileSystem: SystemFileSystem(),
      parameters: ScryptParameters(rounds: 16, blockSize: 1, parallelism: 1))
    var settings = AccessControl.Settings()
    if trusts { settings.trustedNetworks = ["127.0.0.0/8"].compactMap { AddressRange($0) } }
    access = AccessControl(
      name: "coffeed", store: store, settings: settings)
    readKey = try await access.store.createKey(name: "reader", scopes: [.read], at: Date()).text
    writeKey = try await access.store.createKey(name: "writer", scopes: [.read, .write], at: Date()).text
    site = CoffeeSite(
      books: books, board: board, calendar: try #require(LocalCalendar(zone: zone)), now: { time.wall },
      fixedMasterToken: masterTokenIsFixed ? Token.of("0badcafe") : nil, hasBrewInputs: hasBrewInputs)
    server = PanelServer(
      host: "127.0.0.1", port: 0, routes: [CoffeePages(site: site)],
      protection: .login(access, CoffeeFrame.frame), language: { [site] in site.language },
      logger: Logger(label: "test"))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  // MARK: What happens in it

  func command(_ command: BooksCommand) async throws -> BooksOutcome {
    let id = random.withLock { CommandID(using: &$0) }
    return try await books.carryOut(command, id: id)
  }

  /// Adds a user who may have coffee.
  @discardableResult func user(
    _ token: String, _ userName: String, _ name: String, email: String? = nil, phone: String? = nil
  ) async throws -> Token {
    let token = try #require(Token(token))
    _ = try await command(
      .addUser(
        token, UserChange(userName: userName, name: name, emailAddress: email, phoneNumber: phone)))
    return token
  }

  /// A token is shown at the machine. A coffee's number when it is let in.
  @discardableResult func show(_ token: String) async throws -> Int? {
    let token = try #require(Token(token))
    let id = random.withLock { ActivationID(using: &$0) }
    let presentation = Presentation(
      id: id, token: token, milliseconds: 30_000, at: BootInstant(boot: Self.boot, instant: time.now))
    let answer = await withCheckedContinuation { continuation in
      books.submit(.present(presentation)) { continuation.resume(returning: $0) }
    }
    guard case .granted(let usage, _) = answer else { return nil }
    return usage
  }

  // MARK: Its pages

  /// Sends requests to it.
  func visit(_ test: @escaping @Sendable (Visit) async throws -> Void) async throws {
    try await server.application.serve { [access, readKey, writeKey] client in
      try await test(Visit(client: client, access: access, readKey: readKey, writeKey: writeKey))
    }
  }
}

extension Token {
  /// A token that is one.
  static func of(_ text: String) -> Token {
    guard let token = Token(text) else { preconditionFailure("'\(text)' is no token") }
    return token
  }
}
