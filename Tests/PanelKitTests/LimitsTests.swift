import HTTPTypes
import PageTesting
import NIOCore
import NIOPosix
import Testing

@testable import PanelKit

@Suite(.timeLimit(.minutes(15))) struct LimitsTests {
  /// A site with a key, and the lines that a script with it begins a POST with.
  private func site(_ limits: PanelServer.Limits = .init()) async throws -> (Site, String) {
    let site = try await Site(limits: limits)
    let key = try await site.store.createKey(name: "test", scopes: [.read, .write], at: .distantPast)
    return (site, "POST /books HTTP/1.1\r\nHost: localhost\r\nX-API-Key: \(key.text)\r\n")
  }

  private static func body(_ text: String, chunked: Bool = false) -> String {
    let type = "Content-Type: application/x-www-form-urlencoded\r\n"
    return chunked
      ? "\(type)Transfer-Encoding: chunked\r\n\r\n\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n0\r\n\r\n"
      : "\(type)Content-Length: \(text.utf8.count)\r\n\r\n\(text)"
  }

  private static func status(_ answer: String) -> String { String(answer.prefix(12).suffix(3)) }

  @Test func aBodyIsReadUpToItsBound() async throws {
    var limits = PanelServer.Limits()
    limits.body = 100
    limits.transfer = .seconds(10)
    let (site, head) = try await site(limits)
    try await site.serve { client async throws in
      let port = client.port
      for chunked in [false, true] {
        let fits = "name=" + String(repeating: "x", count: 95)
        #expect(
          Self.status(try await RawClient.send([head + Self.body(fits, chunked: chunked)], to: port)) == "200"
        )
        let tooLong = Self.body(fits + "x", chunked: chunked)
        #expect(Self.status(try await RawClient.send([head + tooLong], to: port)) == "413")
      }
      // What says that it is too long is not read at all.
      let promised =
        "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 999999999999\r\n\r\nname="
      let answer = try await RawClient.send([head + promised], to: port, closesOutput: false)
      #expect(Self.status(answer) == "413")
    }
  }

  @Test(arguments: [
    "name=%FF", "name=%C3%28", "name=%", "name=%4", "name=%zz", "%FF=1", "name=1&name=2", "name[]=1",
    "name[a]=1",
    "name[" + String(repeating: "[a]", count: 200) + "=1",
  ])
  func aFormThatCannotBeReadIsABadRequest(body: String) async throws {
    let (site, head) = try await site()
    try await site.serve { client async throws in
      let answer = try await RawClient.send([head + Self.body(body)], to: client.port)
      #expect(Self.status(answer) == "400", "\(answer)")
    }
  }

  @Test func bytesThatAreNoUTF8AreABadRequest() async throws {
    let (site, _) = try await site()
    let key = try await site.store.createKey(name: "other", scopes: [.write], at: .distantPast)
    try await site.serve { client async throws in
      for bytes: [UInt8] in [
        [0x6e, 0x3d, 0xff], [0x6e, 0x3d, 0xc3], [0x6e, 0x3d, 0xed, 0xa0, 0x80], [0x6e, 0x3d, 0xc0, 0xaf],
      ] {
        for (path, type) in [("/books", "application/x-www-form-urlencoded"), ("/note", "text/plain")] {
          let headers: HTTPFields = [.named("X-API-Key"): key.text, .contentType: type]
          let answer = try await client.execute(
            uri: path, method: .post, headers: headers, body: ByteBuffer(bytes: bytes))
          #expect(answer.status == .badRequest)
        }
      }
      // The token is looked for in such a form, too.
      let browser = Browser(client)
      _ = try await browser.login()
      let headers: HTTPFields = [
        .contentType: "application/x-www-form-urlencoded", .cookie: "site=\(browser.cookies["site"] ?? "")",
      ]
      let answer = try await client.execute(
        uri: "/books", method: .post, headers: headers, body: ByteBuffer(bytes: [0x6e, 0x3d, 0xff]))
      #expect(answer.status == .badRequest)
    }
  }

  @Test func aBodyThatEndsEarlyIsABadRequest() async throws {
    let (site, head) = try await site()
    try await site.serve { client async throws in
      let port = client.port
      let type = "Content-Type: application/x-www-form-urlencoded\r\n"
      for rest in [
        "\(type)Content-Length: 100\r\n\r\nname=a",
        "\(type)Transfer-Encoding: chunked\r\n\r\n6\r\nname=a\r\n",
        "\(type)Transfer-Encoding: chunked\r\n\r\nzz\r\nname=a\r\n",
      ] {
        let answer = try await RawClient.send([head + rest], to: port)
        #expect(Self.status(answer) == "400", "\(rest): \(answer)")
      }
      #expect(try await client.execute(uri: "/open", method: .get).status == .ok)
    }
  }

  @Test func whatIsNoHTTPIsABadRequest() async throws {
    let (site, _) = try await site()
    try await site.serve { client async throws in
      let port = client.port
      let long = String(repeating: "x", count: 9000)
      for text in [
        "\r\n\r\nGARBAGE\r\n\r\n", "GET /open HTTP/1.1\r\nHost: localhost\r\nBad header\r\n\r\n",
        "GET /open HTTP/1.1\r\nHost: localhost\r\nX-Long: \(long)\r\n\r\n",
        "GET /open HTTP/1.1\r\nHost: localhost\r\n"
          + (0..<120).map { "X-\($0): y\r\n" }.joined() + "\r\n",
        "GET /open HTTP/1.1\r\nHost: localhost\r\n"
          + (0..<3).map { "X-\($0): \(long.prefix(8000))\r\n" }.joined() + "\r\n",
        "POST /books HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        "POST /books HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        "POST /books HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      ] {
        let answer = try await RawClient.send([text], to: port)
        #expect(answer.isEmpty || Self.status(answer) == "400", "\(text.prefix(60)): \(answer)")
      }
      #expect(try await client.execute(uri: "/open", method: .get).status == .ok)
    }
  }

  @Test func aClientThatTricklesItsBodyIsCutOff() async throws {
    var limits = PanelServer.Limits()
    limits.transfer = .milliseconds(300)
    let (site, head) = try await site(limits)
    try await site.serve { client async throws in
      let begin = ContinuousClock.now
      let answer = try await RawClient.send(
        [head + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 10000\r\n\r\n"]
          + Array(repeating: "x", count: 1000), to: client.port, pause: .milliseconds(100))
      #expect(!answer.hasPrefix("HTTP/1.1 200"))
      // A thousand pieces would take a hundred seconds.
      #expect(ContinuousClock.now - begin < .seconds(60))
    }
  }

  @Test func aClientThatTricklesItsHeadIsCutOff() async throws {
    var limits = PanelServer.Limits()
    limits.idle = .milliseconds(300)
    let (site, _) = try await site(limits)
    try await site.serve { client async throws in
      let begin = ContinuousClock.now
      let answer = try await RawClient.send(
        ["GET /open HTTP/1.1\r\n"] + Array(repeating: "X-Y: z\r\n", count: 1000),
        to: client.port,
        pause: .milliseconds(100))
      #expect(answer.isEmpty)
      #expect(ContinuousClock.now - begin < .seconds(60))
    }
  }

  @Test func oneClientDoesNotTakeAllConnections() {
    var table = ConnectionTable(most: 100, mostOfOneClient: 2)
    #expect(table.open(1, of: "a", isLoopback: false) == .admitted)
    #expect(table.open(2, of: "a", isLoopback: false) == .admitted)
    #expect(table.open(3, of: "a", isLoopback: false) == .replacing(1), "one that answers nothing makes room")
    table.use(2, isBusy: true)
    table.use(3, isBusy: true)
    #expect(table.open(4, of: "a", isLoopback: false) == .refused)
    #expect(table.open(5, of: "b", isLoopback: false) == .admitted)
    table.close(2)
    #expect(table.open(6, of: "a", isLoopback: false) == .admitted)
    for id: UInt64 in 10..<20 { #expect(table.open(id, of: "::1", isLoopback: true) == .admitted) }
  }

  @Test func whoHoldsConnectionsMakesRoom() {
    var table = ConnectionTable(most: 4, mostOfOneClient: 4)
    // A page that is open, with its stream, and a client that holds the rest.
    _ = table.open(1, of: "page", isLoopback: false)
    table.use(1, isBusy: true)
    for id in 2...4 { _ = table.open(UInt64(id), of: "holder", isLoopback: false) }
    #expect(table.open(5, of: "guest", isLoopback: false) == .replacing(2))
    #expect(table.open(6, of: "holder", isLoopback: false) == .replacing(3), "its own, and the oldest first")
    for id: UInt64 in [4, 5, 6] { table.use(id, isBusy: true) }
    #expect(
      table.open(7, of: "other", isLoopback: false) == .replacing(4), "all are in use: of whoever has most")
    #expect(table.count == 4)
  }

  /// As many as there may be, all of this machine.
  @Test func heldConnectionsDoNotTakeThePagesAway() async throws {
    var limits = PanelServer.Limits()
    limits.connections = 8
    let (site, head) = try await site(limits)
    try await site.serve { client async throws in
      let port = client.port
      var held: [any Channel] = []
      for number in 0..<20 {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
          .connect(host: "127.0.0.1", port: port).get()
        // Some say nothing, some begin a request, some send a head and no body.
        let beginning = ["", "GET /open HT", head + "Content-Length: 10\r\n\r\n"][number % 3]
        if !beginning.isEmpty { try await channel.writeAndFlush(ByteBuffer(string: beginning)) }
        held.append(channel)
        let answer = try await RawClient.send(
          ["GET /open HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"], to: port)
        #expect(Self.status(answer) == "200", "with \(number + 1) held")
      }
      for channel in held { try? await channel.close() }
    }
  }

  @Test func aReaderOfEventsThatDoesNotReadIsCutOff() async throws {
    var limits = PanelServer.Limits()
    limits.transfer = .milliseconds(200)
    let (site, _) = try await site(limits)
    try await site.serve { client async throws in
      let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .channelOption(.autoRead, value: false)
        .channelOption(.socketOption(.so_rcvbuf), value: 4096)
        .connect(host: "127.0.0.1", port: client.port).get()
      try await channel.writeAndFlush(ByteBuffer(string: "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n"))
      while site.live.listenerCount == 0 { try await Task.sleep(for: .milliseconds(2)) }
      var number = 0
      while site.live.listenerCount > 0 {
        number += 1
        site.live.send("\(number) " + String(repeating: "x", count: 2000))
        try await Task.sleep(for: .milliseconds(2))
      }
      try? await channel.close()
    }
  }

  @Test(arguments: [
    "/assets/../access.json", "/assets/..%2f..%2fetc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/..", "/.",
    "/%00", "/assets/app.css", "/assets/", "/assets//app.css", "/%ff", "/assets/%252e%252e/x",
    "/\u{FF0E}\u{FF0E}/x",
    "/books/%ff", "/assets/..\\..\\x",
  ])
  func noPathLeadsToAFile(path: String) async throws {
    let (site, _) = try await site()
    try await site.serve { client async throws in
      let answer = try await RawClient.send(
        ["GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
        to: client.port)
      let status = Self.status(answer)
      #expect(["404", "400", "405"].contains(status), "\(status)")
      #expect(!answer.contains("root:"))
    }
  }

  @Test func aPathThatCannotBeDecodedIsNotFound() async throws {
    let (site, _) = try await site()
    let key = try await site.store.createKey(name: "other", scopes: [.write], at: .distantPast)
    try await site.serve { client async throws in
      for path in ["/books/%ff", "/books/%"] {
        let answer = try await client.execute(
          uri: path, method: .delete, headers: [.named("X-API-Key"): key.text])
        #expect(answer.status == .notFound)
      }
    }
  }
}
