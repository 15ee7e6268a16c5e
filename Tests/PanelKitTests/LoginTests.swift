import Foundation
import HTTPTypes
import PageTesting
import JSONStateTesting
import Testing

@testable import PanelKit

@Suite(.timeLimit(.minutes(15))) struct LoginTests {
  // MARK: First start

  @Test func withoutAPasswordEveryPageLeadsToTheSetup() async throws {
    let site = try await Site(password: nil)
    try await site.serve { client async throws in
      let browser = Browser(client)
      for path in ["/wall", "/books", "/keys", "/account", "/page"] {
        let answer = try await browser.get(path)
        #expect(answer.status == .seeOther && answer.location == "/setup", "\(path)")
      }
      #expect(try await browser.get("/login").location == "/setup")
      #expect(try await browser.get("/books", headers: [.accept: "*/*"]).status == .unauthorized)
      let form = try await browser.get("/setup")
      #expect(form.status == .ok)
      // From this very machine no code is asked for.
      #expect(!form.text.contains("name=\"code\""))
      let token = try #require(form.hidden("csrf"))
      let short = ["password": "short", "repeat": "short", "csrf": token]
      #expect(try await browser.post("/setup", short).status == .badRequest)
      let different = ["password": "long enough", "repeat": "long enouGh", "csrf": token]
      #expect(try await browser.post("/setup", different).status == .badRequest)
      #expect(!site.store.hasPassword)
      let right = ["password": "long enough", "repeat": "long enough", "csrf": token]
      #expect(try await browser.post("/setup", right).location == "/")
      #expect(try await browser.get("/books").text == "books")
      // Nobody sets a first password again.
      #expect(try await browser.get("/setup").location == "/login")
      let again = ["password": "another one", "repeat": "another one", "csrf": token]
      #expect(try await browser.post("/setup", again).location == "/login")
      #expect(try await site.store.verify("long enough") != nil)
    }
  }

  @Test func fromAnotherMachineTheSetupNeedsTheCodeOfTheLog() async throws {
    let site = try await Site(password: nil)
    try await site.serve { client async throws in
      // Either header makes the request one that does not come from a browser on this machine.
      for headers: HTTPFields in [[.xForwardedFor: "127.0.0.1"], [.forwarded: "for=127.0.0.1"]] {
        let browser = Browser(client)
        let form = try await browser.get("/setup", headers: headers)
        #expect(form.text.contains("name=\"code\""))
        let token = try #require(form.hidden("csrf"))
        for code in [nil, "", "AAAA-AAAA", site.access.setupCode + "A"] {
          var fields = ["password": "long enough", "repeat": "long enough", "csrf": token]
          fields["code"] = code
          #expect(try await browser.post("/setup", fields, headers: headers).status == .forbidden)
          site.clock.advance(by: .seconds(1000))
        }
        #expect(!site.store.hasPassword)
      }
      let browser = Browser(client)
      let headers: HTTPFields = [.xForwardedFor: "10.0.0.1"]
      let form = try await browser.get("/setup", headers: headers)
      let fields = [
        "password": "long enough", "repeat": "long enough", "csrf": form.hidden("csrf") ?? "",
        "code": site.access.setupCode.lowercased(),
      ]
      #expect(try await browser.post("/setup", fields, headers: headers).location == "/")
      #expect(site.store.hasPassword)
    }
  }

  @Test func behindAProxyThisMachineIsNoProof() async throws {
    var settings = AccessControl.Settings()
    settings.isBehindTLS = true
    let site = try await Site(password: nil, settings: settings)
    try await site.serve { client async throws in
      #expect(try await Browser(client).get("/setup").text.contains("name=\"code\""))
    }
  }

  // MARK: Login and logout

  @Test func loginLeadsBackToThePageThatWasAskedFor() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      let refused = try await browser.get("/page?name=a%20b&x=1")
      #expect(refused.status == .seeOther)
      #expect(refused.location == "/login?next=/page%3Fname%3Da%2520b%26x%3D1")
      let form = try await browser.get(try #require(refused.location))
      #expect(form.hidden("next") == "/page?name=a%20b&amp;x=1")
      let wrong = try await browser.login("wrong")
      #expect(wrong.status == .forbidden)
      #expect(wrong.text.contains("This is not the password."))
      let right = try await browser.login(next: "/page?name=a%20b&x=1")
      #expect(right.status == .seeOther)
      #expect(right.location == "/page?name=a%20b&x=1")
      #expect(try await browser.get("/page?name=a%20b").text.contains("a b"))
      // Who has logged in needs no form.
      #expect(try await browser.get("/login?next=/books").location == "/books")
    }
  }

  @Test func theCookieIsOutOfReachOfScriptsAndOtherSites() async throws {
    for isBehindTLS in [false, true] {
      var settings = AccessControl.Settings()
      settings.isBehindTLS = isBehindTLS
      let site = try await Site(settings: settings)
      try await site.serve { client async throws in
        let answer = try await Browser(client).login()
        let name = isBehindTLS ? "__Host-site" : "site"
        let cookie = try #require(answer.headers[values: .setCookie].first { $0.hasPrefix("\(name)=") })
        #expect(cookie.contains("HttpOnly"))
        #expect(cookie.contains("SameSite=Lax"))
        #expect(cookie.contains("Path=/"))
        #expect(cookie.contains("Secure") == isBehindTLS)
        #expect(!cookie.contains("Domain"))
        // 256 bits as hexadecimal digits.
        #expect(cookie.dropFirst(name.count + 1).prefix { $0 != ";" }.count == 64)
      }
    }
  }

  @Test func logoutEndsTheSessionOnTheServer() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      let stolen = browser.cookies
      #expect(try await browser.post("/logout", ["csrf": "wrong"]).status == .forbidden)
      #expect(try await browser.get("/books").status == .ok)
      #expect(try await browser.post("/logout", ["csrf": try await browser.token()]).location == "/login")
      #expect(browser.cookies["site"] == nil)
      browser.cookies = stolen
      #expect(try await browser.get("/books").location == "/login?next=/books")
    }
  }

  @Test func changingThePasswordEndsAllOtherLogins() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let (mine, other) = (Browser(client), Browser(client))
      _ = try await mine.login()
      _ = try await other.login()
      let token = try await mine.token()
      var fields = ["old": "wrong", "password": "a new password", "repeat": "a new password", "csrf": token]
      #expect(try await mine.post("/account/password", fields).location == "/account")
      #expect(try await mine.get("/account").text.contains("This is not the password."))
      #expect(try await other.get("/books").status == .ok)
      fields["old"] = Site.password
      let before = mine.cookies["site"]
      #expect(try await mine.post("/account/password", fields).location == "/account")
      #expect(mine.cookies["site"] != before)
      #expect(try await mine.get("/account").text.contains("The password was changed."))
      #expect(try await other.get("/books").status == .seeOther)
      #expect(try await other.login().status == .forbidden)
      #expect(try await other.login("a new password").status == .seeOther)
    }
  }

  @Test func aPasswordThatIsSetFromOutsideEndsAllLogins() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let (mine, other) = (Browser(client), Browser(client))
      _ = try await mine.login()
      _ = try await other.login()
      let key = try await site.store.createKey(name: "script", scopes: [.read], at: Date()).text
      await #expect(throws: AccessError.passwordTooShort) { try await site.store.setPassword("short") }
      #expect(try await mine.get("/books").status == .ok)
      try await site.store.setPassword("a new password")
      #expect(try await mine.get("/books").location == "/login?next=/books")
      #expect(try await other.get("/books").status == .seeOther)
      #expect(try await other.login("a new password").status == .seeOther)
      #expect(try await other.get("/books").status == .ok)
      #expect(try await mine.get("/books").status == .seeOther)
      #expect(
        try await Browser(client).get("/books", headers: [.authorization: "Bearer \(key)"]).status == .ok)
    }
  }

  @Test func aLoginEndsWhenItIsIdleAndAtTheLatestAfterAWeek() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      _ = try await browser.login()
      site.clock.advance(by: .seconds(8 * 3600 - 1))
      #expect(try await browser.get("/books").status == .ok)
      site.clock.advance(by: .seconds(8 * 3600))
      #expect(try await browser.get("/books").status == .seeOther)

      _ = try await browser.login()
      for _ in 0..<27 {
        site.clock.advance(by: .seconds(6 * 3600))
        #expect(try await browser.get("/books").status == .ok)
      }
      site.clock.advance(by: .seconds(6 * 3600))
      #expect(try await browser.get("/books").status == .seeOther)
    }
  }

  @Test func theNumberOfSessionsIsBounded() async throws {
    var settings = AccessControl.Settings()
    settings.sessions.count = 3
    let site = try await Site(settings: settings)
    try await site.serve { client async throws in
      let browsers = (0..<4).map { _ in Browser(client) }
      for browser in browsers {
        _ = try await browser.login()
        site.clock.advance(by: .seconds(1))
      }
      #expect(site.access.sessions.withLock { $0.count } == 3)
      #expect(try await browsers[0].get("/books").status == .seeOther)
      for browser in browsers[1...] { #expect(try await browser.get("/books").status == .ok) }
    }
  }

  // MARK: Attacks

  @Test func anIdFromOutsideNeverBecomesASession() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let planted = String(repeating: "a", count: 64)
      let browser = Browser(client)
      browser.cookies = ["site": planted]
      _ = try await browser.login()
      #expect(browser.cookies["site"] != planted)
      let attacker = Browser(client)
      attacker.cookies = ["site": planted]
      #expect(try await attacker.get("/books").status == .seeOther)
    }
  }

  @Test func loggingInAgainEndsTheSessionBefore() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      let tie = try await browser.get("/login").hidden("csrf") ?? ""
      let fields = ["password": Site.password, "csrf": tie]
      _ = try await browser.post("/login", fields)
      let first = browser.cookies
      _ = try await browser.post("/login", fields)
      #expect(browser.cookies["site"] != first["site"])
      let old = Browser(client)
      old.cookies = first
      #expect(try await old.get("/books").status == .seeOther)
    }
  }

  @Test(arguments: [
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/\t/evil.example", "/ /evil.example", "http:/evil.example", "evil.example",
    "/%0d%0aSet-Cookie:x=y\r\nX: y",
    "/login", "/logout", "/é", "",
  ])
  func theLoginLeadsNowhereElse(next: String) async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      #expect(try await browser.login(next: next).location == "/")
      #expect(try await browser.get("/login?next=\(NextPage.encoded(next))").location == "/")
    }
  }

  @Test func theLoginsFormBelongsToTheBrowserItWasSentTo() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let tie = try #require(try await Browser(client).get("/login").hidden("csrf"))
      let victim = Browser(client)
      let fields = ["password": Site.password, "csrf": tie]
      // Without a cookie, and with a cookie of its own.
      #expect(try await victim.post("/login", fields).status == .forbidden)
      _ = try await victim.get("/login")
      #expect(try await victim.post("/login", fields).status == .forbidden)
      for headers: HTTPFields in [
        [.origin: "https://evil.example"], [.origin: "null"], [.named("Sec-Fetch-Site"): "cross-site"],
      ] {
        #expect(try await victim.login(headers: headers).status == .forbidden)
      }
      #expect(victim.cookies["site"] == nil)
    }
  }

  // MARK: Guessing

  @Test func guessesBecomeSlowAndAnotherAddressStillGetsIn() async throws {
    let site = try await Site()
    try await site.serve { client async throws in
      let browser = Browser(client)
      var waits: [Int] = []
      for _ in 0..<4 { #expect(try await browser.login("wrong").status == .forbidden) }
      for _ in 0..<6 {
        #expect(try await browser.login("wrong").status == .forbidden)
        // Also the right one waits now.
        let refused = try await browser.login()
        #expect(refused.status == .tooManyRequests)
        let wait = try #require(refused.headers[.retryAfter].flatMap { Int($0) })
        waits.append(wait)
        site.clock.advance(by: .seconds(wait))
      }
      #expect(waits == [1, 2, 4, 8, 16, 32])

      #expect(try await browser.login("wrong").status == .forbidden)
      #expect(try await browser.login().status == .tooManyRequests)
      let port = client.port
      #expect(try await Self.statusOfLogin(from: "127.0.0.2", to: port) == "303")
      site.clock.advance(by: .seconds(64))
      #expect(try await browser.login().status == .seeOther)
      // All is forgiven.
      let next = Browser(client)
      #expect(try await next.login("wrong").status == .forbidden)
      #expect(try await next.login().status == .seeOther)
    }
  }

  /// A login with the right password over a connection from `source`.
  private static func statusOfLogin(from source: String, to port: Int) async throws -> String {
    let tie = String(repeating: "b", count: 64)
    let body = "password=\(Site.password.replacing(" ", with: "+"))&csrf=\(tie)"
    let answer = try await RawClient.send(
      [
        """
        POST /login HTTP/1.1\r
        Host: localhost\r
        Cookie: site-form=\(tie)\r
        Connection: close\r
        Content-Type: application/x-www-form-urlencoded\r
        Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """
      ], to: port, from: source)
    return String(answer.split(separator: " ").dropFirst().first ?? "")
  }

  @Test func aHundredLoginsAtOnce() async throws {
    // With the real cost of a password.
    let site = try await Site(scrypt: .current)
    try await site.serve { client async throws in
      let tied = Browser(client)
      let tie = try await tied.get("/login").hidden("csrf") ?? ""
      let port = client.port
      try await withThrowingTaskGroup(of: String.self) { group in
        for _ in 0..<100 {
          group.addTask {
            let body = "password=wrong&csrf=\(tie)"
            return try await RawClient.send(
              [
                "POST /login HTTP/1.1\r\nHost: localhost\r\nCookie: site-form=\(tie)\r\nConnection: close\r\n"
                  + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                  + body
              ], to: port, atMost: .seconds(60))
          }
        }
        // Meanwhile the other pages answer.
        let begin = ContinuousClock.now
        #expect(try await tied.get("/open").text == "open")
        #expect(ContinuousClock.now - begin < .seconds(60))
        var statuses: [String: Int] = [:]
        for try await answer in group {
          statuses[answer.split(separator: " ").dropFirst().first.map(String.init) ?? "none", default: 0] += 1
          #expect(!answer.contains("429") || answer.lowercased().contains("retry-after"))
        }
        #expect(statuses == ["403": 5, "429": 95])
      }
      site.clock.advance(by: .seconds(10))
      #expect(try await tied.login().status == .seeOther)
    }
  }
}
