import DaemonKit
import DaemonTesting
import Foundation
import PiHAL
import Testing

@testable import coffeed

/// An office over some years, at random, beside an independent bookkeeper.
@Suite(.ownThreads) struct YearsTests {
  static var isThorough: Bool { ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1" }

  static let seeds: [UInt64] = isThorough ? Array(1...4) : [1]

  @Test(arguments: seeds)
  func theBooksAgreeWithTheBookkeeper(seed: UInt64) throws {
    var years = Years(seed: seed)
    for step in 1...(Self.isThorough ? 100_000 : 25_000) {
      try years.step()
      if step.isMultiple(of: 5000) { years.keeper.audit(years.desk.reading) }
    }
    let desk = years.desk
    #expect(years.happened.count == Years.kinds, "not everything happened: \(years.happened)")
    #expect(years.keeper.invoices.values.contains { $0.isArchived })
    // The state is what the entries add up to, and what its snapshot says.
    #expect(desk.replayed == desk.state)
    #expect(try coded(desk.state) == desk.state)
    for (_, entry) in desk.entries where try coded(entry) != entry { Issue.record("\(entry)") }
  }
}

struct Years {
  private static let cards: [Token] = (0..<12).map { Token("04a1b2c\(String($0, radix: 16))")! } + [.bob]
  private static let strangers: [Token] = [.stranger, .phone] + (0..<3).map { Token("deadbee\($0)")! }
  /// How many kinds of things happen.
  static let kinds = 13

  var desk = Desk()
  var keeper = Bookkeeper()
  private(set) var happened: Set<String> = []
  private var dice: Dice
  /// Requests that were answered, to be repeated.
  private var done: [(request: LockRequest, answer: LockAnswer)] = []
  private var commands: [(command: BooksCommand, id: String, outcome: BooksOutcome)] = []
  private var activation: (id: ActivationID, drinks: Int, hasEnded: Bool)?
  /// When, on the clock since boot, each of the last coffees was let out.
  private var instants: [Int: BootInstant] = [:]

  init(seed: UInt64) {
    dice = Dice(seed: seed)
    desk.time = WallTime("2020-01-01T08:00:00Z")!
  }

  mutating func step() throws {
    desk.wait(Int.random(in: 1...3000, using: &dice))
    switch Int.random(in: 0..<1000, using: &dice) {
    case ..<600: show()
    case ..<700: repeatRequest()
    case ..<850: goOnWithActivation()
    case ..<870: try undo()
    case ..<885: try invoice()
    case ..<888: try batch()
    case ..<920: try pay()
    case ..<940: try changeUser()
    case ..<942: try erase()
    case ..<960: try changeSettings()
    case ..<965: jump()
    case ..<966: desk.reboot()
    case ..<967: try applyRetention()
    case ..<985: try repeatCommand()
    default: try nonsense()
    }
  }

  // MARK: The lock

  private mutating func show() {
    let token =
      (Int.random(in: 0..<20, using: &dice) == 0 ? Self.strangers : Self.cards)
      .randomElement(using: &dice) ?? .ada
    let id = ActivationID(desk.newID())
    let request = LockRequest.present(
      Presentation(id: id, token: token, milliseconds: 30_000, at: desk.now))
    let expected = keeper.expected(token, coffee: keeper.newestNumber + 1)
    let answer = desk.ask(request)
    #expect(answer == expected, "\(token)")
    done.append((request, answer))
    switch answer {
    case .granted(let usage, _):
      happened.insert("granted")
      add(usage, of: id, member: keeper.member(token) ?? 0)
      activation = (id, 0, false)
    case .enrolled:
      happened.insert("enrolled")
      if keeper.member(token) == nil {
        keeper.members.append(
          .init(
            token: token, name: "pending_\(token)", isActive: false, isBarred: true, isPending: true))
      }
    default: happened.insert("refused")
    }
  }

  private mutating func add(_ usage: Int, of activation: ActivationID, member: Int) {
    keeper.add(usage, Bookkeeper.Coffee(member: member, time: desk.time))
    keeper.granted[activation, default: []].append(usage)
    instants[usage] = instants[keeper.granted[activation]?.first ?? 0] ?? desk.now
    instants[usage - 150] = nil
  }

