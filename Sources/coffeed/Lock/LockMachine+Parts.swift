import DaemonKit
import PiHAL
import RC522

extension LockMachine {
  /// By what right the machine is unlocked.
  enum Right: Equatable, Sendable {
    case master
    case activation(ActivationID)
  }

  /// A user's time at the machine.
  struct Activation: Equatable, Sendable {
    let id: ActivationID
    let length: Duration
    /// When it ends: counted from when the relays were on, and from the grant as long as they are not.
    var end: MonotonicInstant
    /// The relays have been on for it.
    var hasBegun: Bool
    var userName: String?
    /// How many drinks the books were told of.
    var drinks: Int
    /// Whether there can have been no other ones: drinks were seen all the time.
    var allSeen: Bool
  }

  /// A token that was put to the books.
  struct Question: Equatable, Sendable {
    let id: EffectID
    let card: UID
    let presentation: Presentation
    var deadline: MonotonicInstant
    /// When it was last sent; nil while earlier records must be acknowledged first.
    var sent: MonotonicInstant?
    /// The books may know of it.
    var wasSent = false
    /// The books said that they could not.
    var hasFailed = false
  }

  /// A request that must reach the books: asked for again until it is acknowledged.
  struct Record: Equatable, Sendable {
    let id: EffectID
    let request: LockRequest
    var sent: MonotonicInstant?
  }

  /// The record that turns the always-on mode on, and how long it may take.
  struct MasterRequest: Equatable, Sendable {
    let record: EffectID
    let deadline: MonotonicInstant
  }

  /// What the log is not to be flooded with.
  enum LogTopic: Hashable, Sendable {
    case readerFailed, readerRecovered, relaysFailed, relaysRecovered, booksFailed, booksRecovered, drink
    case drinkUnseen
  }
}
