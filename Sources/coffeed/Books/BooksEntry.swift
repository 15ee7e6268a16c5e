import DaemonKit

/// One thing that happened, as the journal keeps it: never edited, never deleted. The state is what follows
/// from all entries in their order.
///
/// In JSON an entry is one flat object whose `type` names the event:
/// `{"type":"invoicePaid","invoice":7,"paid":true,"command":"…","digest":…,"digestKey":…}`. The journal numbers and dates it.
/// Fields may be added as long as they are optional; anything else is a new `type`.
///
/// Nothing personal stands in an entry, nor anything that a guess at it could be compared with: users are named by
/// their numbers, and what is personal about them is in ``People``, from which it can be erased.
struct BooksEntry: Equatable, Sendable {
  var event: BooksEvent
  /// The administrator's command that it came from; nil for the lock's own entries and for what was imported.
  var command: CommandMark?

  init(_ event: BooksEvent, command: CommandMark? = nil) {
    self.event = event
    self.command = command
  }
}

/// A command as the books remember it.
struct CommandMark: Codable, Equatable, Sendable {
  var id: CommandID
  /// A number made of the id, the command and a ``DigestKey``, so that another command with the same id is noticed.
  /// Versions before the keys made it without one.
  var digest: UInt32?
  /// The name of the key. Without the key, which an erasure takes away, the digest says nothing.
  var digestKey: UInt32?

  private enum CodingKeys: String, CodingKey {
    case id = "command"
    case digest, digestKey
  }

  /// Whether this and a mark of the same id may be of the same command: nobody knows where the key is gone.
  func mayBe(_ other: CommandMark) -> Bool {
    guard let digestKey, digestKey == other.digestKey else { return true }
    return digest == other.digest
  }
}

enum BooksEvent: Equatable, Sendable {
  case userAdded(UserAdded)
  case tokenEnrolled(TokenEnrolled)
  case userChanged(UserChanged)
  case userErased(UserErased)
  case scanModeSet(ScanModeSet)
  case settingsChanged(SettingsChange)
  case usageLogged(UsageLogged)
  case drinkBrewed(DrinkBrewed)
  case drinkCharged(DrinkCharged)
  case usageCancelled(UsageCancelled)
  case activationEnded(ActivationEnded)
  case tokenRefused(TokenRefused)
  case masterSet(MasterSet)
  case lockedOut(LockedOut)
  case lockOutEnded(LockOutEnded)
  case invoiceCreated(InvoiceCreated)
  case batchCreated(BatchCreated)
  case invoicePaid(InvoicePaid)
  case retentionApplied(RetentionReport)
  case importBegun(ImportBegun)
  case usagesImported(UsagesImported)
  case invoiceItemsImported(InvoiceItemsImported)
  case importDone(ImportDone)

  // MARK: Users

  struct UserAdded: Codable, Equatable, Sendable {
    var user: Int
    var token: Token
    var active: Bool
    var barred: Bool
    var hidden: Bool
    /// The revision of the person that counts from now on.
    var revision: Int
    /// When the user was added elsewhere, for an imported one; else it is the entry's date.
    var created: WallTime?
    /// Whether it is known who it is. Where that is not said, whoever is active or not barred counts as known.
    var named: Bool?
  }

  /// An unknown token was shown in scan mode: a pending user, who may be one already.
  /// `beside` is as in ``UsageLogged``.
  struct TokenEnrolled: Codable, Equatable, Sendable {
    var user: Int
    var token: Token
    var activation: ActivationID
    var at: BootInstant
    var beside: [Token]?
  }

  /// Fields that are nil stay as they are.
  struct UserChanged: Codable, Equatable, Sendable {
    var user: Int
    var active: Bool?
    var barred: Bool?
    var hidden: Bool?
    var revision: Int?
    /// As in ``UserAdded``, of a user who was pending.
    var named: Bool?
  }

  struct UserErased: Codable, Equatable, Sendable {
    var user: Int
  }

  // MARK: Settings

  struct ScanModeSet: Codable, Equatable, Sendable {
    var on: Bool
  }

  // MARK: The lock

  /// The machine was unlocked for a user. Dated by the journal.
  struct UsageLogged: Codable, Equatable, Sendable {
    var usage: Int
    var user: Int
    /// As the card showed it: it may be known by another form.
    var token: Token
    var activation: ActivationID
    var at: BootInstant
    var milliseconds: Int64
    /// The other tokens that lay on the reader; nil when there were none.
    var beside: [Token]?
  }

