import DaemonKit

extension ImportPlan {
  mutating func add(_ number: Int, _ token: Token, created: WallTime?, from row: PredecessorBooks.User) {
    events.append(
      .userAdded(
        BooksEvent.UserAdded(
          user: number, token: token, active: row.active, barred: row.barred, hidden: false, revision: 1,
          created: created, named: row.isNamed ? true : nil)))
    persons.append(StagedPerson(user: number, revision: 1, person: row.person))
    done.users[number] = ImportedUser(row)
  }

  /// Takes over what was changed there about a user who is known here. Whether the token is let in is looked at by
  /// itself, so that whoever is barred there is barred here too when a name was changed here.
  mutating func update(_ number: Int, from row: PredecessorBooks.User) {
    guard let user = state.users[number] else { return }
    let person = people.shown(number, user)
    let (here, there) = (ImportedUser(user, person), ImportedUser(row))
    // Of whoever is pending here, nobody has changed anything.
    let known = source.users[number] ?? (user.isPending ? here : ImportedUser())
    var noted = known
    if user.isErased {
      if known != there { report.kept.add("users", row.tokenText, "its user was erased here") }
      return
    }
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
    case .alike: noted.person = there.person
    case .onlyThere:
      noted.person = there.person
      change.revision = user.revision + 1
      var changed = row.person
      changed.nickname = person.nickname
      persons.append(StagedPerson(user: number, revision: user.revision + 1, person: changed))
      report.changed.add("users", row.tokenText, "its names or addresses")
    case .onBothSides:
      report.kept.add("users", row.tokenText, "its names or addresses are others here")
    }
    if change != BooksEvent.UserChanged(user: number) { events.append(.userChanged(change)) }
    if noted != known { done.users[number] = noted }
  }
}
