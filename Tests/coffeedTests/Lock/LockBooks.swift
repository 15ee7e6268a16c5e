@testable import coffeed

/// The books that the daemon has, in memory, as the lock's tests look at them.
struct LockBooks {
  /// A coffee, and what was brewed for it.
  struct Usage {
    var id: ActivationID
    var number: Int
    var drinks: [Drink] = []
    var isCancelled = false
  }

  private(set) var usages: [Usage] = []
  private var desk = Desk()

  /// A user who has a name.
  mutating func add(_ token: Token, barred: Bool = false) {
    carryOut(.addUser(token, UserChange(userName: "user of \(token)", name: "\(token)", barred: barred)))
  }

  /// Somebody of whom nobody has said who it is.
  mutating func addPending(_ token: Token) { carryOut(.addUser(token, UserChange())) }

  func knows(_ token: Token) -> Bool { desk.reading.user(token) != nil }

  var isScanMode: Bool {
    get { desk.state.settings.isScanMode }
    set { carryOut(.setScanMode(newValue)) }
  }

  var chargesDrinks: Bool {
    get { desk.state.settings.chargesDrinks }
    set { carryOut(.changeSettings(SettingsChange(chargesDrinks: newValue))) }
  }

  var memory: LockMemory { desk.state.lock }

  private mutating func carryOut(_ command: BooksCommand) {
    do {
      try desk.carryOut(command)
    } catch {
      fatalError("\(error)")
    }
  }

  /// Carries a request out, durably.
  mutating func decide(_ request: LockRequest) -> LockAnswer {
    let before = desk.entries.count
    let answer = desk.ask(request)
    for (_, entry) in desk.entries[before...] { note(entry.event) }
    return answer
  }

  private mutating func note(_ event: BooksEvent) {
    switch event {
    case .usageLogged(let logged): usages.append(Usage(id: logged.activation, number: logged.usage))
    case .drinkBrewed(let brewed): note(brewed.drink, of: brewed.activation)
    case .drinkCharged(let charged): note(charged.drink, of: charged.activation)
    case .usageCancelled(let cancelled):
      if let index = usages.firstIndex(where: { $0.number == cancelled.usage }) {
        usages[index].isCancelled = true
      }
    default: break
    }
  }

  private mutating func note(_ drink: Drink, of activation: ActivationID) {
    if let index = usages.lastIndex(where: { $0.id == activation }) { usages[index].drinks.append(drink) }
  }
}
