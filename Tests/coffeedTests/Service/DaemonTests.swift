import DaemonKit
import Foundation
import DaemonTesting
import Testing

@testable import coffeed

extension ProcessTests {
  /// The daemon as a process, with its pages: what comes of a card, a power cut, an end.
  @Suite struct DaemonTests {
    /// What the board's page shows.
    private static func snapshot(_ browser: Browser) async throws -> CoffeeBoardSnapshot {
      let page = try await browser.get("board")
      guard let start = page.text.range(of: "data-board=\""),
        let end = page.text.range(of: "\"", range: start.upperBound..<page.text.endIndex)
      else { throw ProgramError(problem: "the board's page shows no board: \(page)") }
      let json = page.text[start.upperBound..<end.lowerBound]
        .replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
        .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
      return try JSONDecoder().decode(CoffeeBoardSnapshot.self, from: Data(json.utf8))
    }

    /// Looks at the board until it is as it should be.
    private static func waitFor(
      _ what: String, _ browser: Browser, _ condition: (CoffeeBoardSnapshot) -> Bool
    ) async throws -> CoffeeBoardSnapshot {
      for _ in 0..<400 {
        let snapshot = try await snapshot(browser)
        if condition(snapshot) { return snapshot }
        try await Task.sleep(for: .milliseconds(50))
      }
      throw ProgramError(problem: "waited in vain until \(what)")
    }

    private static func lay(_ card: String, _ browser: Browser) async throws {
      let answer = try await browser.postJSON("board/api/card", "{\"card\":\"\(card)\",\"onReader\":true}")
      #expect(answer.status == 204, "\(answer)")
    }

    @Test func aCoffeeIsTakenBackByTheCommandLine() async throws {
      try await Program.withCoffeed { coffeed in
        try await coffeed.addAda()
        try await coffeed.withDaemon { daemon in
          let browser = Browser(try await daemon.pages())
          try await Self.lay("anna", browser)
          _ = try await Self.waitFor("the machine is unlocked", browser) { $0.relays == Bench.allOn }
          let usages = try await coffeed.json([UsageView].self, "usage")
          #expect(usages.map(\.userName) == ["ada"] && usages.map(\.isCancelled) == [false])
          #expect(try await coffeed.run("usage", "undo", "1").output == "usage 1: taken back\n")
          try await coffeed.expectRefusal("usage", "undo", "1", saying: "was taken back already")
          #expect(try await coffeed.run("usage").output.contains("taken back"))
          try await coffeed.expectRefusal("invoice", "create", Program.ada, saying: "has no coffee")
        }
      }
    }

    @Test func whatIsChangedByACommandReachesTheLock() async throws {
      try await Program.withCoffeed { coffeed in
        try await coffeed.addAda()
        try await coffeed.withDaemon { daemon in
          let browser = Browser(try await daemon.pages())
          try await coffeed.run("user", "bar", Program.ada)
          try await Self.lay("anna", browser)
          try await waitUntil("she is refused") {
            try String(contentsOfFile: coffeed.state + "/journal.jsonl", encoding: .utf8).contains(
              "\"reason\":\"barred\"")
          }
          try await coffeed.run("scan-mode", "on")
          _ = try await Self.waitFor("scan mode is on", browser) { $0.lock.isScanMode }
          try await coffeed.run("settings", "set", "--master-token", "3a57e200")
          try await Self.lay("master", browser)
          let board = try await Self.waitFor("always on", browser) { $0.lock.phase == .master }
          #expect(board.usages == 0)
        }
      }
    }

    @Test func theLanguageInTheBooksIsThatOfThePagesAtOnce() async throws {
      try await Program.withCoffeed { coffeed in
        try await coffeed.withDaemon { daemon in
          let browser = Browser(try await daemon.pages())
          func title(_ languages: String) async throws -> String {
            let page = try await browser.get("leaderboard", languages: languages)
            return page.text.firstMatch(of: /<h1[^>]*>([^<]*)</).map { String($0.1) } ?? "\(page)"
          }
          #expect(try await title("tlh") == "Leaderboard")
          try await coffeed.run("settings", "set", "--language", "de")
          #expect(try await title("tlh") == "Rangliste")
          #expect(try await title("fr, tlh") == "Classement", "a browser's liking goes before it")
        }
      }
    }