  /// Something was brewed that is not charged by itself.
  struct DrinkBrewed: Codable, Equatable, Sendable {
    var activation: ActivationID
    var drink: Drink
    /// Counts the drinks of the activation, from 1.
    var number: Int
    /// The usage whose drink it is; nil for a further one.
    var usage: Int?
  }

  /// A further drink of an activation, as a usage of its own.
  struct DrinkCharged: Codable, Equatable, Sendable {
    var usage: Int
    var user: Int
    var activation: ActivationID
    var drink: Drink
    var number: Int
  }

  /// The counter-entry of a usage: it counts no more.
  struct UsageCancelled: Codable, Equatable, Sendable {
    enum Reason: String, Codable, Sendable {
      /// An administrator took it back.
      case undone
      /// The activation ended without a drink, and only drinks are charged.
      case nothingBrewed
    }

    var usage: Int
    var user: Int
    var reason: Reason
  }

  struct ActivationEnded: Codable, Equatable, Sendable {
    var activation: ActivationID
    var drinks: Int
  }

  struct TokenRefused: Codable, Equatable, Sendable {
    var activation: ActivationID
    var token: Token
    var reason: TokenRefusal
    var at: BootInstant
    var beside: [Token]?
  }

  struct MasterSet: Codable, Equatable, Sendable {
    var on: Bool
    var activation: ActivationID
    var at: BootInstant
    /// What lay on the reader; nil when there was nothing.
    var onReader: [Token]?
  }

  struct LockedOut: Codable, Equatable, Sendable {
    var activation: ActivationID
    var at: BootInstant
  }

  struct LockOutEnded: Codable, Equatable, Sendable {
    var activation: ActivationID
  }

  // MARK: Invoices

  struct InvoiceCreated: Codable, Equatable, Sendable {
    var invoice: Int
    var user: Int
    var from: WallTime
    var until: WallTime
    /// The price of one coffee, in minor units.
    var price: Int64
    var currency: String
    var decimals: Int
    /// The numbers of the usages, each as its distance from the one before (``NumberText``).
    var items: String
    var batch: Int?
    /// When it was created elsewhere, for an imported one; else it is the entry's date.
    var created: WallTime?
    /// Whether it was paid already, for an imported one.
    var paid: Bool?
  }

  struct BatchCreated: Codable, Equatable, Sendable {
    var batch: Int
    var until: WallTime
    var created: WallTime?
  }

  struct InvoicePaid: Codable, Equatable, Sendable {
    var invoice: Int
    var paid: Bool
  }

  // MARK: Imported

  /// The first entry of an import that is recorded in several transactions; its last one is an ``ImportDone`` that is
  /// no part.
  struct ImportBegun: Codable, Equatable, Sendable {
    var source: String
  }

  /// Usages that stand on an imported invoice there and were on none here.
  struct InvoiceItemsImported: Codable, Equatable, Sendable {
    var invoice: Int
    /// As in ``InvoiceCreated``.
    var items: String
  }

  /// Usages of a predecessor's database, some thousand in one entry. The columns are ``NumberText``s of the same
  /// length.
  struct UsagesImported: Codable, Equatable, Sendable {
    /// Names the database; see ``ImportDone``.
    var source: String
    /// The number of the first one here; the others follow.
    var usage: Int
    /// Their numbers there, each as its distance from the one before.
    var ids: String
    var users: String
    /// Milliseconds since 1970, each as its distance from the one before.
    var times: String
    /// As ``Drink/code``; from ``Drink/firstTextCode`` on the places of `drinkTexts`.
    var drinks: String
    /// What drinks are called that are none of ``Drink``; nil when there are none.
    var drinkTexts: [String]?
  }

  /// The last entry of an import, or of a part of it: what of a database's rows became what here, and how they stood
  /// there.
  struct ImportDone: Codable, Equatable, Sendable {
    var source: String
    /// Old and new numbers of the invoices of this import, as ``NumberText``s of the same length.
    var invoices: String
    var invoiceNumbers: String
    var batches: String
    var batchNumbers: String
    /// How the rows of users stand there, by their numbers here; only those that are noted anew.
    var users: [Int: ImportedUser]?
    /// The invoices, by their numbers here, that were paid there since the last import or are no longer, as
    /// ``NumberText``.
    var payments: String?
    /// How the settings stand there, all of them; nil when nothing is noted anew.
    var settings: SettingsChange?
    /// Whether more of the same import follows.
    var isPart: Bool?
  }
}
