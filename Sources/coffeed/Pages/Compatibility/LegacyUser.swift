/// A user as the predecessor's routes answer it, and the change that they are asked for.
enum LegacyUser {
  /// - Parameter withLastSeen: lists leave it out.
  static func json(_ user: UserView, withLastSeen: Bool) -> PlainJSON {
    var members: [String: PlainJSON] = [
      "token_id": .text(user.token.text),
      "user_name": .text(user.person.userName),
      "name": .text(user.person.name),
      "email_address": .optional(user.person.emailAddress),
      "phone_number": .optional(user.person.phoneNumber),
      "barred": .integer(user.barred ? 1 : 0),
      "active": .integer(user.active ? 1 : 0),
      "created_at": .text(user.created.legacyText),
    ]
    if withLastSeen { members["last_seen"] = .optional(user.lastSeen?.legacyText) }
    return .object(members)
  }

  /// Whether the predecessor lists it as pending: a token that was scanned has names to hold its place, so it
  /// is not.
  static func lacksNames(_ user: UserView) -> Bool {
    user.person.userName.isEmpty || user.person.name.isEmpty
  }

  /// What a body asks to change; nil when it names no field that can be changed.
  ///
  /// The predecessor took whatever came: a value of the wrong type is refused here with the field's name.
  static func change(_ members: [String: PlainJSON]) throws(LegacyError) -> UserChange? {
    var change = UserChange()
    change.userName = try text("user_name", members, nullMeans: nil)
    change.name = try text("name", members, nullMeans: nil)
    change.emailAddress = try text("email_address", members, nullMeans: "")
    change.phoneNumber = try text("phone_number", members, nullMeans: "")
    change.barred = try flag("barred", members)
    change.active = try flag("active", members)
    return change == UserChange() ? nil : change
  }

  private static func text(
    _ name: String, _ members: [String: PlainJSON], nullMeans: String?
  ) throws(LegacyError) -> String? {
    switch members[name] {
    case nil: return nil
    case .text(let text): return text
    case .null where nullMeans != nil: return nullMeans
    case .some: throw LegacyError("\(name) must be text")
    }
  }

  private static func flag(_ name: String, _ members: [String: PlainJSON]) throws(LegacyError) -> Bool? {
    switch members[name] {
    case nil: return nil
    case .bool(let value): return value
    case .integer(0), .text("0"): return false
    case .integer(1), .text("1"): return true
    case .some: throw LegacyError("\(name) must be 0 or 1")
    }
  }
}

/// Why one of the predecessor's routes refuses a request: the text of `error` in its answer.
struct LegacyError: Error, Equatable {
  var message: String

  init(_ message: String) { self.message = message }

  /// The answer's body.
  var json: PlainJSON { .object(["ok": .bool(false), "error": .text(message)]) }
}
