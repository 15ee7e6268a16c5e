import DaemonKit
import PiHAL
import Testing

@testable import coffeed

@Suite struct UserCommandTests {
  private func error(
    _ command: BooksCommand, _ desk: inout Desk, sourceLocation: SourceLocation = #_sourceLocation
  ) -> BooksError.Kind? {
    let state = desk.state
    let error = #expect(throws: BooksError.self, sourceLocation: sourceLocation) {
      try desk.carryOut(command)
    }
    #expect(desk.state == state, sourceLocation: sourceLocation)
    return error?.kind
  }

  @Test func aUserWithBothNamesIsActiveAndOneWithoutIsPending() throws {
    var desk = Desk()
    try desk.carryOut(.addUser(.ada, UserChange(userName: "ada", name: "Ada")))
    try desk.carryOut(.addUser(.bob, UserChange(userName: "bob", name: "")))
    try desk.carryOut(.addUser(.cyd, UserChange(userName: "cyd", name: "Cyd", barred: true, active: true)))
    let users = desk.reading.users()
    #expect(users.map(\.person.name) == ["Cyd", "", "Ada"])
    #expect(users.map(\.active) == [true, false, true])
    #expect(users.map(\.barred) == [true, true, false])
    #expect(users.map(\.created) == [desk.time, desk.time, desk.time])
    // Naming who is pending lets them in.
    try desk.carryOut(.changeUser(.bob, UserChange(userName: "bob", name: "Bob")))
    #expect(desk.show(.bob) == .granted(usage: 1, userName: "bob"))
  }

  @Test func aChangeChangesWhatItNames() throws {
    var desk = Desk()
    desk.add(.ada, "Ada")
    try desk.carryOut(
      .changeUser(.ada, UserChange(emailAddress: "ada@example.org", phoneNumber: "+41", nickname: "A")))
    try desk.carryOut(.changeUser(.ada, UserChange(phoneNumber: "", hidden: true)))
    let user = try #require(desk.reading.user(.ada))
    #expect(
      user.person
        == Person(
          userName: "ada", name: "Ada", emailAddress: "ada@example.org", phoneNumber: nil, nickname: "A"))
    #expect(user.hidden && user.active && !user.barred)
  }

  @Test func savingAddsOrChanges() throws {
    var desk = Desk()
    #expect(try desk.carryOut(.saveUser(.ada, UserChange(userName: "a", name: "A"))) == .user(.ada))
    #expect(try desk.carryOut(.saveUser(.ada, UserChange(name: "Ada"))) == .user(.ada))
    #expect(desk.reading.users().map(\.person.name) == ["Ada"])
  }

  @Test func anotherFormOfAKnownTokenIsThere() throws {
    var desk = Desk()
    desk.add(.ada, "Ada")
    #expect(error(.addUser(.ada, UserChange()), &desk) == .exists)
    let legacy = try #require(Token(Token.ada.uid!.legacyIdentifier))
    #expect(error(.addUser(legacy, UserChange()), &desk) == .exists)
    // By that form it can be changed.
    #expect(try desk.carryOut(.changeUser(legacy, UserChange(name: "Ada L."))) == .user(.ada))
    #expect(error(.changeUser(.bob, UserChange()), &desk) == .unknown)
    #expect(error(.addUser(.phone, UserChange()), &desk) == .invalid)
  }

  static let badTexts = [
    String(repeating: "x", count: 201), "a\u{0}b", "a\nb", "a\u{7f}", "a\u{85}b", "a\u{2028}b",
    // One letter, and a megabyte of accents on it.
    "a" + String(repeating: "\u{301}", count: 1000),
  ]

  @Test(arguments: badTexts)
  func aTextIsShortAndClean(text: String) {
    var desk = Desk()
    desk.add(.ada, "Ada")
    for change in [
      UserChange(userName: text), UserChange(name: text), UserChange(emailAddress: text),
      UserChange(phoneNumber: text), UserChange(nickname: text),
    ] {
      #expect(error(.changeUser(.ada, change), &desk) == .invalid)
      #expect(error(.addUser(.bob, change), &desk) == .invalid)
    }
    #expect(error(.changeSettings(SettingsChange(invoiceSubject: text)), &desk) == .invalid)
  }

  @Test func textsOfAllKindsAreTaken() throws {
    var desk = Desk()
    for name in ["", String(repeating: "ß", count: 200), "Ada 👩🏽‍💻 <b>", "O'Neill; DROP TABLE", "محمد"] {
      try desk.carryOut(.saveUser(.ada, UserChange(name: name)))
      #expect(desk.reading.user(.ada)?.person.name == name)
    }
  }

  @Test func whoIsErasedIsNobodyAndBarred() throws {
    var desk = Desk()
    desk.add(.ada, "Ada")
    desk.brew(.ada, 2)
    #expect(try desk.carryOut(.eraseUser(.ada)) == .user(.ada))
    #expect(desk.show(.ada) == .refused(.barred))
    try desk.carryOut(.setScanMode(true))
    #expect(desk.show(.ada) == .refused(.barred))
    let user = try #require(desk.reading.users().first)
    #expect(user.isErased && user.usages == 2 && user.person == Person(userName: "erased_1", name: "Erased"))
    #expect(desk.people == People(digestKey: desk.people.digestKey))
    #expect(error(.changeUser(.ada, UserChange(userName: "ada", name: "Ada")), &desk) == .unknown)
    #expect(error(.eraseUser(.ada), &desk) == .unknown)
    // The card may be given to somebody else, who has nothing to do with the former one.
    desk.add(.ada, "Dan")
    #expect(desk.show(.ada) == .granted(usage: 3, userName: "dan"))
    #expect(desk.reading.users().map(\.usages) == [1, 2])
  }

  @Test func aCommandThatIsRepeatedHasNoSecondEffect() throws {
    var desk = Desk()
    let add = BooksCommand.addUser(.ada, UserChange(userName: "ada", name: "Ada"))
    let outcome = try desk.carryOut(add, id: "one")
    let state = desk.state
    #expect(try desk.carryOut(add, id: "one") == outcome)
    #expect(desk.state == state)
    let other = BooksCommand.addUser(.bob, UserChange(userName: "ada", name: "Ada"))
    let error = #expect(throws: BooksError.self) { try desk.carryOut(other, id: "one") }
    #expect(error?.kind == .idReused)
    #expect(throws: BooksError.self) { try desk.carryOut(other, id: "") }
  }

  @Test func nothingPersonalStandsInAnEntry() throws {
    var desk = Desk()
    let change = UserChange(
      userName: "lovelace", name: "Augusta", emailAddress: "ada@example.org", phoneNumber: "0441234567",
      nickname: "Countess")
    try desk.carryOut(.addUser(.ada, change))
    try desk.carryOut(.saveUser(.ada, UserChange(name: "Byron", hidden: true)))
    _ = desk.show(.ada)
    try desk.carryOut(.createBatch(until: nil))
    try desk.carryOut(.eraseUser(.ada))
    let text = try desk.entries.map { try json($0.entry) }.joined() + json(desk.state)
    for word in ["lovelace", "Augusta", "ada@", "0441234567", "Countess", "Byron"] {
      #expect(!text.contains(word), "\(word)")
    }
  }
}

