import RC522

/// Why a master token will not do what it is for.
enum MasterTokenProblem: Equatable, Sendable {
  /// No card has such a number.
  case noCard
  /// Only three bytes of it are the card's, so other cards may pass for it.
  case cutShort
  /// It is the card of a user, who turns the machine on with it and gets no coffee charged.
  case ofUser(name: String)

  /// Nil when nothing is wrong with it.
  /// - Parameter user: the one that the token leads to. A token that was only scanned is nobody's.
  init?(_ token: Token, of user: UserView?) {
    if let user, !user.isErased, !user.isPending {
      self = .ofUser(name: user.person.name)
    } else if !token.isCards {
      self = .noCard
    } else if LegacyUID(token.text)?.isTruncated == true {
      self = .cutShort
    } else {
      return nil
    }
  }
}

extension BooksReading {
  func problem(ofMasterToken token: Token) -> MasterTokenProblem? {
    MasterTokenProblem(token, of: user(token))
  }
}
