import DaemonTesting
import Foundation
import PageTesting
import NIOCore
import NIOPosix
import Testing

@testable import PanelKit

/// Damaged requests to a site with a login. With PI_DISPENSE_SLOW=1 a hundred times as many.
@Suite(.timeLimit(.minutes(30))) struct HTTPFuzzTests {
  private static let count = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1" ? 30_000 : 300

  @Test(arguments: [1, 2] as [UInt64]) func damagedRequestsDoNoHarm(seed: UInt64) async throws {
    let site = try await Site()
    let key = try await site.store.createKey(name: "reader", scopes: [.read], at: .distantPast).text
    let host = "Host: localhost\r\n"
    let form = "Content-Type: application/x-www-form-urlencoded\r\n"
    let mutator = Mutator(
      seed: seed,
      corpus: [
        "GET /open HTTP/1.1\r\n\(host)\r\n",
        "GET /page?name=x&lang=de HTTP/1.1\r\n\(host)Accept: text/html\r\n\r\n",
        "GET /books HTTP/1.1\r\n\(host)X-API-Key: \(key)\r\n\r\n",
        "GET /books HTTP/1.1\r\n\(host)Authorization: Bearer \(key)\r\nCookie: site=abc; lang=fr\r\n\r\n",
        "POST /books HTTP/1.1\r\n\(host)X-API-Key: \(key)\r\n\(form)Content-Length: 6\r\n\r\nname=x",
        "POST /login HTTP/1.1\r\n\(host)\(form)Transfer-Encoding: chunked\r\n\r\n6\r\nname=x\r\n0\r\n\r\n",
        "DELETE /books/7 HTTP/1.1\r\n\(host)X-API-Key: \(key)\r\n\r\n", "HEAD /wall HTTP/1.0\r\n\(host)\r\n",
        "PUT /tell HTTP/1.1\r\n\(host)Origin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\n\r\n",
      ],
      tokens: [
        "\r\n", "\r\n\r\n", "Content-Length: 99999999999999999999\r\n", "Content-Length: 3\r\n", "chunked",
        "%00", "%ff",
        "../", "..%2f", "HTTP/1.1", "Transfer-Encoding: chunked\r\n", "Expect: 100-continue\r\n",
        "Connection: close\r\n",
        "Upgrade: websocket\r\n", "X-Forwarded-For: 127.0.0.1\r\n", "lang=", "&", ";", "\u{0}", "\u{202E}",
        "[]=", "//",
      ])
    try await site.serve { client async throws in
      let port = client.port
      var mutator = mutator
      var answered = 0
      for number in 0..<Self.count {
        let request = mutator.next()
        let answer = try await Self.send(request, to: port)
        let status = Int(answer.dropFirst(9).prefix(3)) ?? 0
        let shown = String(decoding: request.prefix(300), as: UTF8.self).debugDescription
        #expect(
          answer.isEmpty || (100..<500).contains(status),
          "seed \(seed), \(number): \(shown): \(answer.prefix(80))")
        // The key may read: nothing is written, whatever is sent.
        let isPost = answer.contains("name=x") && status == 200
        #expect(!isPost, "seed \(seed), \(number): \(shown)")
        answered += answer.isEmpty ? 0 : 1
      }
      #expect(answered > Self.count / 4, "most of it is near enough to HTTP to be answered")
      #expect(try await client.execute(uri: "/open", method: .get).status == .ok)
      #expect(try await client.execute(uri: "/books", method: .get).status == .unauthorized)
    }
    #expect(site.store.keys.count == 1)
  }

  /// Sends bytes and the end of what is sent.
  private static func send(_ bytes: [UInt8], to port: Int) async throws -> String {
    try await RawClient.send([bytes], to: port)
  }
}
