import DaemonKit

/// Names one activation of the machine, for ever. Made before the books are asked, so that every request about
/// it can be repeated without being done twice.
struct ActivationID: RandomIdentifier {
  let text: String

  init(_ text: String) { self.text = text }
}

/// What was brewed.
enum Drink: String, Codable, Sendable, CaseIterable {
  case unknown, single, double, steam
}

/// What the lock asks of the books. Each may be sent again and then has no second effect.
enum LockRequest: Codable, Equatable, Sendable {
  /// A token was shown at a locked machine. Answered `granted` (the coffee is durable), `refused`,
  /// `enrolled` (scan mode is on and the token belongs to nobody).
  case present(Presentation)
  /// The master token was shown: always on from now, or no more. Ends a lock-out and forgets the invalid tokens.
  /// Answered `recorded`.
  case setMaster(Bool, id: ActivationID, at: BootInstant, onReader: [Token])
  /// Too many invalid tokens, which are forgotten: locked from this instant on. A new boot says so again, with its
  /// own instant. Answered `recorded`.
  case lockOut(id: ActivationID, at: BootInstant)
  /// The lock-out is over. Answered `recorded`.
  case endLockOut(id: ActivationID)
  /// Something was brewed. The first drink of an activation is that of its usage; where each drink is charged,
  /// a further one is a usage of its own. Answered `recorded`.
  case brewed(activation: ActivationID, drink: Drink, number: Int)
  /// The activation is over. Where only what was brewed is charged and nothing was, its usage is cancelled by
  /// a counter-entry; not so when a drink may have been missed, for `allSeen` says that none was. Of an activation
  /// that the books never granted nothing is recorded. Answered `recorded`.
  case activationEnded(ActivationID, drinks: Int, allSeen: Bool)
}

struct Presentation: Codable, Equatable, Sendable {
  var id: ActivationID
  var token: Token
  /// How long the machine will be unlocked.
  var milliseconds: Int64
  var at: BootInstant
  /// The other tokens that lay on the reader.
  var beside: [Token] = []
}

/// What the books answer the lock.
enum LockAnswer: Codable, Equatable, Sendable {
  /// The usage is durable: the machine may be unlocked.
  case granted(usage: Int, userName: String)
  case refused(TokenRefusal)
  /// The token is now a pending user, or was one already.
  case enrolled
  case recorded
  /// It could not be made durable. Nobody knows whether it took effect: ask again with the same id.
  case failed(String)
}

/// Why a token is not let in.
enum TokenRefusal: String, Codable, Sendable, CaseIterable {
  case unknown, barred, inactive
  /// A phone's random UID: it cannot be recognised again, so it is not enrolled either.
  case random
}

/// What the books remember of the lock, so that a restart of the daemon changes nothing.
struct LockMemory: Codable, Equatable, Sendable {
  struct Activation: Codable, Equatable, Sendable {
    var id: ActivationID
    var start: BootInstant
    var milliseconds: Int64
    var drinks = 0
    /// `activationEnded` is on record.
    var hasEnded = false
  }

  /// How many invalid tokens are remembered: one more than lock everybody out.
  static let rememberedInvalidTokens = 11

  /// The newest activation, also when it is long over.
  var activation: Activation?
  /// When invalid tokens were shown, oldest first; at most the newest 11.
  var invalidTokens: [BootInstant] = []
  var lockOut: BootInstant?
  var isMaster = false
  /// What lay on the reader when a token was last shown: one that still lies there after a restart is not taken for
  /// a new one.
  var tokensOnReader: [Token] = []
}