    /// SIGKILL in the middle of an activation; a second life in the same boot.
    @Test func aKilledDaemonGoesOnWithTheRestOfTheTime() async throws {
      try await Program.withCoffeed { coffeed in
        try await coffeed.addAda()
        try await coffeed.run(
          "settings", "set", "--activation-seconds", "600", "--cold-activation-seconds", "600")
        let first = try await coffeed.start()
        var browser = Browser(try await first.pages())
        try await Self.lay("anna", browser)
        // The lock is looked at before the relays are: it may not know yet that they are on.
        let isUnlocked: (CoffeeBoardSnapshot) -> Bool = {
          $0.relays == Bench.allOn && $0.lock.phase == .active
        }
        let before = try await Self.waitFor("the machine is unlocked", browser, isUnlocked)
        try await first.die()
        let second = try await coffeed.start(life: 2)
        browser = Browser(try await second.pages())
        let after = try await Self.waitFor("it goes on", browser, isUnlocked)
        let (left, rest) = (try #require(before.lock.secondsLeft), try #require(after.lock.secondsLeft))
        #expect(rest <= left && rest > left - 120, "\(rest) s of \(left) s")
        #expect(after.usages == 1 && after.isGreenOn && !after.isRedOn)
        try await second.end()
        #expect(try await coffeed.json([UsageView].self, "usage").count == 1)
        #expect(try await coffeed.run("state", "verify").code == 0)
      }
    }

    /// On a board with nothing at all.
    @Test(arguments: [false, true])
    func missingBrewInputsAreToldAtTheStart(areWired: Bool) async throws {
      try await Program.withCoffeed { coffeed in
        var coffeed = coffeed
        coffeed.environment["COFFEED_BOARD_CHIP"] = "/dev/no-such-chip"
        coffeed.environment["COFFEED_SPI_DEVICE"] = "/dev/no-such-bus"
        if areWired { coffeed.environment["COFFEED_PINS_BREW_DOUBLE"] = "16" }
        try await coffeed.run("settings", "set", "--charges-drinks", "true")
        let log = coffeed.state + "/log"
        try Data().write(to: URL(filePath: log))
        let handle = try FileHandle(forWritingTo: URL(filePath: log))
        let daemon = coffeed.process(["run"])
        daemon.standardOutput = handle
        daemon.standardError = handle
        try daemon.run()
        func logged(_ words: String) throws -> Bool {
          try String(contentsOfFile: log, encoding: .utf8).contains(words)
        }
        try await waitUntil("the pages answer") { try logged("the pages are at") }
        #expect(try logged("no brew input is wired") == !areWired)
        // Told to end, it would wait for relays that there are not.
        kill(daemon.processIdentifier, SIGKILL)
        try await waitUntil("the daemon is gone") { !daemon.isRunning }
      }
    }

    @Test func theDaemonEndsInAnOrderlyWay() async throws {
      try await Program.withCoffeed { coffeed in
        let demo = coffeed.process(["demo", "--state", coffeed.state, "--port", "0"])
        demo.standardOutput = FileHandle.nullDevice
        demo.standardError = FileHandle.nullDevice
        try demo.run()
        try await waitUntil("the daemon listens") {
          FileManager.default.fileExists(atPath: ControlSocket.path(in: coffeed.state))
        }
        // The demo fills empty books.
        #expect(try await coffeed.json([UserView].self, "user", "list").count > 4)
        kill(demo.processIdentifier, SIGINT)
        try await waitUntil("the demo ends") { !demo.isRunning }
        #expect(demo.terminationStatus == 0)
        #expect(try await coffeed.run("state", "verify").code == 0, "nobody holds the books any more")
        #expect(!FileManager.default.fileExists(atPath: ControlSocket.path(in: coffeed.state)))
      }
    }
  }
}