  private mutating func repeatRequest() {
    guard let (request, answer) = done.suffix(40).randomElement(using: &dice) else { return }
    let before = desk.entries.count
    let again = desk.ask(request)
    if case .granted(let usage, _) = answer {
      // The name may have changed since.
      guard case .granted(usage, _) = again else {
        Issue.record("\(again), not \(answer)")
        return
      }
    } else {
      #expect(again == answer)
    }
    #expect(desk.entries.count == before, "\(request)")
    happened.insert("repeated request")
  }

  private mutating func goOnWithActivation() {
    guard let (id, drinks, hasEnded) = activation, let first = keeper.granted[id]?.first,
      let coffee = keeper.coffees[first]
    else { return }
    if !hasEnded, Bool.random(using: &dice) {
      let allSeen = Int.random(in: 0..<4, using: &dice) > 0
      let request = LockRequest.activationEnded(id, drinks: drinks, allSeen: allSeen)
      #expect(desk.ask(request) == .recorded)
      done.append((request, .recorded))
      activation?.hasEnded = true
      if keeper.chargesDrinks, allSeen, drinks == 0, keeper.isOpen(coffee) {
        keeper.coffees[first]?.isCancelled = true
        activation = nil
        happened.insert("nothing brewed")
      }
      return
    }
    let request = LockRequest.brewed(activation: id, drink: .double, number: drinks + 1)
    #expect(desk.ask(request) == .recorded)
    done.append((request, .recorded))
    activation?.drinks += 1
    if drinks > 0, keeper.chargesDrinks {
      add(keeper.newestNumber + 1, of: id, member: coffee.member)
      happened.insert("further drink")
    }
  }

  // MARK: Commands

  /// Carries out what should be possible, or not.
  private mutating func carryOut(
    _ command: BooksCommand, isPossible: Bool = true, sourceLocation: SourceLocation = #_sourceLocation
  ) -> BooksOutcome? {
    let id = desk.newID()
    let state = desk.entries.count
    do {
      let outcome = try desk.carryOut(command, id: id)
      #expect(isPossible, "\(command)", sourceLocation: sourceLocation)
      commands.append((command, id, outcome))
      return outcome
    } catch {
      #expect(!isPossible, "\(command): \(error)", sourceLocation: sourceLocation)
      #expect(desk.entries.count == state)
      return nil
    }
  }

  private mutating func repeatCommand() throws {
    guard let (command, id, outcome) = commands.suffix(100).randomElement(using: &dice) else { return }
    if case .applyRetention = command { return }
    let (before, entries) = (desk.state, desk.entries.count)
    #expect(try desk.carryOut(command, id: id) == outcome)
    #expect(desk.entries.count == entries && desk.state.recentCommands == before.recentCommands)
    #expect(desk.state.invoices == before.invoices && desk.state.users == before.users)
    happened.insert("repeated command")
  }

  private mutating func undo() throws {
    let number = keeper.newestNumber - Int.random(in: 0..<3, using: &dice)
    guard let coffee = keeper.coffees[number] else { return }
    let isYoung = instants[number].map {
      $0.boot == desk.boot && $0.instant.duration(to: desk.sinceBoot) <= .seconds(300)
    }
    let isPossible = keeper.isOpen(coffee) && isYoung == true
    if carryOut(.undo(usage: number), isPossible: isPossible) != nil {
      keeper.coffees[number]?.isCancelled = true
      happened.insert("undone")
    }
  }

  /// nil, or an instant of the last days.
  private mutating func end() -> WallTime? {
    Bool.random(using: &dice)
      ? nil : WallTime(milliseconds: desk.time.milliseconds - Int64.random(in: 0..<400_000_000, using: &dice))
  }

  private mutating func invoice() throws {
    guard let member = (1...max(1, keeper.members.count)).randomElement(using: &dice),
      keeper.members.indices.contains(member - 1),
      keeper.member(keeper.members[member - 1].token) == member
    else { return }
    let until = end()
    let items = keeper.open(until: until)[member] ?? []
    let outcome = carryOut(
      .createInvoice(keeper.members[member - 1].token, until: until), isPossible: !items.isEmpty)
    if case .invoice(let number) = outcome {
      #expect(number == (keeper.invoices.keys.max() ?? 0) + 1)
      keeper.invoice(number, member: member, items: items, until: until, now: desk.time)
      happened.insert("invoice")
    }
  }

