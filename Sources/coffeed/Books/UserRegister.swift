import DaemonKit
import RC522

/// The users by their numbers, which count from 1, and where tokens lead.
struct UserRegister: Equatable, Sendable {
  /// User n is at n - 1. None is ever taken out.
  private(set) var list: [BooksState.User] = []
  private var directory = TokenDirectory()

  var count: Int { list.count }

  /// The number of the next new user. One of a person whose entries are lost is not given again.
  func nextNumber(_ people: People) -> Int { max(list.count, people.highestNumber) + 1 }

  subscript(number: Int) -> BooksState.User? {
    list.indices.contains(number - 1) ? list[number - 1] : nil
  }

  func find(_ token: Token) -> TokenDirectory.Match? { directory.find(token) }

  mutating func add(_ user: BooksState.User) {
    list.append(user)
    directory.add(user.token, user: list.count)
  }

  /// Puts erased users up to this number where the entries with the true ones are lost.
  mutating func leaveOut(through number: Int) {
    while list.count < number {
      add(
        BooksState.User(
          token: .lost, active: false, barred: true, isPending: false, created: WallTime(milliseconds: 0)))
      erase(list.count)
      change(list.count) { $0.isLost = true }
    }
  }

  mutating func change(_ number: Int, _ body: (inout BooksState.User) -> Void) {
    if list.indices.contains(number - 1) { body(&list[number - 1]) }
  }

  mutating func erase(_ number: Int) {
    change(number) { user in
      user.isErased = true
      user.isLost = nil
      user.active = false
      user.barred = true
      user.isPending = false
      user.revision = 0
    }
    if let user = self[number] { directory.forgetForms(of: user.token, user: number) }
  }
}

extension UserRegister: Codable {
  init(from decoder: any Decoder) throws {
    for (index, user) in try decoder.singleValueContainer().decode([BooksState.User].self).enumerated() {
      add(user)
      if user.isErased { directory.forgetForms(of: user.token, user: index + 1) }
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(list)
  }
}

/// Where tokens lead: to a user's number, by the token itself or by another form of the same card.
struct TokenDirectory: Equatable, Sendable {
  private var numbers: [Token: Int] = [:]
  /// The users whose tokens are 7- or 10-byte UIDs, by the 10-digit form that a predecessor knows them by.
  private var byTruncatedForm: [Token: [Int]] = [:]

  /// How a token was found.
  enum Match: Equatable, Sendable {
    /// By itself, or by another form that no other card has.
    case exact(Int)
    /// By a form of which only three bytes are the card's: another card may have it too.
    case possible(Int)
    /// By such a form, and several users' cards have it.
    case ambiguous([Int])
  }

  /// A token that was the token of an erased user leads to the new one.
  mutating func add(_ token: Token, user: Int) {
    numbers[token] = user
    if let form = token.uid.map({ LegacyUID($0) }), form.isTruncated, let form = Token(form.description) {
      byTruncatedForm[form, default: []].append(user)
    }
  }

  /// Forgets the other forms of an erased user's token. The token itself stays known: it is barred.
  mutating func forgetForms(of token: Token, user: Int) {
    guard let form = token.uid.map({ LegacyUID($0) }), let form = Token(form.description) else { return }
    byTruncatedForm[form]?.removeAll { $0 == user }
    if byTruncatedForm[form]?.isEmpty == true { byTruncatedForm[form] = nil }
  }

  /// An exact token wins over another form of it, and that over one that is cut short.
  func find(_ token: Token) -> Match? {
    if let number = numbers[token] { return .exact(number) }
    if let uid = token.uid {
      let form = LegacyUID(uid)
      guard let number = Token(form.description).flatMap({ numbers[$0] }) else { return nil }
      return form.isTruncated ? .possible(number) : .exact(number)
    }
    guard let form = LegacyUID(token.text) else { return nil }
    if let uid = form.uid { return numbers[Token(uid)].map { .exact($0) } }
    let candidates = byTruncatedForm[token] ?? []
    return candidates.isEmpty
      ? nil : candidates.count == 1 ? .possible(candidates[0]) : .ambiguous(candidates)
  }
}
