import DaemonKit
import PiHAL
import RC522
import Testing

@testable import coffeed

@Suite struct PresentationTests {
  private func desk() -> Desk {
    var desk = Desk()
    desk.add(.ada, "Ada")
    desk.add(.bob, "Bob")
    return desk
  }

  @Test func aKnownTokenIsGrantedAndItsCoffeeIsInTheBooks() {
    var desk = desk()
    #expect(desk.show(.ada) == .granted(usage: 1, userName: "ada"))
    #expect(desk.show(.bob) == .granted(usage: 2, userName: "bob"))
    let usage = desk.reading.usages().rows.last
    #expect(usage?.number == 1 && usage?.token == .ada && usage?.time == desk.time)
    #expect(desk.state.lock.activation?.milliseconds == 30_000)
    #expect(desk.state.lock.tokensOnReader == [.bob])
  }

  @Test func aRequestThatIsRepeatedIsAnsweredTheSameAndHasNoSecondEffect() {
    var desk = desk()
    let requests: [(String, Token)] = [("one", .ada), ("two", .stranger), ("three", .bob)]
    let answers = requests.map { desk.show($0.1, id: $0.0) }
    let state = desk.state
    for (request, answer) in zip(requests, answers) {
      #expect(desk.show(request.1, id: request.0) == answer)
    }
    #expect(desk.state == state)
    // Also when things have changed since.
    _ = try? desk.carryOut(.changeUser(.ada, UserChange(barred: true)))
    #expect(desk.show(.ada, id: "one") == answers[0])
  }

  @Test func whatLiesBesideATokenIsRemembered() throws {
    var desk = desk()
    desk.show(.ada, beside: [.bob])
    #expect(desk.state.lock.tokensOnReader == [.ada, .bob])
    desk.show(.stranger, beside: [.ada])
    #expect(desk.state.lock.tokensOnReader == [.stranger, .ada])
    try desk.carryOut(.setScanMode(true))
    desk.show(.cyd, beside: [.stranger])
    #expect(desk.state.lock.tokensOnReader == [.cyd, .stranger])
  }

  @Test func whoeverIsBarredInactiveOrUnknownIsRefused() throws {
    var desk = desk()
    try desk.carryOut(.changeUser(.ada, UserChange(barred: true)))
    try desk.carryOut(.changeUser(.bob, UserChange(active: false)))
    try desk.carryOut(.addUser(.cyd, UserChange()))
    #expect(desk.show(.ada) == .refused(.barred))
    #expect(desk.show(.bob) == .refused(.inactive))
    #expect(desk.show(.cyd) == .refused(.inactive))
    #expect(desk.show(.stranger) == .refused(.unknown))
    #expect(desk.show(.phone) == .refused(.random))
    #expect(desk.state.usages.newestNumber == 0)
    #expect(desk.state.lock.invalidTokens.count == 5)
    #expect(desk.state.lock.tokensOnReader == [.phone])
  }

  /// The predecessor takes a coffee for a token that is in no row of its users.
  @Test func whoIsNotInTheBooksHasNoCoffee() throws {
    var desk = desk()
    try desk.carryOut(.eraseUser(.ada))
    let nobody = ActivationID("nobody's")
    for token in [Token.ada, .stranger, .cyd] {
      guard case .refused = desk.show(token, id: nobody.text + token.text) else {
        Issue.record("\(token) is let in")
        continue
      }
      // Nor by what follows an activation that there never was.
      _ = desk.ask(.brewed(activation: ActivationID(nobody.text + token.text), drink: .single, number: 1))
      _ = desk.ask(.activationEnded(ActivationID(nobody.text + token.text), drinks: 1, allSeen: true))
      #expect(throws: BooksError.self) { try desk.carryOut(.createInvoice(token, until: nil)) }
    }
    #expect(desk.state.usages.newestNumber == 0 && desk.state.invoices.isEmpty)
  }

  @Test func scanModeEnrolsStrangersAndServesWhoIsKnown() throws {
    var desk = desk()
    try desk.carryOut(.setScanMode(true))
    #expect(desk.show(.stranger) == .enrolled)
    #expect(desk.show(.stranger) == .enrolled)
    #expect(desk.show(.phone) == .refused(.random))
    #expect(desk.show(.ada) == .granted(usage: 1, userName: "ada"))
    let pending = try #require(desk.reading.user(.stranger))
    #expect(!pending.active && pending.barred && desk.reading.users().count == 3)
    #expect(pending.person == Person(userName: "pending_deadbeef", name: "Pending"))
    try desk.carryOut(.setScanMode(false))
    #expect(desk.show(.stranger) == .refused(.inactive))
    try desk.carryOut(.changeUser(.stranger, UserChange(userName: "eve", name: "Eve")))
    #expect(desk.show(.stranger) == .granted(usage: 2, userName: "eve"))
  }

