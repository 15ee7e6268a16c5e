import Foundation
import DaemonTesting
import Testing

@testable import coffeed

extension ProcessTests {
  /// The password and the keys for scripts.
  @Suite struct AccessCommandLineTests {
    @Test(arguments: Place.allCases)
    func thePasswordIsPipedIn(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        try await coffeed.expectRefusal("password", input: "short\n", saying: "at least")
        try await coffeed.expectRefusal("password", saying: "no password was given")
        let set = try await coffeed.run("password", input: "correct horse battery\n")
        #expect(set.output == "the password is set\n", "\(set.errors)")
        let file = try String(contentsOfFile: coffeed.state + "/access.json", encoding: .utf8)
        #expect(!file.contains("correct horse"))
      }
    }

    @Test func atATerminalItIsTypedTwiceAndNotShown() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        let other = try await coffeed.run("password", typing: ["correct horse", "correct house"])
        #expect(other.code != 0 && other.errors.contains("the two are not the same"), "\(other)")
        let stopped = try await coffeed.run("password", typing: ["correct\u{3}horse"])
        #expect(stopped.code != 0 && stopped.errors.contains("nothing was changed"), "\(stopped)")
        #expect(!FileManager.default.fileExists(atPath: coffeed.state + "/access.json"))
        let set = try await coffeed.run("password", typing: ["correct horse", "correct horse"])
        #expect(set.code == 0 && set.output == "the password is set\n", "\(set)")
        #expect(!set.errors.contains("horse"))
      }
    }

    @Test func aNewPasswordEndsAllLogins() async throws {
      try await Program.withCoffeed { coffeed in
        try await coffeed.addAda()
        try await coffeed.run("password", input: "correct horse battery\n")
        try await coffeed.withDaemon { daemon in
          let (mine, other) = (Browser(try await daemon.pages()), Browser(try await daemon.pages()))
          for browser in [mine, other] {
            _ = try await browser.logIn("correct horse battery")
            #expect(try await browser.get("administration").path == "/administration")
          }
          // One that is refused ends nothing.
          _ = try await coffeed.run("password", input: "short\n")
          #expect(try await mine.get("administration").path == "/administration")
          #expect(try await coffeed.run("password", input: "quite another one\n").code == 0)
          for browser in [mine, other] {
            #expect(try await browser.get("administration").path == "/login")
          }
          #expect(try await mine.logIn("correct horse battery").status == 403)
          _ = try await mine.logIn("quite another one")
          #expect(try await mine.get("administration").path == "/administration")
          #expect(try await other.get("administration").path == "/login")
        }
      }
    }

    @Test(arguments: Place.allCases)
    func keysAreMadeListedAndRevoked(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        let key = try await coffeed.run("api-key", "create", "report").output
        #expect(key.hasPrefix("key-") && key.hasSuffix("\n"))
        #expect(try await coffeed.run("api-key", "create", "robot", "--write").code == 0)
        try await coffeed.expectRefusal("api-key", "create", "robot", saying: "a name of its own")
        let keys = try await coffeed.json([KeyView].self, "api-key", "list")
        #expect(
          keys.map(\.name) == ["report", "robot"] && keys.map(\.scopes) == [[.read], [.read, .write]])
        let list = try await coffeed.run("api-key", "list").output
        #expect(list.contains("report") && !list.contains(key.dropLast()))
        #expect(try await coffeed.run("api-key", "revoke", "report").output == "key \"report\": revoked\n")
        try await coffeed.expectRefusal("api-key", "revoke", "report", saying: "there is no such key")
        #expect(try await coffeed.json([KeyView].self, "api-key", "list").map(\.name) == ["robot"])
      }
    }

    @Test func aKeyLetsAScriptInUntilItIsRevoked() async throws {
      try await Program.withCoffeed { coffeed in
        try await coffeed.addAda()
        try await coffeed.withDaemon { daemon in
          let script = Browser(try await daemon.pages())
          let key = try await coffeed.run("api-key", "create", "report").output.trimmingCharacters(
            in: .newlines)
          let users = try await script.get("api/admin/users", key: key)
          #expect(users.status == 200 && users.text.contains("Ada Lovelace"))
          #expect(try await coffeed.run("api-key", "revoke", "report").code == 0)
          #expect(try await script.get("api/admin/users", key: key).status == 401)
        }
      }
    }
  }
}
