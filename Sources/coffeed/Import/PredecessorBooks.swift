import DaemonKit

/// What was read from a predecessor's database: every row that can be understood, in the order of the numbers
/// there, and why the others cannot.
struct PredecessorBooks: Sendable {
  /// Names the database, so that a second import of it knows what was taken.
  var source: String
  var users: [User] = []
  var usages = Usages()
  var invoices: [Invoice] = []
  /// By invoice there.
  var items: [Int64: [Int64]] = [:]
  var batches: [Batch] = []
  /// Those that there are here too; the price in hundredths.
  var settings = SettingsChange()
  /// What the database itself counts.
  var counts = Counts()
  /// Of the invoices that cannot be understood, those that are paid.
  var refusedPaidInvoices = 0
  /// Rows that cannot be understood.
  var refused = ImportFindings()
  /// Values that had to be read in another way.
  var notes = ImportFindings()

  struct User: Sendable {
    /// As it stands there.
    var tokenText: String
    /// nil when it is no token.
    var token: Token?
    var person: Person
    var active: Bool
    var barred: Bool
    var created: WallTime?
    /// Nobody has said who it is, nor let the token in.
    var isPending: Bool { !active && barred && !isNamed }
    var isNamed: Bool { token.map { person.isNamed($0) } ?? false }
  }

  /// Columns, for there may be a million.
  struct Usages: Sendable {
    var ids: [Int64] = []
    /// Places in the users; those of the strangers follow.
    var users: [Int32] = []
    var times: [Int64] = []
    /// As ``Drink/code``; from ``Drink/firstTextCode`` on the places of `drinkTexts`.
    var drinks: [UInt8] = []
    var drinkTexts: [String] = []
    /// Tokens that belong to no user there.
    var strangers: [String] = []
    /// How many rows could not be understood, by their tokens.
    var refused: [String: Int] = [:]
  }

  struct Invoice: Sendable {
    var id: Int64
    /// The place in `users`; nil for a token that is not among them.
    var user: Int?
    var from: WallTime?
    var until: WallTime?
    var totalItems: Int?
    var paid: Bool
    var created: WallTime?
    var batch: Int64?
  }

  struct Batch: Sendable {
    var id: Int64
    var until: WallTime?
    var created: WallTime?
  }

  struct Counts: Sendable {
    var users = 0
    /// By the token as it stands there.
    var usages: [String: Int] = [:]
    var invoices = 0
    var paidInvoices = 0
    var items = 0
    var batches = 0
    var settings = 0
  }
}

/// What an import found of one kind, each with the rows that it is about.
struct ImportFindings: Codable, Equatable, Sendable {
  struct Finding: Codable, Equatable, Sendable {
    var table: String
    /// What is wrong, or what was done about it.
    var problem: String
    var count: Int
    /// The first rows that it is about, as they are called there.
    var rows: [String]
  }

  static let namedRows = 20

  private(set) var list: [Finding] = []

  mutating func add(_ table: String, _ row: String, _ problem: String) {
    if let index = list.firstIndex(where: { $0.table == table && $0.problem == problem }) {
      list[index].count += 1
      if list[index].rows.count < Self.namedRows { list[index].rows.append(row) }
    } else {
      list.append(Finding(table: table, problem: problem, count: 1, rows: [row]))
    }
  }

  func count(in table: String) -> Int { list.reduce(0) { $0 + ($1.table == table ? $1.count : 0) } }
}

/// Why a database could not be imported at all.
struct ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  var place: String
  /// What is wrong and what to do, as the rest of a sentence that starts with `place`.
  var problem: String

  var description: String { "\(place) \(problem)" }
}