  /// Whoever has been named is barred, and not to be named, when inactive as well: however that came about.
  @Test(arguments: [
    [UserChange(userName: "eve", name: "Eve"), UserChange(active: false), UserChange(barred: true)],
    [UserChange(userName: "eve", name: "Eve", barred: true, active: false)],
    // One who was let in without a name.
    [UserChange(barred: false, active: true), UserChange(barred: true, active: false)],
    // A name in two steps.
    [UserChange(name: "Eve"), UserChange(userName: "eve"), UserChange(barred: true)],
  ])
  func whoWasPendingIsBarredOnceNamedOrLetIn(changes: [UserChange]) throws {
    var (desk, added) = (desk(), desk())
    try desk.carryOut(.setScanMode(true))
    try added.carryOut(.setScanMode(true))
    #expect(desk.show(.stranger) == .enrolled && desk.reading.user(.stranger)?.isPending == true)
    try added.carryOut(.addUser(.stranger, UserChange()))
    #expect(added.show(.stranger) == .enrolled)
    for change in changes {
      try desk.carryOut(.changeUser(.stranger, change))
      try added.carryOut(.changeUser(.stranger, change))
    }
    for var desk in [desk, added] {
      let user = try #require(desk.reading.user(.stranger))
      #expect(!user.active && user.barred && !user.isPending)
      #expect(desk.show(.stranger) == .refused(.barred))
      #expect(desk.state.lock.invalidTokens.count == 1)
      #expect(desk.replayed == desk.state)
      #expect(try coded(desk.state) == desk.state)
    }
  }

  /// An address or half a name does not say who somebody is.
  @Test func whoIsNotNamedStaysPending() throws {
    var desk = desk()
    try desk.carryOut(
      .addUser(.stranger, UserChange(userName: "eve", name: "", emailAddress: "e@example.org")))
    try desk.carryOut(.changeUser(.stranger, UserChange(emailAddress: "eve@example.org", barred: true)))
    try desk.carryOut(.setScanMode(true))
    #expect(desk.reading.user(.stranger)?.isPending == true && desk.show(.stranger) == .enrolled)
    // A new user is named at once, whatever else is said.
    try desk.carryOut(
      .addUser(.cyd, UserChange(userName: "cyd", name: "Cyd", barred: true, active: false)))
    #expect(desk.reading.user(.cyd)?.isPending == false && desk.show(.cyd) == .refused(.barred))
    try desk.carryOut(.eraseUser(.stranger))
    #expect(desk.reading.users().contains { $0.isPending } == false)
  }

  @Test(arguments: [
    // A 4-byte card and the predecessor's form of it, with its check byte.
    ("04a1b2c3d4", "04a1b2c3"), ("04a1b2c3", "04a1b2c3"),
    // Of a 7-byte card the first three bytes.
    (LegacyUID(UID("04112233445566")!).description, "04112233445566"),
  ])
  func anyFormOfATokenIsItsUser(stored: String, shown: String) throws {
    var desk = Desk()
    let token = try #require(Token(stored))
    let isForm = LegacyUID(stored) != nil || token.uid != nil
    try #require(isForm || stored == "04a1b2c3d4")
    desk.add(token, "Ada")
    guard isForm else {
      // The fifth byte is no check byte: it is not that card.
      #expect(desk.show(Token(shown)!) == .refused(.unknown))
      return
    }
    #expect(desk.show(Token(shown)!) == .granted(usage: 1, userName: "ada"))
    #expect(desk.reading.user(Token(shown)!)?.token == token)
  }

  @Test func theCardItselfWinsOverAFormThatIsCutShort() throws {
    var desk = Desk()
    let first = try #require(UID("04112233445566"))
    let second = try #require(UID("041122aabbccdd"))
    let form = try #require(Token(LegacyUID(first).description))
    try #require(LegacyUID(second) == LegacyUID(first))
    desk.add(form, "Ada")
    #expect(desk.show(Token(second)) == .granted(usage: 1, userName: "ada"))
    // It turns out to be Bob's card. As long as the short form is let in, that is another form of it.
    #expect(throws: BooksError.self) { try desk.carryOut(.addUser(Token(second), UserChange())) }
    try desk.carryOut(.changeUser(form, UserChange(barred: true)))
    desk.add(Token(second), "Bob")
    desk.add(Token(first), "Ada2")
    #expect(desk.show(Token(second)) == .granted(usage: 2, userName: "bob"))
    #expect(desk.show(Token(first)) == .granted(usage: 3, userName: "ada2"))
  }

  @Test func aFormThatMayBeTwoCardsIsNobodys() throws {
    var desk = Desk()
    let first = try #require(UID("04112233445566"))
    let second = try #require(UID("041122aabbccdd"))
    let form = try #require(Token(LegacyUID(first).description))
    desk.add(Token(first), "Ada")
    desk.add(Token(second), "Bob")
    #expect(desk.show(form) == .refused(.unknown))
    let error = #expect(throws: BooksError.self) { try desk.carryOut(.changeUser(form, UserChange())) }
    #expect(error?.description.contains("04112233445566") == true)
    // With Bob gone it can only be Ada's.
    try desk.carryOut(.eraseUser(Token(second)))
    #expect(desk.show(form) == .granted(usage: 1, userName: "ada"))
  }
}
