import DaemonKit
import Foundation
import DaemonTesting
import Testing

@testable import coffeed

extension ProcessTests {
  /// Settings, coffees, invoices, import and export.
  @Suite struct BooksCommandLineTests {
    private static let bob = "aabbccdd"

    /// Ada has three coffees of which one is on a paid invoice, Bob has one.
    private static func oldOffice() throws -> OldDatabase {
      let database = try OldDatabase()
      try database.user(Program.ada, "Ada")
      try database.user(bob, "Bob")
      for time in ["2024-02-01 07:30:00", "2024-02-02 07:30:00", "2024-07-01 07:30:00"] {
        try database.coffee(Program.ada, time)
      }
      try database.coffee(bob, "2024-07-01 08:30:00", type: "double")
      try database.invoice(
        Program.ada, [1], until: "2024-02-01 23:00:00", paid: 1, created: "2024-02-01 22:00:00")
      try database.setting("price_per_coffee", "0.5")
      return database
    }

    @Test(arguments: Place.allCases)
    func settingsAreShownAndChanged(place: Place) async throws {
      try await Program.withCoffeed(place) { coffeed in
        let set = try await coffeed.run(
          "settings", "set", "--price", "0.60", "--currency", "EUR", "--activation-seconds", "20",
          "--language",
          "de", "--charges-drinks", "true", "--master-token", "DE:AD:BE:EF", "--invoice-subject",
          "Kaffee bis {period_end}")
        #expect(set.output.contains("price per coffee  0.60 EUR"), "\(set.errors)")
        let settings = try await coffeed.json(SettingsView.self, "settings", "show")
        #expect(settings.pricePerCoffee == 60 && settings.activationSeconds == 20 && settings.chargesDrinks)
        #expect(settings.masterToken?.text == "deadbeef" && settings.language == "de")
        #expect(settings.coldActivationSeconds == 90, "what is not given stays")
        #expect(try await coffeed.run("settings", "show").output == set.output)

        #expect(!set.errors.contains("{"), "\(set.errors)")

        // It is set all the same, as the page does.
        let unknown = try await coffeed.run(
          "settings", "set", "--invoice-body", "In {month}: {total_price}, {you}")
        #expect(unknown.code == 0 && unknown.errors.contains("Nothing is filled in for {month}, {you}"))
        let usual = try await coffeed.run("settings", "set", "--invoice-body", "")
        #expect(!usual.errors.contains("Nothing is filled in"))

        try await coffeed.expectRefusal("settings", "set", saying: "nothing to change")
        try await coffeed.expectRefusal("settings", "set", "--price", "0.605", saying: "2 decimals")
        try await coffeed.expectRefusal("settings", "set", "--price", "nan", saying: "nan")
        try await coffeed.expectRefusal(
          "settings", "set", "--currency-decimals", "0", saying: "give --price too")
        try await coffeed.expectRefusal("settings", "set", "--activation-seconds", "0", saying: "activation")
        #expect(try await coffeed.json(SettingsView.self, "settings", "show") == settings)

        #expect(try await coffeed.run("scan-mode", "on").output == "scan mode is on\n")
        #expect(try await coffeed.json(SettingsView.self, "settings", "show").isScanMode)
        #expect(try await coffeed.run("scan-mode", "off").output == "scan mode is off\n")
        #expect(try await !coffeed.json(SettingsView.self, "settings", "show").isScanMode)
      }
    }

    /// Whichever command makes the books, an import mostly.
    @Test func newBooksBeginWithTheConfiguredLanguage() async throws {
      try await Program.withCoffeed { coffeed in
        var coffeed = coffeed
        coffeed.environment["COFFEED_LANGUAGE"] = "fr"
        try await coffeed.addAda()
        #expect(try await coffeed.json(SettingsView.self, "settings", "show").language == "fr")
        coffeed.environment["COFFEED_LANGUAGE"] = "de"
        #expect(try await coffeed.json(SettingsView.self, "settings", "show").language == "fr")
      }
    }

    @Test(arguments: Place.allCases)
    func anOldDatabaseIsTakenOnce(place: Place) async throws {
      let database = try Self.oldOffice()
      try await Program.withCoffeed(place) { coffeed in
        let import1 = try await coffeed.run("import", database.path, "--time-zone", "Europe/Zurich")
        #expect(import1.code == 0 && import1.output.hasSuffix("All sums agree.\n"), "\(import1)")
        #expect(import1.output.contains("coffees: 4 there, 4 taken, 0 taken before, 0 refused"))
        let before = try await coffeed.run("export", "usages").output
        let again = try await coffeed.json(
          ImportReport.self, "import", database.path, "--time-zone", "Europe/Zurich")
        #expect(again.agrees && again.usages == .init(found: 4, known: 4))
        #expect(again.users.taken == 0 && again.invoices.taken == 0 && again.invoiceItems.taken == 0)
        #expect(try await coffeed.run("export", "usages").output == before)
        // Ada was known here, and stays who she is.
        let users = try await coffeed.json([UserView].self, "user", "list")
        #expect(users.map(\.person.name) == ["Bob", "Ada Lovelace"] && users.map(\.usages) == [1, 3])

        try await coffeed.expectRefusal(
          "import", "/nowhere/coffee_manager.db", saying: "/nowhere/coffee_manager.db")
        try await coffeed.expectRefusal(
          "import", database.path, "--time-zone", "Atlantis", saying: "Europe/Zurich")
      }
    }

