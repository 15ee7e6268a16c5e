import RC522

extension LocalBooks {
  static let longestText = 200

  /// The user that a token, in any form, leads to; nil for nobody, and for one that was erased.
  /// - Throws: when it may mean several.
  static func user(_ token: Token, in state: BooksState) throws(BooksError) -> Int? {
    switch state.users.find(token) {
    case nil: return nil
    case .exact(let number), .possible(let number):
      return state.users[number]?.isErased == false ? number : nil
    case .ambiguous(let numbers):
      let tokens = numbers.compactMap { state.users[$0]?.token.text }.joined(separator: ", ")
      throw BooksError(
        kind: .invalid, place: "token \(token)",
        problem: "is cut short and may mean the cards \(tokens): name the card by its full number",
        reason: .severalUsers(numbers.compactMap { state.users[$0]?.token.text }))
    }
  }

  static func knownUser(_ token: Token, in state: BooksState) throws(BooksError) -> Int {
    guard let number = try user(token, in: state) else {
      throw BooksError(
        kind: .unknown, place: "user \(token)", problem: "is not known: add it first", reason: .unknownUser)
    }
    return number
  }

  static func addUser(
    _ token: Token, _ change: UserChange, in state: BooksState, _ people: People
  ) throws(BooksError) -> Draft {
    try checkIsCards(token, place: "token \(token)")
    try checkIsNew(token, in: state)
    var person = Person.pending(token)
    try person.apply(change)
    let activates = change.namesSomebody
    let number = state.users.nextNumber(people)
    return Draft(
      [
        .userAdded(
          BooksEvent.UserAdded(
            user: number, token: token, active: change.active ?? activates,
            barred: change.barred ?? !activates, hidden: change.hidden ?? false, revision: 1,
            named: person.isNamed(token) ? true : nil))
      ], .user(token), persons: [StagedPerson(user: number, revision: 1, person: person)])
  }

  /// That a card can have it, each time the same.
  static func checkIsCards(_ token: Token, place: String) throws(BooksError) {
    guard token.isCards else {
      throw BooksError(
        kind: .invalid, place: place,
        problem: "is no card's number: that \(Token.shape). Scan mode shows a card's",
        reason: .noCard)
    }
    guard token.uid?.isRandom != true else {
      throw BooksError(
        kind: .invalid, place: place,
        problem: "is made up each time it is asked for, as phones do: use a card or a tag",
        reason: .randomToken)
    }
  }

  /// A token of an erased user may be given to somebody else: that is a new user. A full number may be added
  /// beside one that is cut short once that is barred, which settles that two cards have the same short form.
  private static func checkIsNew(_ token: Token, in state: BooksState) throws(BooksError) {
    guard let number = try user(token, in: state), let known = state.users[number] else { return }
    if case .possible = state.users.find(token), known.barred { return }
    if known.token == token {
      throw BooksError(
        kind: .exists, place: "user \(token)", problem: "is there already: change it", reason: .knownToken)
    }
    throw BooksError(
      kind: .exists, place: "user \(token)",
      problem: "is there already as \(known.token), another form of the same card: change that one. If it is "
        + "another card whose short form is the same, bar \(known.token) and add each card by its full number",
      reason: .knownTokenAs(known.token.text))
  }

  static func changeUser(
    _ token: Token, _ change: UserChange, in state: BooksState, _ people: People
  ) throws(BooksError) -> Draft {
    let number = try knownUser(token, in: state)
    guard let user = state.users[number] else {
      throw BooksError(
        kind: .unknown, place: "user \(token)", problem: "is not known: add it first", reason: .unknownUser)
    }
    let before = people.shown(number, user)
    var person = before
    try person.apply(change)
    var changed = BooksEvent.UserChanged(
      user: number, active: change.active, barred: change.barred, hidden: change.hidden)
    if change.namesSomebody {
      changed.active = change.active ?? true
      changed.barred = change.barred ?? false
    }
    if user.isPending, person.isNamed(user.token) { changed.named = true }
    var persons: [StagedPerson] = []
    if person != before {
      changed.revision = user.revision + 1
      persons = [StagedPerson(user: number, revision: user.revision + 1, person: person)]
    }
    return Draft([.userChanged(changed)], .user(user.token), persons: persons)
  }

  static func eraseUser(_ token: Token, in state: BooksState) throws(BooksError) -> Draft {
    let number = try knownUser(token, in: state)
    return Draft(
      [.userErased(BooksEvent.UserErased(user: number))], .user(state.users[number]?.token ?? token))
  }

  static func check(
    _ text: String, of field: BooksError.Field, atMost length: Int = longestText, allowsLines: Bool = false
  ) throws(BooksError) {
    let isClean = text.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control: allowsLines && "\n\r\t".unicodeScalars.contains(scalar)
      // They break lines or turn the direction of what follows.
      case .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
      default: true
      }
    }
    guard text.count <= length, text.utf8.count <= length * 4, isClean else {
      throw BooksError(
        kind: .invalid, place: field.rawValue,
        problem: "must have at most \(length) characters and no control characters",
        reason: .badText(field, characters: length))
    }
  }
}

extension UserChange {
  /// Whether it says who somebody is: both names, and not empty.
  var namesSomebody: Bool { userName?.isEmpty == false && name?.isEmpty == false }
}

extension Person {
  /// What stands for somebody who was only seen by the reader.
  static func pending(_ token: Token) -> Person { Person(userName: "pending_\(token)", name: "Pending") }

  /// Whether it says who somebody is, and does not stand for somebody who was only seen.
  func isNamed(_ token: Token) -> Bool {
    let pending = Person.pending(token)
    return !userName.isEmpty && !name.isEmpty && (userName, name) != (pending.userName, pending.name)
  }

  /// What stands for somebody who was erased.
  static func erased(_ number: Int) -> Person { Person(userName: "erased_\(number)", name: "Erased") }

  mutating func apply(_ change: UserChange) throws(BooksError) {
    func checked(_ text: String?, _ field: BooksError.Field) throws(BooksError) -> String? {
      if let text { try LocalBooks.check(text, of: field) }
      return text
    }
    userName = try checked(change.userName, .userName) ?? userName
    name = try checked(change.name, .name) ?? name
    if let text = try checked(change.emailAddress, .emailAddress) {
      emailAddress = text.isEmpty ? nil : text
    }
    if let text = try checked(change.phoneNumber, .phoneNumber) { phoneNumber = text.isEmpty ? nil : text }
    if let text = try checked(change.nickname, .nickname) { nickname = text.isEmpty ? nil : text }
  }
}

extension People {
  /// Who stands on an invoice: whoever the user was when it was made, as far as that was known. As long as it is the
  /// same person, address and number are those of today.
  func shown(_ number: Int, _ user: BooksState.User, onInvoiceAt revision: Int) -> Person {
    let today = shown(number, user)
    guard !user.isErased, let then = person(ofUser: number, onInvoiceAt: revision), then.isNamed(user.token),
      (then.userName, then.name) != (today.userName, today.name)
    else { return today }
    return then
  }

  /// Who a user is, or what is shown in place of it.
  func shown(_ number: Int, _ user: BooksState.User) -> Person {
    if user.isErased { return .erased(number) }
    return person(ofUser: number, revision: user.revision) ?? .pending(user.token)
  }
}