  private mutating func batch() throws {
    let until = end()
    let open = keeper.open(until: until).sorted { $0.key < $1.key }
    let outcome = carryOut(.createBatch(until: until), isPossible: !open.isEmpty)
    guard case .batch(let number) = outcome else { return }
    let invoices = desk.reading.batch(number)?.invoices ?? []
    #expect(invoices.map(\.items) == open.map(\.value.count))
    for (invoice, (member, items)) in zip(invoices, open) {
      keeper.invoice(invoice.number, member: member, items: items, until: until, now: desk.time)
    }
    happened.insert("batch")
  }

  private mutating func pay() throws {
    guard let newest = keeper.invoices.keys.max() else { return }
    let number = Int.random(in: max(1, newest - 30)...newest, using: &dice)
    let isPaid = Int.random(in: 0..<10, using: &dice) > 0
    if carryOut(.setInvoicePaid(number, isPaid), isPossible: keeper.invoices[number]?.isArchived == false)
      != nil
    {
      keeper.invoices[number]?.isPaid = isPaid
    }
  }

  private mutating func changeUser() throws {
    let token = (Self.cards + Self.strangers).filter { $0 != .phone }.randomElement(using: &dice) ?? .ada
    let name = "user\(Int.random(in: 0..<1000, using: &dice))"
    let known = keeper.member(token).flatMap { keeper.members[$0 - 1].isErased ? nil : $0 }
    guard let number = known else {
      _ = carryOut(.addUser(token, UserChange(userName: name, name: name)))
      keeper.members.append(.init(token: token, name: name))
      happened.insert("added")
      return
    }
    let isBarred = Int.random(in: 0..<8, using: &dice) == 0
    let isActive = Int.random(in: 0..<8, using: &dice) > 0
    _ = carryOut(.saveUser(token, UserChange(userName: name, barred: isBarred, active: isActive)))
    keeper.members[number - 1].name = name
    keeper.members[number - 1].isBarred = isBarred
    keeper.members[number - 1].isActive = isActive
    keeper.members[number - 1].isPending = false
    if isBarred, !isActive { happened.insert("barred and inactive") }
  }

  private mutating func erase() throws {
    guard let token = Self.cards.randomElement(using: &dice) else { return }
    let number = keeper.member(token)
    let isThere = number.map { !keeper.members[$0 - 1].isErased } ?? false
    if carryOut(.eraseUser(token), isPossible: isThere) != nil, let number {
      keeper.members[number - 1].isErased = true
      happened.insert("erased")
    }
  }

  private mutating func changeSettings() throws {
    switch Int.random(in: 0..<3, using: &dice) {
    case 0:
      keeper.price = Int64.random(in: 0...1_000_000, using: &dice)
      _ = carryOut(.changeSettings(SettingsChange(pricePerCoffee: keeper.price, retentionYears: 1)))
    case 1:
      keeper.isScanMode.toggle()
      _ = carryOut(.setScanMode(keeper.isScanMode))
    default:
      // Between activations, so that the rule of one is clear.
      activation = nil
      keeper.chargesDrinks.toggle()
      _ = carryOut(.changeSettings(SettingsChange(chargesDrinks: keeper.chargesDrinks)))
    }
  }

  /// The wall clock is wrong for a while, by up to a year, or right again.
  private mutating func jump() {
    desk.time.milliseconds += Int64.random(in: -31_000_000_000...31_000_000_000, using: &dice)
  }

  private mutating func applyRetention() throws {
    guard desk.state.settings.retentionYears == 1 else { return }
    guard case .retention(let report)? = carryOut(.applyRetention) else { return }
    let archived = keeper.applyRetention(before: desk.time.before(years: 1))
    #expect(report.usages == archived.coffees && report.invoices == archived.invoices)
  }

  private mutating func nonsense() throws {
    let future = WallTime(milliseconds: desk.time.milliseconds + 1)
    let command: BooksCommand =
      [
        .addUser(.phone, UserChange(userName: "a", name: "b")), .setInvoicePaid(-1, true), .undo(usage: 0),
        .createBatch(until: future), .changeSettings(SettingsChange(pricePerCoffee: -5)),
        .saveUser(.ada, UserChange(name: "a\u{0}")), .eraseUser(.phone),
      ].randomElement(using: &dice) ?? .undo(usage: 0)
    _ = carryOut(command, isPossible: false)
  }
}
