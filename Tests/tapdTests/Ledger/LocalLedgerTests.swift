import DaemonKit
import RC522
import Testing

@testable import tapd

/// A ledger with its journal.
private struct Desk {
  var state = LedgerState()
  var entries: [LedgerEntry] = []
  var now = WallTime("2026-11-21T19:30:00Z")!

  init() throws {
    try run(
      .addCard(
        Bar.guest, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: Money(1000)), id: "add")
    for tap in ["left", "right"] {
      try run(
        .mountKeg(
          TapID(tap), beverage: "Blonde", microlitres: 30_000_000, reserveMicrolitres: 0,
          pricePerLitre: Money(1000)), id: "keg \(tap)")
    }
  }

  mutating func ask(_ request: LedgerRequest) -> LedgerAnswer {
    let decision = LocalLedger.decide(request, in: state, now: now)
    if let entry = decision.entry { apply(entry) }
    return decision.answer
  }

  @discardableResult
  mutating func run(_ command: LedgerCommand, id: String) throws -> CommandOutcome {
    let done = try LocalLedger.carryOut(command, id: CommandID(id), in: state)
    if let entry = done.entry { apply(entry) }
    return done.outcome
  }

  mutating func authorise(_ pour: String, at tap: String = "left", useful: Int64 = 1) -> LedgerAnswer {
    ask(
      .authorise(
        HoldRequest(
          pour: PourID(pour), tap: TapID(tap), card: Bar.guest, usefulMicrolitres: useful)))
  }

  mutating func settle(_ pour: String, _ microlitres: Int64) -> LedgerAnswer {
    ask(
      .settle(
        Settlement(
          pour: PourID(pour), microlitres: microlitres, reason: .cardRemoved, pulses: 1, restoredPulses: 0,
          rejectedPulses: 0)))
  }

  mutating func apply(_ entry: LedgerEntry) {
    entries.append(entry)
    state.apply(entry, at: now)
  }

  var balance: Int64? { state.cards[Bar.guest]?.balance.minorUnits }
}

private func refusal(_ answer: LedgerAnswer) -> Refusal.Reason? {
  if case .refused(let refusal) = answer { refusal.reason } else { nil }
}

@Suite struct HoldTests {
  @Test func aHoldCoversWhatThePourMayCost() throws {
    var desk = try Desk()
    guard case .granted(let grant) = desk.authorise("p") else {
      Issue.record("refused")
      return
    }
    #expect(grant.hold == Money(1000))
    #expect(grant.limitMicrolitres == 1_000_499)
    #expect(grant.limitedBy == .balance)
    #expect(grant.balance == Money(1000))
    #expect(desk.state.available(Bar.guest) == .zero)
  }

  @Test func oneCardOnTwoTapsSpendsItsBalanceOnce() throws {
    var desk = try Desk()
    _ = desk.authorise("p", at: "left")
    #expect(refusal(desk.authorise("q", at: "right")) == .noCredit)
    _ = desk.settle("p", 400_000)
    guard case .granted(let grant) = desk.authorise("q", at: "right") else {
      Issue.record("refused")
      return
    }
    #expect(grant.hold == Money(600))
  }

  @Test func everyRequestCanBeRepeated() throws {
    var desk = try Desk()
    #expect(desk.authorise("p") == desk.authorise("p"))
    let mark = LedgerRequest.mark(pour: PourID("p"), microlitres: 100_000)
    #expect(desk.ask(mark) == .recorded)
    #expect(desk.ask(mark) == .recorded)
    let receipt = desk.settle("p", 250_000)
    #expect(desk.settle("p", 250_000) == receipt)
    #expect(desk.settle("p", 999_000) == receipt)
    #expect(desk.ask(mark) == .recorded)
    #expect(desk.balance == 750)
    #expect(refusal(desk.authorise("p")) == .pourEnded)
    let leak = LedgerRequest.unattributed(
      UnattributedFlow(id: CommandID("u"), tap: TapID("left"), microlitres: 5000, pulses: 2, cause: .leak))
    #expect(desk.ask(leak) == .recorded)
    #expect(desk.ask(leak) == .recorded)
    #expect(desk.state.taps[TapID("left")]?.totals.unattributedMicrolitres == 5000)
    #expect(desk.entries.count == 3 + 4)
  }

