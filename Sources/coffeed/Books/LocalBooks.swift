import DaemonKit
import RC522

/// The books as pure functions: what a request of the lock or a command adds to the journal, and what it is
/// answered.
///
/// The shell makes the entries durable and only then gives the answer. Decisions are made one at a time, on a
/// state in which all earlier entries are applied.
enum LocalBooks {
  /// What a request of the lock comes to.
  struct Decision: Equatable, Sendable {
    /// None when the request changes nothing, because it is a repetition.
    var entries: [BooksEntry] = []
    var answer: LockAnswer
  }

  static func decide(_ request: LockRequest, in state: BooksState, _ people: People) -> Decision {
    switch request {
    case .present(let presentation): present(presentation, in: state, people)
    case .setMaster(let isOn, let id, let at, let tokens):
      once(
        id, in: state,
        .masterSet(BooksEvent.MasterSet(on: isOn, activation: id, at: at, onReader: tokens.orNil)))
    case .lockOut(let id, let at):
      once(id, in: state, .lockedOut(BooksEvent.LockedOut(activation: id, at: at)))
    case .endLockOut(let id):
      once(id, in: state, .lockOutEnded(BooksEvent.LockOutEnded(activation: id)))
    case .brewed(let activation, let drink, let number):
      brewed(activation, drink, number: number, in: state)
    case .activationEnded(let activation, let drinks, let allSeen):
      activationEnded(activation, drinks: drinks, allSeen: allSeen, in: state)
    }
  }

  private static func once(_ id: ActivationID, in state: BooksState, _ event: BooksEvent) -> Decision {
    Decision(entries: state.recentRequests.contains(id) ? [] : [BooksEntry(event)], answer: .recorded)
  }

  // MARK: Presentations

  private static func present(
    _ shown: Presentation, in state: BooksState, _ people: People
  ) -> Decision {
    if let done = state.recentPresentations.last(where: { $0.id == shown.id }) {
      return Decision(answer: answer(done, in: state, people))
    }
    // A phone makes up another UID each time, so even one that somebody has is nobody's.
    if shown.token.uid?.isRandom == true { return refusal(.random, of: shown) }
    switch state.users.find(shown.token) {
    case .exact(let number), .possible(let number): return present(shown, user: number, in: state, people)
    case .ambiguous: return refusal(.unknown, of: shown)
    case nil: break
    }
    guard state.settings.isScanMode else { return refusal(.unknown, of: shown) }
    return enrolment(of: shown, user: state.users.nextNumber(people))
  }

  private static func present(
    _ shown: Presentation, user number: Int, in state: BooksState, _ people: People
  ) -> Decision {
    guard let user = state.users[number] else { return refusal(.unknown, of: shown) }
    if user.isPending, state.settings.isScanMode { return enrolment(of: shown, user: number) }
    // Whoever is pending is barred too; what helps is to activate them.
    if user.isPending { return refusal(.inactive, of: shown) }
    if user.barred { return refusal(.barred, of: shown) }
    guard user.active else { return refusal(.inactive, of: shown) }
    let usage = state.usages.newestNumber + 1
    return Decision(
      entries: [
        BooksEntry(
          .usageLogged(
            BooksEvent.UsageLogged(
              usage: usage, user: number, token: shown.token, activation: shown.id, at: shown.at,
              milliseconds: shown.milliseconds, beside: shown.beside.orNil)))
      ], answer: .granted(usage: usage, userName: people.shown(number, user).userName))
  }

  private static func enrolment(of shown: Presentation, user: Int) -> Decision {
    Decision(
      entries: [
        BooksEntry(
          .tokenEnrolled(
            BooksEvent.TokenEnrolled(
              user: user, token: shown.token, activation: shown.id, at: shown.at, beside: shown.beside.orNil))
        )
      ], answer: .enrolled)
  }

  private static func refusal(_ reason: TokenRefusal, of shown: Presentation) -> Decision {
    Decision(
      entries: [
        BooksEntry(
          .tokenRefused(
            BooksEvent.TokenRefused(
              activation: shown.id, token: shown.token, reason: reason, at: shown.at,
              beside: shown.beside.orNil)))
      ], answer: .refused(reason))
  }

  /// What was answered before.
  private static func answer(
    _ done: BooksState.Presented, in state: BooksState, _ people: People
  ) -> LockAnswer {
    if let refusal = done.refusal { return .refused(refusal) }
    guard let usage = done.usages.first, let number = done.user, let user = state.users[number] else {
      return .enrolled
    }
    return .granted(usage: usage, userName: people.shown(number, user).userName)
  }

  // MARK: Activations

  private static func brewed(
    _ activation: ActivationID, _ drink: Drink, number: Int, in state: BooksState
  ) -> Decision {
    guard let shown = state.recentPresentations.last(where: { $0.id == activation }),
      let user = shown.user, let usage = shown.usages.first, number > shown.drinks
    else { return Decision(answer: .recorded) }
    let isFirst = shown.drinks == 0 && !shown.isEmpty
    // A first drink that comes after the end was charged to nobody.
    if isFirst || !state.settings.chargesDrinks {
      return Decision(
        entries: [
          BooksEntry(
            .drinkBrewed(
              BooksEvent.DrinkBrewed(
                activation: activation, drink: drink, number: number, usage: isFirst ? usage : nil)))
        ], answer: .recorded)
    }
    return Decision(
      entries: [
        BooksEntry(
          .drinkCharged(
            BooksEvent.DrinkCharged(
              usage: state.usages.newestNumber + 1, user: user, activation: activation, drink: drink,
              number: number)))
      ], answer: .recorded)
  }

  private static func activationEnded(
    _ activation: ActivationID, drinks: Int, allSeen: Bool, in state: BooksState
  ) -> Decision {
    guard let shown = state.recentPresentations.last(where: { $0.id == activation }), !shown.hasEnded,
      let number = shown.usages.first
    else { return Decision(answer: .recorded) }
    var entries: [BooksEntry] = []
    if state.settings.chargesDrinks, allSeen, drinks == 0, shown.drinks == 0,
      let usage = state.usages.usage(number), !usage.isCancelled, usage.invoice == nil
    {
      entries.append(
        BooksEntry(
          .usageCancelled(
            BooksEvent.UsageCancelled(usage: number, user: usage.user, reason: .nothingBrewed))))
    }
    entries.append(
      BooksEntry(.activationEnded(BooksEvent.ActivationEnded(activation: activation, drinks: drinks))))
    return Decision(entries: entries, answer: .recorded)
  }
}

extension [Token] {
  /// As an entry has them.
  fileprivate var orNil: [Token]? { isEmpty ? nil : self }
}
