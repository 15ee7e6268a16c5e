import DaemonKit
import PiHAL

extension LockMachine {
  /// The usage is durable: the relays may go on.
  mutating func begin(_ presentation: Presentation, userName: String) {
    let length = Duration.milliseconds(presentation.milliseconds)
    lastUse = presentation.at.instant
    activation = Activation(
      id: presentation.id, length: length, end: now.advanced(by: length), hasBegun: false,
      userName: userName, drinks: 0, allSeen: drinksAreSeen)
  }

  mutating func advanceActivation() {
    beginTime()
    if let activation, now >= activation.end {
      if !activation.hasBegun { log(.alarm, "a user was charged, and the relays did not come on") }
      self.activation = nil
      closeEndedActivation()
      endedActivation = activation
    }
    if let ended = endedActivation, now >= ended.end.advanced(by: settings.drinkGrace) {
      closeEndedActivation()
    }
  }

  /// The user's time counts from when the relays are on.
  mutating func beginTime() {
    guard onBy != nil, relays.position != .off, let activation, !activation.hasBegun else { return }
    self.activation?.hasBegun = true
    self.activation?.end = now.advanced(by: activation.length)
  }

  mutating func closeEndedActivation() {
    guard let ended = endedActivation else { return }
    endedActivation = nil
    record(.activationEnded(ended.id, drinks: ended.drinks, allSeen: ended.allSeen))
    if settings.chargesDrinks, ended.drinks == 0, !ended.allSeen {
      log(
        .warning, about: .drinkUnseen,
        "charged without a drink, for one may have been missed: look at the drinks' inputs")
    }
  }

  // MARK: Drinks

  mutating func brewed(_ drink: Drink) {
    if let counted = counting(drink, activation) {
      activation = counted
    } else if let counted = counting(drink, endedActivation) {
      endedActivation = counted
    } else if !isMaster {
      log(.warning, about: .drink, "\(drink.rawValue) was brewed while the machine was locked")
    }
  }

  /// A gap, however short, may have hidden a drink.
  mutating func drinksAreSeen(_ areSeen: Bool) {
    drinksAreSeen = areSeen
    guard !areSeen else { return }
    activation?.allSeen = false
    endedActivation?.allSeen = false
  }

  private mutating func counting(_ drink: Drink, _ activation: Activation?) -> Activation? {
    guard var activation else { return nil }
    guard activation.drinks < settings.mostDrinks else {
      log(.warning, about: .drink, "so many drinks at once: look for a loose contact at the drinks' inputs")
      return activation
    }
    activation.drinks += 1
    record(.brewed(activation: activation.id, drink: drink, number: activation.drinks))
    return activation
  }
}