  @Test func aReleasedPourNeverComesBack() throws {
    var desk = try Desk()
    _ = desk.authorise("p")
    #expect(desk.ask(.release(pour: PourID("p"))) == .recorded)
    #expect(desk.ask(.release(pour: PourID("p"))) == .recorded)
    #expect(desk.ask(.release(pour: PourID("never heard of"))) == .recorded)
    #expect(refusal(desk.authorise("p")) == .pourEnded)
    #expect(desk.state.available(Bar.guest) == Money(1000))
  }

  @Test func aTapPoursOneAtATime() throws {
    var desk = try Desk()
    try desk.run(.topUp(Bar.guest, amount: Money(1_000_000)), id: "t")
    _ = desk.authorise("p")
    #expect(refusal(desk.authorise("q")) == .pourStillOpen)
  }

  @Test func thereMustBeSomethingWorthPouring() throws {
    var desk = try Desk()
    #expect(refusal(desk.authorise("p", useful: 1_000_500)) == .noCredit)
    #expect(refusal(desk.authorise("p", useful: 30_000_001)) == .kegEmpty)
    #expect(refusal(desk.authorise("p", useful: 1_000_499)) == nil)
  }

  @Test func aCardMustBeValidNow() throws {
    var desk = try Desk()
    let (from, until) = (WallTime("2026-11-21T20:00:00Z")!, WallTime("2026-11-22T04:00:00Z")!)
    try desk.run(.setValidity(Bar.guest, from: from, until: until), id: "v")
    #expect(refusal(desk.authorise("p")) == .notYetValidCard)
    desk.now = until
    #expect(refusal(desk.authorise("p")) == .expiredCard)
    desk.now = from
    try desk.run(.setBlocked(Bar.guest, blocked: true), id: "b")
    #expect(refusal(desk.authorise("p")) == .blockedCard)
    try desk.run(.setBlocked(Bar.guest, blocked: false), id: "u")
    #expect(refusal(desk.authorise("p")) == nil)
  }

  @Test func unknownCardsAreToldApart() throws {
    var desk = try Desk()
    for (uid, reason) in [("deadbeef", Refusal.Reason.unknownCard), ("08123456", .randomCard)] {
      let request = HoldRequest(
        pour: PourID("p"), tap: TapID("left"), card: try #require(UID(uid)), usefulMicrolitres: 1)
      #expect(refusal(desk.ask(.authorise(request))) == reason)
    }
  }

  @Test func aChargeNeverExceedsTheHold() throws {
    var desk = try Desk()
    _ = desk.authorise("p")
    guard case .settled(let receipt) = desk.settle("p", 1_200_000) else {
      Issue.record("not settled")
      return
    }
    #expect(receipt.charge == Money(1000))
    #expect(receipt.balance == .zero)
    // The volume is told as it was: the keg has lost it.
    #expect(desk.state.taps[TapID("left")]?.keg?.pouredMicrolitres == 1_200_000)
  }

  @Test func aHoldGrowsWithTheBalanceAtTheSamePrice() throws {
    var desk = try Desk()
    _ = desk.authorise("p")
    let before = desk.entries.count
    guard case .granted(let same) = desk.ask(.extend(pour: PourID("p"))) else {
      Issue.record("no")
      return
    }
    #expect(same.hold == Money(1000))
    #expect(desk.entries.count == before)
    try desk.run(.topUp(Bar.guest, amount: Money(500)), id: "t")
    try desk.run(.setKegPrice(TapID("left"), pricePerLitre: Money(5000)), id: "price")
    for _ in 1...2 {
      guard case .granted(let more) = desk.ask(.extend(pour: PourID("p"))) else {
        Issue.record("no")
        return
      }
      #expect(more.hold == Money(1500))
      #expect(more.limitMicrolitres == 1_500_499)
    }
    #expect(desk.entries.count == before + 3)
    #expect(desk.state.available(Bar.guest) == .zero)
  }

  @Test func whatIsNotThereIsRejected() throws {
    var desk = try Desk()
    for answer in [
      desk.settle("x", 1), desk.ask(.mark(pour: PourID("x"), microlitres: 1)),
      desk.ask(.extend(pour: PourID("x"))),
    ] {
      guard case .failed(let failure) = answer else {
        Issue.record("\(answer)")
        return
      }
      #expect(failure.kind == .rejected)
    }
    #expect(desk.entries.count == 3)
  }
}

@Suite struct CommandTests {
  @Test func aRepeatedCommandHasNoSecondEffect() throws {
    var desk = try Desk()
    let first = try desk.run(.topUp(Bar.guest, amount: Money(500)), id: "t")
    try desk.run(.topUp(Bar.guest, amount: Money(100)), id: "t2")
    #expect(try desk.run(.topUp(Bar.guest, amount: Money(500)), id: "t") == first)
    #expect(first == .card(Bar.guest, balance: Money(1500)))
    #expect(desk.balance == 1600)
    #expect(throws: LedgerError.self) { try desk.run(.topUp(Bar.guest, amount: Money(501)), id: "t") }
  }

