@testable import coffeed

/// Books in memory, as far as the lock sees them: who is let in, and what is remembered.
struct FakeBooks {
  struct User {
    var active = true
    var barred = false
  }

  struct Usage: Equatable {
    var id: ActivationID
    var token: Token
    var drinks: [Drink] = []
    var isCancelled = false
  }

  var users: [Token: User] = [:]
  var isScanMode = false
  var chargesDrinks = false
  private(set) var usages: [Usage] = []
  private(set) var memory = LockMemory()
  /// What was answered to each id; asked again, it is answered the same.
  private var answers: [ActivationID: LockAnswer] = [:]

  /// Carries a request out, durably.
  mutating func decide(_ request: LockRequest) -> LockAnswer {
    switch request {
    case .present(let presentation):
      if let known = answers[presentation.id] { return known }
      let answer = present(presentation)
      answers[presentation.id] = answer
      memory.tokensOnReader = [presentation.token] + presentation.beside
      return answer
    case .setMaster(let isOn, let id, _, let tokens):
      guard answers.updateValue(.recorded, forKey: id) == nil else { break }
      memory.tokensOnReader = tokens
      memory.isMaster = isOn
      memory.lockOut = nil
      memory.invalidTokens = []
    case .lockOut(let id, let at):
      guard answers.updateValue(.recorded, forKey: id) == nil else { break }
      memory.lockOut = at
      memory.invalidTokens = []
    case .endLockOut(let id):
      guard answers.updateValue(.recorded, forKey: id) == nil else { break }
      memory.lockOut = nil
    case .brewed(let activation, let drink, let number):
      guard let index = usages.firstIndex(where: { $0.id == activation }),
        usages[index].drinks.count < number
      else { break }
      usages[index].drinks.append(drink)
      if memory.activation?.id == activation { memory.activation?.drinks = number }
    case .activationEnded(let activation, let drinks, let allSeen):
      if memory.activation?.id == activation { memory.activation?.hasEnded = true }
      guard let index = usages.firstIndex(where: { $0.id == activation }) else { break }
      if chargesDrinks, allSeen, drinks == 0 { usages[index].isCancelled = true }
    }
    return .recorded
  }

  private mutating func present(_ presentation: Presentation) -> LockAnswer {
    guard let user = users[presentation.token] else {
      if presentation.token.uid?.isRandom ?? false { return refuse(presentation, .random) }
      if isScanMode {
        users[presentation.token] = User(active: false, barred: true)
        return .enrolled
      }
      return refuse(presentation, .unknown)
    }
    if isScanMode, !user.active { return .enrolled }
    if user.barred { return refuse(presentation, .barred) }
    if !user.active { return refuse(presentation, .inactive) }
    usages.append(Usage(id: presentation.id, token: presentation.token))
    memory.activation = LockMemory.Activation(
      id: presentation.id, start: presentation.at, milliseconds: presentation.milliseconds)
    return .granted(usage: usages.count, userName: "user of \(presentation.token)")
  }

  private mutating func refuse(_ presentation: Presentation, _ reason: TokenRefusal) -> LockAnswer {
    memory.invalidTokens.append(presentation.at)
    if memory.invalidTokens.count > 11 { memory.invalidTokens.removeFirst() }
    return .refused(reason)
  }
}
