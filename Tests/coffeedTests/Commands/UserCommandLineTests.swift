import Foundation
import DaemonTesting
import Testing

@testable import coffeed

extension ProcessTests {
  @Suite struct UserCommandLineTests {
    @Test(arguments: Place.allCases)
    func usersAreAddedChangedBarredAndListed(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        let added = try await coffeed.run(
          "user", "add", "B1:C2:D3:E4", "--user-name", "bob", "--name", "Bob O’Neill", "--email",
          "bob@example.org",
          "--nickname", "B.")
        #expect(added.output == "user b1c2d3e4: bob, active\n", "\(added.errors)")
        #expect(try await coffeed.run("user", "bar", "b1c2d3e4").output == "user b1c2d3e4: barred\n")
        var users = try await coffeed.json([UserView].self, "user", "list")
        #expect(users.map(\.token.text) == ["b1c2d3e4", Program.ada], "the newest first")
        #expect(users[0].barred && users[0].person.emailAddress == "bob@example.org")
        // A new name does not let anybody in.
        let changed = try await coffeed.run(
          "user", "change", "b1c2d3e4", "--name", "Robert", "--user-name", "bob", "--email", "", "--hidden",
          "true")
        #expect(changed.output == "user b1c2d3e4: changed\n", "\(changed.errors)")
        users = try await coffeed.json([UserView].self, "user", "list")
        #expect(users[0].barred && users[0].hidden && users[0].person.name == "Robert")
        #expect(users[0].person.emailAddress == nil && users[0].person.nickname == "B.")
        #expect(
          try await coffeed.run("user", "unbar", "b1c2d3e4").output == "user b1c2d3e4: no longer barred\n")
        let table = try await coffeed.run("user", "list").output.split(separator: "\n")
        #expect(table.count == 3 && table[0].hasPrefix("TOKEN"))
        #expect(table[1].contains("Robert") && table[1].contains("active"))
      }
    }

    @Test func whoIsInactiveAndBarredIsNotPending() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        _ = try await coffeed.run("user", "change", Program.ada, "--active", "false")
        _ = try await coffeed.run("user", "bar", Program.ada)
        let table = try await coffeed.run("user", "list").output.split(separator: "\n")
        #expect(table[1].contains("Ada Lovelace") && table[1].contains("barred"), "\(table)")
        try await coffeed.expectRefusal(
          "user", "add", Program.ada, "--user-name", "x", "--name", "X", saying: "is there already")
      }
    }

    @Test(arguments: Place.allCases)
    func aRefusalSaysWhyAndFails(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        try await coffeed.expectRefusal(
          "user", "add", Program.ada, "--user-name", "x", "--name", "X", saying: "is there already")
        try await coffeed.expectRefusal("user", "bar", "01020304", saying: "user 01020304 is not known")
        try await coffeed.expectRefusal("user", "erase", "01020304", "--yes", saying: "01020304 is not known")
        try await coffeed.expectRefusal("user", "bar", "xyz", saying: "xyz")
        try await coffeed.expectRefusal("user", "change", Program.ada, saying: "nothing to change")
        let long = String(repeating: "a", count: 300)
        try await coffeed.expectRefusal(
          "user", "change", Program.ada, "--name", long, saying: "at most 200 characters")
        let ada = try #require(try await coffeed.json([UserView].self, "user", "list").first)
        #expect(ada.person == Person(userName: "ada", name: "Ada Lovelace") && ada.active && !ada.barred)
      }
    }

    @Test(arguments: Place.allCases)
    func whoIsErasedIsInNoFile(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        let erased = try await coffeed.run("user", "erase", Program.ada, "--yes")
        #expect(erased.output == "user \(Program.ada): erased\n", "\(erased.errors)")
        let people = try String(contentsOfFile: coffeed.state + "/people.json", encoding: .utf8)
        #expect(!people.contains("Lovelace"))
        let ada = try #require(try await coffeed.json([UserView].self, "user", "list").first)
        #expect(ada.isErased && ada.barred)
      }
    }

    @Test func erasingAsksWhoeverSitsAtATerminal() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        func isErased() async throws -> Bool? {
          try await coffeed.json([UserView].self, "user", "list").first?.isErased
        }
        // Piped input is nobody who could have read the question.
        try await coffeed.expectRefusal("user", "erase", Program.ada, input: "yes\n", saying: "give --yes")
        for answer in ["", "y", "no"] {
          let declined = try await coffeed.run("user", "erase", Program.ada, typing: [answer])
          #expect(declined.code != 0 && declined.errors.contains("nothing was changed"), "\(declined)")
          #expect(declined.output.contains("Erase Ada Lovelace (\(Program.ada)) for ever? Type yes: "))
        }
        #expect(try await isErased() == false)
        let erased = try await coffeed.run("user", "erase", Program.ada, typing: ["yes"])
        #expect(erased.code == 0 && erased.output.hasSuffix("erased\n"), "\(erased)")
        #expect(try await isErased() == true)
      }
    }

    @Test func commandsAtTheSameTimeWaitForEachOther() async throws {
      try await Program.withCoffeed { coffeed in
        let errors = try await withThrowingTaskGroup(of: String.self) { group in
          for number in 0..<4 {
            group.addTask {
              try await coffeed.run(
                "user", "add", "0102030\(number)", "--user-name", "u\(number)", "--name", "User \(number)"
              ).errors
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(errors.joined().isEmpty)
        #expect(try await coffeed.json([UserView].self, "user", "list").count == 4)
      }
    }
  }
}
