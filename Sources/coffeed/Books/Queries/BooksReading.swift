import DaemonKit

/// The books at one moment, with the people in them, as pages, command line and exports look at them. A value:
/// what happens later does not change it.
struct BooksReading: Sendable {
  let state: BooksState
  let people: People
  /// See `BooksChange.generation`.
  let generation: UInt64

  var lockSettings: LockSettings { state.lockSettings }

  var settings: SettingsView {
    let settings = state.settings
    return SettingsView(
      pricePerCoffee: settings.pricePerCoffee, currency: settings.currency,
      currencyDecimals: settings.currencyDecimals, invoiceSubject: settings.invoiceSubject,
      invoiceBody: settings.invoiceBody, activationSeconds: settings.activationSeconds,
      coldActivationSeconds: settings.coldActivationSeconds, coldAfterMinutes: settings.coldAfterMinutes,
      lockOutSeconds: settings.lockOutSeconds, chargesDrinks: settings.chargesDrinks,
      masterToken: settings.masterToken, language: settings.language,
      retentionYears: settings.retentionYears, isScanMode: settings.isScanMode,
      isImportUnfinished: !state.unfinishedImports.isEmpty)
  }

  // MARK: Users

  /// All users, erased ones too, the newest first.
  func users() -> [UserView] { (1..<state.users.count + 1).reversed().compactMap(user) }

  /// The user that a token, in any form, leads to.
  func user(_ token: Token) -> UserView? {
    switch state.users.find(token) {
    case .exact(let number), .possible(let number): user(number)
    case .ambiguous, nil: nil
    }
  }

  /// The users who have something that is on no invoice, and all that are not erased, the most first.
  func uninvoiced() -> [UserView] {
    users().filter { !$0.isErased || $0.uninvoiced > 0 }
      .map { (key: SearchText.Sorting($0.person.userName), user: $0) }
      .sorted { ($1.user.uninvoiced, $0.key) < ($0.user.uninvoiced, $1.key) }.map(\.user)
  }

  private func user(_ number: Int) -> UserView? {
    state.users[number].map { user in
      UserView(
        token: user.token, person: people.shown(number, user), active: user.active, barred: user.barred,
        isPending: user.isPending, hidden: user.hidden, isErased: user.isErased, created: user.created,
        lastSeen: user.lastUsage,
        usages: user.usages, uninvoiced: user.uninvoiced)
    }
  }
}
