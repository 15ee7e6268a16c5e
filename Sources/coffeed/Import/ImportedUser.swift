/// How a user's row stood in a predecessor's database. A part is nil until it has stood here as it did there.
///
/// Nothing personal is kept in the books: how names and addresses stood there is in ``People``.
struct ImportedUser: Codable, Equatable, Sendable {
  struct Access: Codable, Equatable, Sendable {
    var active: Bool
    var barred: Bool
    var pending: Bool
  }

  var access: Access?
  /// A digest of names and addresses. Entries of older versions have it; where it is written now is ``People``.
  var person: UInt32?
}

extension ImportedUser {
  init(_ row: PredecessorBooks.User) {
    access = Access(active: row.active, barred: row.barred, pending: row.isPending)
    person = row.person.importedDigest
  }

  /// How a user stands here.
  init(_ user: BooksState.User, _ person: Person) {
    access = Access(active: user.active, barred: user.barred, pending: user.isPending)
    self.person = person.importedDigest
  }
}

extension ImportedUser.Access {
  /// For people.
  var word: String {
    pending ? "pending" : barred ? "barred" : active ? "active" : "inactive"
  }
}

extension Person {
  /// Of what a predecessor knows too. No text has control characters, so nothing runs together.
  fileprivate var importedDigest: UInt32 {
    shortDigest(
      of: [userName, name, emailAddress ?? "", phoneNumber ?? ""].joined(separator: "\0").utf8)
  }
}

/// Who changed a value since it stood alike in a predecessor's database and here.
enum ImportedChange {
  /// Nobody there; here it may have been changed.
  case none
  /// It stands alike again, or for the first time.
  case alike
  case onlyThere
  /// There and here, to different values. A value that never stood alike counts as changed on both sides.
  case onBothSides

  init<Value: Equatable>(from known: Value, here: Value, there: Value) {
    if there == known {
      self = .none
    } else if there == here {
      self = .alike
    } else {
      self = here == known ? .onlyThere : .onBothSides
    }
  }
}
