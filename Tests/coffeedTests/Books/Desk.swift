import DaemonKit
import DaemonTesting
import JSONState
import PiHAL

@testable import coffeed

/// Books in memory, with a wall clock and a clock since boot that a test moves. Keeps every entry.
struct Desk {
  var state = BooksState()
  var people: People = {
    var dice = Dice(seed: 1)
    return People(digestKey: DigestKey(using: &dice))
  }()
  var time = WallTime("2026-11-02T08:00:00Z")!
  var boot = "boot-1"
  var sinceBoot = MonotonicInstant(nanoseconds: 1_000_000_000)
  private(set) var entries: [(time: WallTime, entry: BooksEntry)] = []
  private var made = 0

  var now: BootInstant { BootInstant(boot: boot, instant: sinceBoot) }
  var reading: BooksReading { BooksReading(state: state, people: people, generation: 1) }

  mutating func newID() -> String {
    made += 1
    return "id-\(made)"
  }

  /// Both clocks go on.
  mutating func wait(_ seconds: Int) {
    time.milliseconds += Int64(seconds) * 1000
    sinceBoot = sinceBoot.advanced(by: .seconds(seconds))
  }

  /// The machine is started again.
  mutating func reboot() {
    made += 1
    boot = "boot-\(made)"
    sinceBoot = MonotonicInstant(nanoseconds: 1_000_000_000)
  }

  mutating func ask(_ request: LockRequest) -> LockAnswer {
    let decision = LocalBooks.decide(request, in: state, people)
    record(decision.entries)
    return decision.answer
  }

  @discardableResult
  mutating func show(
    _ token: Token, id: String? = nil, milliseconds: Int64 = 30_000, beside: [Token] = []
  ) -> LockAnswer {
    ask(
      .present(
        Presentation(
          id: ActivationID(id ?? newID()), token: token, milliseconds: milliseconds, at: now, beside: beside))
    )
  }

  @discardableResult
  mutating func carryOut(_ command: BooksCommand, id: String? = nil) throws(BooksError) -> BooksOutcome {
    let plan = try LocalBooks.plan(
      command, id: CommandID(id ?? newID()), in: state, people, at: time, sinceBoot: now)
    carryOut(plan)
    return plan.outcome
  }

  mutating func take(_ plan: BooksPlan<ImportReport>) { carryOut(plan) }

  private mutating func carryOut(_ plan: BooksPlan<some Sendable>) {
    for staged in plan.persons { people.stage(staged) }
    record(plan.entries)
    made += 1
    var dice = Dice(seed: UInt64(made) + 1000)
    people.keep(
      state.personRevisions, onInvoices: state.invoicedRevisions, newKey: DigestKey(using: &dice))
  }

  mutating func record(_ added: [BooksEntry]) {
    for entry in added {
      state.apply(entry, at: time)
      entries.append((time, entry))
    }
  }

  /// An active user.
  mutating func add(_ token: Token, _ name: String) {
    do {
      try carryOut(.addUser(token, UserChange(userName: name.lowercased(), name: name)))
    } catch {
      fatalError("\(error)")
    }
  }

  /// Lets somebody have so many coffees, a minute apart.
  mutating func brew(_ token: Token, _ count: Int = 1) {
    for _ in 0..<count {
      guard case .granted = show(token) else { fatalError("\(token) is not let in") }
      wait(60)
    }
  }

  /// What all entries add up to from the first one on.
  var replayed: BooksState {
    var state = BooksState()
    for (time, entry) in entries { state.apply(entry, at: time) }
    return state
  }
}

extension Token {
  static let ada = Token("04a1b2c3")!
  static let bob = Token("0411223344556677".prefix(14).description)!
  static let cyd = Token("aabbccdd")!
  static let stranger = Token("deadbeef")!
  static let phone = Token("08112233")!
}
