/// Why a change of the login was not made.
public enum AccessError: Error, Equatable, Sendable, CustomStringConvertible {
  /// There is a password already.
  case alreadySetUp
  case passwordTooShort
  case passwordTooLong
  /// The present password was not the right one.
  case wrongPassword
  /// The name of a key is empty, longer than 100 characters, or taken.
  case badKeyName
  case noScope
  case tooManyKeys
  case noSuchKey
  /// Too many passwords are being looked at: again in a moment.
  case busy
  /// What is stored cannot be right.
  case damaged(String)
  /// It could not be stored.
  case storage(String)

  public var description: String {
    switch self {
    case .alreadySetUp: "there is a password already: log in to change it"
    case .passwordTooShort: "the password needs at least \(Password.minimumLength) characters"
    case .passwordTooLong: "the password may have at most \(Password.maximumBytes) bytes"
    case .wrongPassword: "the present password is a different one"
    case .badKeyName: "the key needs a name of its own, of at most 100 characters"
    case .noScope: "the key needs at least one of the scopes read and write"
    case .tooManyKeys: "there are \(AccessStore.maximumKeys) keys: revoke one first"
    case .noSuchKey: "there is no such key"
    case .busy: "too many passwords are being looked at: try again in a moment"
    case .damaged(let part): "access.json: \(part) cannot be read; move the file away and set up again"
    case .storage(let problem): "the change could not be stored: \(problem)"
    }
  }
}