  @Test func aRefundLeavesWhatARunningPourHolds() throws {
    var desk = try Desk()
    try desk.run(
      .mountKeg(
        TapID("left"), beverage: "Rest", microlitres: 300_000, reserveMicrolitres: 0,
        pricePerLitre: Money(1000)), id: "small")
    _ = desk.authorise("p")
    #expect(desk.state.available(Bar.guest) == Money(700))
    #expect(throws: LedgerError.self) { try desk.run(.refund(Bar.guest, amount: Money(701)), id: "r") }
    #expect(
      try desk.run(.refund(Bar.guest, amount: Money(700)), id: "r") == .card(Bar.guest, balance: Money(300)))
  }

  @Test func aKegStaysWhileItPours() throws {
    var desk = try Desk()
    _ = desk.authorise("p")
    #expect(throws: LedgerError.self) { try desk.run(.unmountKeg(TapID("left")), id: "k") }
    try desk.run(.unmountKeg(TapID("right")), id: "k")
    #expect(desk.state.status(of: TapID("right")).keg == nil)
  }

  @Test(arguments: [
    LedgerCommand.topUp(Bar.other, amount: Money(1)), .topUp(Bar.guest, amount: .zero),
    .topUp(Bar.guest, amount: Money(-5)), .topUp(Bar.guest, amount: Money(.max)),
    .refund(Bar.guest, amount: Money(1001)), .refund(Bar.guest, amount: Money(-1)),
    .setBlocked(Bar.other, blocked: true), .setKegPrice(TapID("nowhere"), pricePerLitre: Money(1)),
    .unmountKeg(TapID("nowhere")), .setInService(TapID(""), inService: true),
    .addCard(Bar.guest, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: .zero),
    .addCard(Bar.other, kind: .guest, label: "", validFrom: nil, validUntil: nil, amount: .zero),
    .addCard(Bar.other, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: Money(-1)),
    .addCard(
      UID("08123456")!, kind: .guest, label: nil, validFrom: nil, validUntil: nil, amount: .zero),
    .setValidity(
      Bar.guest, from: WallTime("2026-11-22T00:00:00Z"), until: WallTime("2026-11-21T00:00:00Z")),
    .mountKeg(
      TapID("left"), beverage: "Blonde", microlitres: 0, reserveMicrolitres: 0, pricePerLitre: Money(1)),
    .mountKeg(
      TapID("left"), beverage: "Blonde", microlitres: .max, reserveMicrolitres: 0, pricePerLitre: Money(1)),
    .mountKeg(
      TapID("left"), beverage: "Blonde", microlitres: 5, reserveMicrolitres: 5, pricePerLitre: Money(1)),
    .mountKeg(
      TapID("left"), beverage: "Blonde", microlitres: 5, reserveMicrolitres: 0, pricePerLitre: Money(-1)),
    .mountKeg(
      TapID("left"), beverage: "a\nb", microlitres: 5, reserveMicrolitres: 0, pricePerLitre: Money(1)),
  ])
  func whatMakesNoSenseIsRefusedAndChangesNothing(command: LedgerCommand) throws {
    let desk = try Desk()
    #expect(throws: LedgerError.self) {
      try LocalLedger.carryOut(command, id: CommandID("c"), in: desk.state)
    }
  }

  /// Years of use must not fill the memory.
  @Test func theStateStaysBounded() throws {
    var desk = try Desk()
    for number in 0..<1200 {
      try desk.run(.topUp(Bar.guest, amount: Money(10)), id: "t\(number)")
      _ = desk.authorise("p\(number)")
      _ =
        number.isMultiple(of: 3)
        ? desk.ask(.release(pour: PourID("p\(number)"))) : desk.settle("p\(number)", 1)
    }
    #expect(desk.state.recentPours.count == LedgerState.rememberedPours)
    #expect(desk.state.recentCommands.count == LedgerState.rememberedCommands)
    #expect(desk.state.recentReleases.count == LedgerState.rememberedReleases)
    #expect(desk.state.openPours.isEmpty)
    #expect(desk.state.pours(limit: 3).map(\.pour.text) == ["p1199", "p1198", "p1196"])
  }
}
