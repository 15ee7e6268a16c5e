import DaemonKit
import Foundation
import Hummingbird
import Logging
import DaemonTesting
import Testing

@testable import coffeed

extension ProcessTests {
  /// `check`, `doctor`, `safe`, `state`: whether an installation is sound, and what to do when it is not.
  @Suite struct InstallationTests {
    /// What `check` finds, and its exit code, which must agree.
    private static func check(_ coffeed: Program, _ options: String...) async throws -> [Finding] {
      let result = try await coffeed.run(["check", "--without-pins", "--json"] + options)
      let findings = try JSONDecoder().decode([Finding].self, from: Data(result.output.utf8))
      #expect((result.code != 0) == findings.contains { $0.outcome == .failed }, "\(result)")
      return findings
    }

    private static func failures(_ findings: [Finding]) -> [String] {
      findings.filter { $0.outcome == .failed }.map(\.line)
    }

    private static func expectOnly(
      _ failures: [String], _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
      #expect(
        failures.count == 1 && words.allSatisfy { failures[0].contains($0) }, "\(failures)",
        sourceLocation: sourceLocation)
    }

    @Test(arguments: Place.allCases)
    func aSoundInstallationPasses(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        #expect(try await coffeed.run("password", input: "correct horse battery\n").code == 0)
        let findings = try await Self.check(coffeed)
        #expect(Self.failures(findings).isEmpty)
        let subjects = Set(findings.map { $0.subject.prefix { $0 != " " } })
        #expect(subjects.isSuperset(of: ["configuration", "daemon", "state", "books", "password", "pages"]))
        #expect(findings.first { $0.subject == "password" }?.outcome == .good)
        let text = try await coffeed.run("check", "--without-pins")
        #expect(text.code == 0)
        let lines = text.output.split(separator: "\n").map(String.init)
        // Between the two calls time passes and others write to the disk.
        func steady(_ lines: [String]) -> [String] {
          lines.filter { !$0.contains("clock: ") && !$0.contains("free space: ") }
        }
        #expect(steady(lines) == steady(findings.map(\.line)))
        let running = Self.failures(try await Self.check(coffeed, "--running"))
        #expect(running.isEmpty == (place == .besideTheDaemon), "\(running)")
      }
    }

    /// It can go on like this, but it is not what anybody wants.
    @Test(arguments: Place.allCases)
    func whatCannotBeMeantIsWarnedOf(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        func warnings() async throws -> [String: String] {
          let findings = try await Self.check(coffeed).filter {
            $0.outcome == .warning && ["price", "master token"].contains($0.subject)
          }
          return Dictionary(uniqueKeysWithValues: findings.map { ($0.subject, $0.detail) })
        }
        let new = try await warnings()
        #expect(new.keys.sorted() == ["price"] && new["price"]?.contains("--price") == true, "\(new)")
        try await coffeed.run("settings", "set", "--price", "0.50", "--master-token", Program.ada)
        let ofAda = try await warnings()
        #expect(ofAda.keys.sorted() == ["master token"], "\(ofAda)")
        #expect(ofAda["master token"]?.contains("card of a user") == true)
        try await coffeed.run("settings", "set", "--master-token", "04ffeedd")
        #expect(try await warnings().isEmpty)
      }
    }

    @Test func aWrongConfigurationFails() async throws {
      try await Program.withCoffeed { coffeed in
        var wrong = coffeed
        wrong.environment["COFFEED_PINS_RELAY_POWER"] = "99"
        let failures = Self.failures(try await Self.check(wrong))
        Self.expectOnly(failures, "configuration")
      }
    }

    /// A program that answers everything, as a login page would be answered.
    private static func withOtherProgram(
      _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
      let router = Router()
      router.get("**") { _, _ in "Welcome" }
      let (ports, started) = AsyncStream.makeStream(of: Int.self)
      let application = Application(
        router: router,
        configuration: .init(address: .hostname("127.0.0.1", port: 0), serverName: "coffeed (f00f)"),
        onServerRunning: { started.yield($0.localAddress?.port ?? 0) },
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await application.run() }
        for await port in ports {
          try await body(port)
          break
        }
        group.cancelAll()
      }
    }

    @Test(arguments: Place.allCases)
    func anotherProgramAtThePortIsNotTakenForThePages(place: Place) async throws {
      try await Self.withOtherProgram { port in
        try await Program.withCoffeed(place) { coffeed in
          var elsewhere = coffeed
          elsewhere.environment["COFFEED_PANEL_PORT"] = "\(port)"
          let failures = Self.failures(try await Self.check(elsewhere))
          Self.expectOnly(
            failures, "pages at port \(port)", "set panel.port",
            place == .alone ? "another program has the port" : "something else answers")
        }
      }
    }

    @Test func pagesThatDoNotAnswerFail() async throws {
      try await Program.withCoffeed(.besideTheDaemon) { coffeed in
        var elsewhere = coffeed
        elsewhere.environment["COFFEED_PANEL_PORT"] = "\(try freePort())"
        let failures = Self.failures(try await Self.check(elsewhere))
        Self.expectOnly(failures, "do not answer")
      }
    }

    @Test(arguments: Place.allCases, ["people.json", "access.json"])
    func aDamagedFileBesideTheBooksIsFound(place: Place, file: String) async throws {
      try await Program.withCoffeed(place) { coffeed in
        if file == "access.json" { try await coffeed.run("password", input: "correct horse battery\n") }
        #expect(try await coffeed.run("state", "verify").code == 0)
        let path = coffeed.state + "/" + file
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try String(text.dropLast(20)).write(toFile: path, atomically: false, encoding: .utf8)
        let verified = try await coffeed.run("state", "verify")
        #expect(verified.code != 0 && verified.output.contains(file), "\(verified)")
        let failures = Self.failures(try await Self.check(coffeed))
        #expect(!failures.isEmpty && failures.allSatisfy { $0.contains(file) }, "\(failures)")
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        #expect(Self.failures(try await Self.check(coffeed)).isEmpty)
      }
    }

    @Test(arguments: Place.allCases)
    func aMissingFileOfThePersonsIsFound(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        let (path, aside) = (coffeed.state + "/people.json", coffeed.state + "/people.aside")
        try FileManager.default.moveItem(atPath: path, toPath: aside)
        let verified = try await coffeed.run("state", "verify")
        #expect(verified.code != 0 && verified.output.contains("people.json"), "\(verified)")
        let failures = Self.failures(try await Self.check(coffeed))
        Self.expectOnly(failures, "people.json")
        try FileManager.default.moveItem(atPath: aside, toPath: path)
        #expect(Self.failures(try await Self.check(coffeed)).isEmpty)
      }
    }

    @Test func personsWhoAreGoneCanBeNamedAnew() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        try FileManager.default.removeItem(atPath: coffeed.state + "/people.json")
        let failures = Self.failures(try await Self.check(coffeed))
        #expect(failures.first?.contains("coffeed user change") == true, "\(failures)")
        try await coffeed.run("user", "change", Program.ada, "--user-name", "ada", "--name", "Ada Lovelace")
        #expect(Self.failures(try await Self.check(coffeed)).isEmpty)
      }
    }

    @Test func aMissingPasswordIsToldAndARunningDaemonMissesItsFile() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        let finding = try #require(try await Self.check(coffeed).first { $0.subject == "password" })
        #expect(finding.outcome == .warning && finding.detail.contains("access.json is not there"))
      }
      try await Program.withCoffeed(.besideTheDaemon) { coffeed in
        try await coffeed.run("password", input: "correct horse battery\n")
        let path = coffeed.state + "/access.json"
        let content = try Data(contentsOf: URL(filePath: path))
        try FileManager.default.removeItem(atPath: path)
        let failures = Self.failures(try await Self.check(coffeed))
        Self.expectOnly(failures, "access.json: it is missing")
        try content.write(to: URL(filePath: path))
      }
    }

    /// Else nobody would know why each unlock is charged.
    @Test(arguments: Place.allCases)
    func missingBrewInputsAreToldWhereDrinksAreCharged(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        var wired = coffeed
        wired.environment["COFFEED_PINS_BREW_SINGLE"] = "16"
        func warnings(_ coffeed: Program) async throws -> [String] {
          try await Self.check(coffeed).filter { $0.outcome == .warning }.map(\.line)
            .filter { $0.contains("brew") }
        }
        #expect(try await warnings(coffeed).isEmpty)
        let set = try await coffeed.run("settings", "set", "--charges-drinks", "true")
        #expect(set.code == 0 && set.errors.contains("no brew input is wired"), "\(set)")
        let told = try await warnings(coffeed)
        #expect(told.count == 1 && told.allSatisfy { $0.contains("pins.brewSingle") }, "\(told)")
        #expect(try await coffeed.run("doctor").output.contains("no brew input is wired"))
        #expect(try await warnings(wired).isEmpty)
        #expect(try await wired.run("settings", "set", "--price", "0.70").errors.isEmpty)
      }
    }

    @Test func damagedBooksAreFoundAndRepaired() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        try await coffeed.run("settings", "set", "--price", "2.00")
        let journal = coffeed.state + "/journal.jsonl"
        let text = try String(contentsOfFile: journal, encoding: .utf8)
        try text.replacing("200", with: "900").write(toFile: journal, atomically: false, encoding: .utf8)
        let verified = try await coffeed.run("state", "verify")
        #expect(verified.code != 0 && verified.output.contains("journal.jsonl, line"), "\(verified)")
        #expect(Self.failures(try await Self.check(coffeed)).contains { $0.contains("journal.jsonl, line") })
        let list = try await coffeed.run("user", "list")
        #expect(list.code != 0, "damaged books must not be read as if they were whole")
        let repaired = try await coffeed.run("state", "repair")
        #expect(repaired.code == 0 && repaired.output.contains("kept as"), "\(repaired)")
        #expect(try await coffeed.run("state", "verify").code == 0)
        #expect(try await coffeed.json([UserView].self, "user", "list").count == 1)
      }
    }

    @Test func damagedFilesBesideTheBooksAreRepaired() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        try await coffeed.run("password", input: "correct horse battery\n")
        let people = coffeed.state + "/people.json"
        try String(contentsOfFile: people, encoding: .utf8).replacing("Lovelace", with: "Byron")
          .write(toFile: people, atomically: false, encoding: .utf8)
        try "garbage".write(toFile: coffeed.state + "/access.json", atomically: false, encoding: .utf8)
        #expect(try await coffeed.run("user", "list").code != 0)
        let repaired = try await coffeed.run("state", "repair")
        #expect(repaired.code == 0, "\(repaired)")
        #expect(repaired.output.contains("people.json was changed by hand"))
        #expect(repaired.output.contains("access.json cannot be read"))
        #expect(Self.failures(try await Self.check(coffeed)).isEmpty)
        #expect(try await coffeed.json([UserView].self, "user", "list").first?.person.name == "Ada Byron")
      }
    }

    @Test func nothingIsRepairedUnderARunningDaemon() async throws {
      try await Program.withCoffeed(.besideTheDaemon) { coffeed in
        try await coffeed.expectRefusal("state", "repair", saying: "is in use by process")
        let second = try await coffeed.run("run")
        #expect(second.code != 0 && second.errors.contains("is in use by process"), "\(second)")
      }
    }

    // MARK: Hardware

    @Test func theDoctorNamesWhatIsMissing() async throws {
      try await Program.withCoffeed(.alone) { coffeed in
        var elsewhere = coffeed
        elsewhere.environment["COFFEED_BOARD_CHIP"] = "/dev/no-such-chip"
        elsewhere.environment["COFFEED_SPI_DEVICE"] = "/dev/no-such-bus"
        let report = try await elsewhere.run("doctor", "--json")
        let findings = try JSONDecoder().decode([Finding].self, from: Data(report.output.utf8))
        #expect(report.code != 0)
        let failures = Self.failures(findings)
        try #require(failures.count == 2, "\(failures)")
        #expect(failures[0].contains("/dev/no-such-chip") && failures[1].contains("/dev/no-such-bus"))
        let text = try await elsewhere.run("doctor")
        #expect(text.code == report.code && text.output.contains("FAIL  GPIO chip"))
        try await elsewhere.expectRefusal("doctor", "--click", "--json", saying: "leave --json away")
        // Nothing can be clicked there, and that is said.
        let click = try await elsewhere.run("doctor", "--click")
        #expect(click.code != 0 && click.output.contains("FAIL  relays"), "\(click)")
      }
    }

    @Test func theDoctorClicksNothingUnderARunningDaemon() async throws {
      try await Program.withCoffeed(.besideTheDaemon) { coffeed in
        let report = try await coffeed.run("doctor", "--click", input: "y\ny\nn\n")
        #expect(
          report.code != 0 && report.output.contains("are in the hands of the running daemon"), "\(report)")
      }
    }

    @Test func safeSaysWhyItCannotReachTheRelays() async throws {
      try await Program.withCoffeed { coffeed in
        var elsewhere = coffeed
        elsewhere.environment["COFFEED_BOARD_CHIP"] = "/dev/no-such-chip"
        try await elsewhere.expectRefusal("safe", saying: "/dev/no-such-chip")
      }
    }
  }
}
