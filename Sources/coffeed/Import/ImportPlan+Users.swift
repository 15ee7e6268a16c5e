import DaemonKit
import RC522

extension ImportPlan {
  mutating func addUsers(at time: WallTime) {
    var users = state.users
    users.leaveOut(through: users.nextNumber(people) - 1)
    // By number, the place of the row that says who a user is, and what makes a new user.
    var rows: [Int: Int] = [:]
    var added: [Int: (token: Token, created: WallTime?)] = [:]
    for (place, row) in books.users.enumerated() {
      guard let token = row.token else {
        report.refused.add(
          "users", row.tokenText, "its token is no card's number: 8 to 20 hexadecimal digits, an even number")
        userNumbers.append(nil)
        continue
      }
      if let number = match(token, in: users) {
        userNumbers.append(number)
        report.users.known += 1
        guard let other = rows[number] else {
          rows[number] = place
          continue
        }
        report.notes.add(
          "users", row.tokenText, "it is the same card as \(books.users[other].tokenText); taken as one user")
        // Somebody was named under the other form.
        if books.users[other].isPending, !row.isPending { rows[number] = place }
        continue
      }
      let number = users.count + 1
      users.add(
        BooksState.User(
          token: token, active: row.active, barred: row.barred, isPending: row.isPending, created: time))
      added[number] = (token, row.created)
      rows[number] = place
      userNumbers.append(number)
      report.users.taken += 1
      if token.uid?.isRandom == true || LegacyUID(token.text)?.uid?.isRandom == true {
        report.notes.add(
          "users", row.tokenText, "it is no card but a phone, whose number changes; it will not be let in")
      }
    }
    for (number, place) in rows.sorted(by: { $0.key < $1.key }) {
      if let (token, created) = added[number] {
        add(number, token, created: created, from: books.users[place])
      } else {
        update(number, from: books.users[place])
      }
    }
    report.users.refused = report.refused.count(in: "users")
    findCollisions(in: users)
  }

  /// A token that may mean several cards means none: it is a user of its own.
  private func match(_ token: Token, in users: UserRegister) -> Int? {
    switch users.find(token) {
    case .exact(let number), .possible(let number): number
    case .ambiguous, nil: nil
    }
  }

  private mutating func findCollisions(in users: UserRegister) {
    for row in books.users {
      guard let token = row.token, let form = LegacyUID(token.text), form.isTruncated else { continue }
      let cards = users.list.filter { user in user.token.uid.map { form.match($0) == .possible } ?? false }
      report.collisions.append(ImportReport.Collision(token: token, cards: cards.map(\.token)))
    }
  }

  // MARK: One user

  private mutating func add(
    _ number: Int, _ token: Token, created: WallTime?, from row: PredecessorBooks.User
  ) {
    add(
      .userAdded(
        BooksEvent.UserAdded(
          user: number, token: token, active: row.active, barred: row.barred, hidden: false, revision: 1,
          created: created, named: row.isNamed ? true : nil)))
    persons.append(
      StagedPerson(user: number, revision: 1, person: row.person, imported: noted(ImportedUser(row))))
    done.users[number] = ImportedUser(access: ImportedUser(row).access)
  }

  /// How a person stands there, for ``People``.
  private func noted(_ user: ImportedUser) -> [String: UInt32]? { user.person.map { [books.source: $0] } }

  /// Takes over what was changed there about a user who is known here. Whether the token is let in is looked at by
  /// itself, so that whoever is barred there is barred here too when a name was changed here.
  private mutating func update(_ number: Int, from row: PredecessorBooks.User) {
    guard let user = state.users[number] else { return }
    let person = people.shown(number, user)
    let (here, there) = (ImportedUser(user, person), ImportedUser(row))
    if user.isErased {
      if row.isNamed { report.kept.add("users", row.tokenText, "its user was erased here") }
      return
    }
    // Of whoever is pending here, nobody has changed anything.
    let isUntouched = source.users[number] == nil && user.isPending
    let known =
      isUntouched
      ? here
      : ImportedUser(
        access: source.users[number]?.access,
        person: people.imported(ofUser: number, revision: user.revision, from: books.source))
    var noted = known
    var change = BooksEvent.UserChanged(user: number)
    switch ImportedChange(from: known.access, here: here.access, there: there.access) {
    case .none: break
    case .alike: noted.access = there.access
    case .onlyThere:
      noted.access = there.access
      change.active = row.active
      change.barred = row.barred
      if user.isPending, row.isNamed { change.named = true }
      report.changed.add("users", row.tokenText, "now \(there.access?.word ?? "")")
    case .onBothSides:
      report.kept.add(
        "users", row.tokenText, "\(there.access?.word ?? "") there, \(here.access?.word ?? "") here")
    }
    switch ImportedChange(from: known.person, here: here.person, there: there.person) {
    case .none: break
    case .alike:
      noted.person = there.person
      stage(person, noted, of: number, user, &change)
    case .onlyThere:
      noted.person = there.person
      var changed = row.person
      changed.nickname = person.nickname
      stage(changed, noted, of: number, user, &change)
      report.changed.add("users", row.tokenText, "its names or addresses")
    case .onBothSides:
      report.kept.add("users", row.tokenText, "its names or addresses are others here")
    }
    if change != BooksEvent.UserChanged(user: number) { add(.userChanged(change)) }
    if noted.access != known.access { done.users[number] = ImportedUser(access: noted.access) }
  }

  private mutating func stage(
    _ person: Person, _ user: ImportedUser, of number: Int, _ known: BooksState.User,
    _ change: inout BooksEvent.UserChanged
  ) {
    change.revision = known.revision + 1
    persons.append(
      StagedPerson(user: number, revision: known.revision + 1, person: person, imported: noted(user)))
  }
}