    @Test(arguments: Place.allCases)
    func coffeesAreFoundAndInvoiced(place: Place) async throws {
      let database = try Self.oldOffice()
      try await Program.withCoffeed(place) { coffeed in
        try await coffeed.run("import", database.path, "--time-zone", "Europe/Zurich")
        let usages = try await coffeed.json([UsageView].self, "usage")
        #expect(usages.map(\.userName) == ["bob", "ada", "ada", "ada"] && usages.last?.invoice == 1)
        func numbers(_ arguments: String...) async throws -> [Int] {
          let result = try await coffeed.run(["usage", "list", "--json"] + arguments)
          return try JSONDecoder().decode([UsageView].self, from: Data(result.output.utf8)).map(\.number)
        }
        #expect(try await numbers("--limit", "2") == [4, 3])
        #expect(try await numbers("--name", "LOVE") == [3, 2, 1])
        // Days and times are those where the machine stands.
        #expect(try await numbers("--from", "2024-02-02", "--until", "2024-07-01") == [4, 3, 2])
        #expect(try await numbers("--from", "2024-07-01T10:30") == [4])
        #expect(try await numbers("--from-time", "09:00", "--until-time", "10:00") == [3])
        try await coffeed.expectRefusal("usage", "--limit", "0", saying: "--limit is 0")
        try await coffeed.expectRefusal("usage", "--from", "2024-02-30", saying: "2024-02-30")
        try await coffeed.expectRefusal("usage", "undo", "4", saying: "usage 4 is older than five minutes")
        try await coffeed.expectRefusal("usage", "undo", "77", saying: "usage 77 is not in the books")

        let first = try await coffeed.run("invoice", "create", Program.ada, "--until", "2024-03-01")
        #expect(first.output == "invoice 2: Ada Lovelace, 1 coffees, 0.50 CHF, not paid\n", "\(first.errors)")
        try await coffeed.run("settings", "set", "--price", "0.80")
        let batch = try await coffeed.run("invoice", "batch").output
        #expect(batch.hasPrefix("batch 1: 2 invoices\n") && batch.contains("Bob, 1 coffees, 0.80 CHF"))
        try await coffeed.expectRefusal("invoice", "batch", saying: "has no coffee")
        try await coffeed.expectRefusal("invoice", "create", Self.bob, saying: "has no coffee")

        #expect(try await coffeed.run("invoice", "paid", "2").output == "invoice 2: paid\n")
        #expect(try await coffeed.run("invoice", "unpaid", "1").output == "invoice 1: not paid\n")
        try await coffeed.expectRefusal("invoice", "paid", "9", saying: "invoice 9 is not in the books")
        let invoices = try await coffeed.json([InvoiceView].self, "invoice", "list")
        #expect(invoices.allSatisfy { $0.total == $0.price * Int64($0.items) })
        #expect(invoices.map(\.items).reduce(0, +) == 4, "each coffee stands on one")
        #expect(invoices.first { $0.number == 2 }?.price == 50, "the price of its day")
        let unpaid = try await coffeed.json(
          [InvoiceView].self, "invoice", "list", "--unpaid", "--token", Program.ada)
        #expect(
          Set(unpaid.map(\.number)).isSuperset(of: [1]) && unpaid.allSatisfy { $0.token.text == Program.ada })
        #expect(!unpaid.contains { $0.number == 2 })
        let shown = try await coffeed.run("invoice", "show", "2").output
        #expect(shown.contains("2024-02-02 08:30:00"), "\(shown)")
        try await coffeed.expectRefusal("invoice", "show", "9", saying: "invoice 9")
      }
    }

    /// Today is not over, and a day to come has not begun: what was brewed so far is on the invoice.
    @Test(arguments: Place.allCases)
    func anInvoiceUntilADayThatIsNotOverEndsNow(place: Place) async throws {
      let database = try Self.oldOffice()
      try await Program.withCoffeed(place) { coffeed in
        try await coffeed.run("import", database.path, "--time-zone", "Europe/Zurich")
        let before = WallTime(Date())
        let today = try #require(LocalCalendar(zone: "Europe/Zurich")).date(before)
        let one = try await coffeed.run("invoice", "create", Program.ada, "--until", "\(today)")
        #expect(one.output.contains("Ada Lovelace, 2 coffees"), "\(one)")
        let batch = try await coffeed.run("invoice", "batch", "--until", "2199-12-31T10:00:00")
        #expect(batch.output.contains("batch 1: 1 invoices"), "\(batch)")
        let ends = try await coffeed.json([InvoiceView].self, "invoice", "list").filter { $0.number > 1 }
        let now = WallTime(Date())
        #expect(ends.count == 2 && ends.allSatisfy { before <= $0.until && $0.until <= now }, "\(ends)")
      }
    }

