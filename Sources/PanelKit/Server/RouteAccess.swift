/// Who may look at a route. Every route says it; there is no default.
public struct ReadAccess: Equatable, Sendable {
  let need: RouteNeed

  /// Everybody. It shows nothing personal.
  public static let open = ReadAccess(need: .open)
  /// A browser on this very machine; a login does not replace that.
  public static let local = ReadAccess(need: .local)
  /// Everybody whom the server's address lets in, for the board of a demo that was started for other machines too.
  public static let demo = ReadAccess(need: .demo)
  /// Who has logged in, a key with the scope `read`, and without either whoever asks from a trusted network:
  /// for what hangs on the wall in that room anyway.
  public static let trusted = ReadAccess(need: .trusted)
  /// Who has logged in, and a key with the scope `read`. For what is personal.
  public static let read = ReadAccess(need: .read)
  /// Who has logged in; no key.
  public static let administration = ReadAccess(need: .administration)
}

/// Who may change something. Every route that changes something says it; none is open to everybody.
public struct ChangeAccess: Equatable, Sendable {
  let need: RouteNeed

  /// A page of this server in a browser on this very machine; a login does not replace that.
  public static let local = ChangeAccess(need: .local)
  /// A page of this server in anybody's browser, for the board of a demo that was started for other machines too.
  public static let demo = ChangeAccess(need: .demo)
  /// Who has logged in, with the token of the session in the form; a key with the scope `write`.
  public static let write = ChangeAccess(need: .write)
  /// Who has logged in, with the token of the session in the form; no key.
  public static let administration = ChangeAccess(need: .administration)
  /// The login itself, which looks after its forms by itself.
  static let open = ChangeAccess(need: .open)
}

enum RouteNeed: Sendable {
  case open, local, demo, trusted, read, write, administration
}