@Suite struct SettingsCommandTests {
  @Test func theyStartAsThePredecessors() {
    let settings = Desk().reading.settings
    #expect(
      settings
        == SettingsView(
          pricePerCoffee: 0, currency: "CHF", currencyDecimals: 2, invoiceSubject: "", invoiceBody: "",
          activationSeconds: 30, coldActivationSeconds: 90, coldAfterMinutes: 180, lockOutSeconds: 300,
          chargesDrinks: false, masterToken: nil, language: "en", retentionYears: 5, isScanMode: false))
    #expect(Desk().state.lockSettings == LockSettings())
  }

  @Test func aChangeReachesPagesAndLock() throws {
    var desk = Desk()
    try desk.carryOut(
      .changeSettings(
        SettingsChange(
          pricePerCoffee: 80, currency: "EUR", invoiceBody: "Dear {user_display},\n…", activationSeconds: 40,
          coldActivationSeconds: 100, coldAfterMinutes: 60, lockOutSeconds: 10, chargesDrinks: true,
          masterToken: "AA:BB:CC:DD", language: "de", retentionYears: 10)))
    try desk.carryOut(.setScanMode(true))
    #expect(desk.reading.settings.pricePerCoffee == 80 && desk.reading.settings.invoiceBody.contains("\n"))
    #expect(
      desk.state.lockSettings
        == LockSettings(
          activation: .seconds(40), coldActivation: .seconds(100), coldAfter: .seconds(3600),
          lockOut: .seconds(10), masterToken: .cyd, isScanMode: true, chargesDrinks: true))
    try desk.carryOut(.changeSettings(SettingsChange(invoiceBody: "", masterToken: "")))
    #expect(desk.reading.settings.masterToken == nil && desk.reading.settings.pricePerCoffee == 80)
  }

  static let outOfRange: [SettingsChange] = [
    SettingsChange(pricePerCoffee: -1), SettingsChange(pricePerCoffee: 1_000_001),
    SettingsChange(currency: ""), SettingsChange(currency: "Schweizer"), SettingsChange(currency: "C\tF"),
    SettingsChange(currencyDecimals: -1), SettingsChange(currencyDecimals: 5),
    SettingsChange(activationSeconds: 0), SettingsChange(activationSeconds: 3601),
    SettingsChange(coldActivationSeconds: 0), SettingsChange(coldAfterMinutes: -1),
    SettingsChange(lockOutSeconds: 0), SettingsChange(lockOutSeconds: 86_401),
    SettingsChange(masterToken: "banana"), SettingsChange(masterToken: "08112233"),
    SettingsChange(language: "it"), SettingsChange(retentionYears: 0), SettingsChange(retentionYears: 101),
    SettingsChange(invoiceBody: String(repeating: "x", count: 5001)),
    SettingsChange(invoiceBody: "a\u{1b}[31m"),
    // One good field does not help the others.
    SettingsChange(pricePerCoffee: 100, language: "xx"),
  ]

  @Test(arguments: outOfRange)
  func whatIsOutOfRangeIsRefused(change: SettingsChange) {
    var desk = Desk()
    let error = #expect(throws: BooksError.self) { try desk.carryOut(.changeSettings(change)) }
    #expect(error?.kind == .invalid)
    #expect(desk.state == BooksState())
  }
}