    @Test(arguments: Place.allCases)
    func everyTableIsExported(place: Place) async throws {
      let database = try Self.oldOffice()
      try await Program.withCoffeed(place) { coffeed in
        try await coffeed.run("import", database.path, "--time-zone", "Europe/Zurich")
        try await coffeed.run("invoice", "batch")
        let rows: [BooksTable: Int] = [.users: 2, .usages: 4, .invoices: 3, .invoiceItems: 4, .batches: 1]
        for table in BooksTable.allCases {
          let csv = try await coffeed.run("export", table.rawValue)
          let lines = csv.output.split(separator: "\r\n")
          if let count = rows[table] { #expect(lines.count == count + 1, "\(table): \(csv)") }
          let json = try await coffeed.run("export", table.rawValue, "--format", "json").output
          let objects = try #require(
            try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
          #expect(objects.count == lines.count - 1, "\(table)")
          let columns = Set(lines[0].split(separator: ",").map { String($0).replacing("\u{FEFF}", with: "") })
            .subtracting(["time_zone"])
          #expect(objects.allSatisfy { Set($0.keys) == columns }, "\(table)")
        }
        try await coffeed.expectRefusal("export", "passwords", saying: "passwords")
        try await coffeed.expectRefusal("export", "usages", "--month", "2026", saying: "2026-11")
        try await coffeed.expectRefusal("export", "invoices", "--name", "b", saying: "--month")
        let filtered = try await coffeed.run("export", "usages", "--name", "BOB", "--separator", "semicolon")
          .output
        let all = try await coffeed.json([UsageView].self, "usage", "--name", "bob")
        #expect(filtered.split(separator: "\r\n").count == all.count + 1 && filtered.contains(";timestamp;"))
        #expect(
          try await coffeed.run("export", "usages", "--month", "1999-01").output.split(separator: "\r\n")
            .count == 1)
      }
    }

    @Test(arguments: Place.allCases)
    func theExitCodeOfAnImportSaysHowMuchIsStored(place: Place) async throws {
      let database = try OldDatabase()
      try database.user(Self.bob, "Bob")
      try database.coffee(Self.bob, "2026-02-03 08:00:00")
      try database.coffee(Self.bob, "never")
      try database.invoice(
        Self.bob, [1], until: "2026-03-01 10:00:00", paid: 0, created: "2026-03-01 10:00:00")
      try await Program.withCoffeed(place) { coffeed in
        let withoutPrice = try await coffeed.run("import", database.path)
        #expect(withoutPrice.code == 1 && withoutPrice.output.contains("--price"), "\(withoutPrice)")
        let dry = try await coffeed.run("import", database.path, "--price", "0.50", "--dry-run")
        #expect(dry.code == 2 && dry.output.contains("1 refused"), "\(dry)")
        #expect(try await coffeed.json([InvoiceView].self, "invoice", "list").isEmpty)
        let stored = try await coffeed.run("import", database.path, "--price", "0.50")
        #expect(stored.code == 2, "\(stored)")
        #expect(!stored.output.hasSuffix("All sums agree.\n"), "\(stored)")
        #expect(try await coffeed.json([InvoiceView].self, "invoice", "list").map(\.total) == [50])
      }
    }

    /// More than one message of the control socket holds.
    @Test func aLongTableComesWholeThroughTheDaemon() async throws {
      let database = try OldDatabase()
      try database.user(Self.bob, "Bob")
      try database.coffees(2500, of: [Self.bob])
      try await Program.withCoffeed(.besideTheDaemon) { coffeed in
        let taken = try await coffeed.json(ImportReport.self, "import", database.path)
        #expect(taken.agrees && taken.usages.taken == 2500)
        let csv = try await coffeed.run("export", "usages").output.split(separator: "\r\n")
        let numbers = csv.dropFirst().compactMap { Int($0.prefix { $0 != "," }) }
        #expect(numbers == Array(1...2500))
        let usages = try await coffeed.json([UsageView].self, "usage", "--limit", "1200")
        #expect(usages.map(\.number) == Array((1301...2500).reversed()))
      }
    }

    @Test(arguments: Place.allCases)
    func retentionSaysWhatItTook(place: Place) async throws {
      let database = try OldDatabase()
      try database.user(Self.bob, "Bob")
      try database.coffee(Self.bob, "2001-02-03 08:00:00")
      try database.invoice(
        Self.bob, [1], until: "2001-03-01 10:00:00", paid: 1, created: "2001-03-01 10:00:00")
      try await Program.withCoffeed(place) { coffeed in
        try await coffeed.run("import", database.path, "--price", "0.50")
        let first = try await coffeed.run("retention").output
        #expect(first.contains("1 coffees and 1 invoices") && first.contains("archive's months"))
        #expect(try await coffeed.run("retention").output.contains("0 coffees and 0 invoices"))
        #expect(try await coffeed.json([InvoiceView].self, "invoice", "list").isEmpty)
        #expect(try await coffeed.json([UserView].self, "user", "list").first?.usages == 1, "the total stays")
      }
    }
  }
}
