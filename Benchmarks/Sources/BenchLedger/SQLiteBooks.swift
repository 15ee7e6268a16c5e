import CSQLite

/// The same entries in SQLite's hands: one table, write-ahead log, every transaction durable.
public final class SQLiteBooks {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  private var database: OpaquePointer?
  private var insertion: OpaquePointer?

  public init(path: String) throws(Failure) {
    try check(sqlite3_open(path, &database))
    try run("PRAGMA journal_mode = WAL")
    try run("PRAGMA synchronous = FULL")
    try run(
      """
      CREATE TABLE IF NOT EXISTS entries (
        number INTEGER PRIMARY KEY, at TEXT NOT NULL, card TEXT, amount INTEGER NOT NULL, entry TEXT NOT NULL)
      """)
    try check(
      sqlite3_prepare_v2(
        database, "INSERT INTO entries (at, card, amount, entry) VALUES (?, ?, ?, ?)", -1, &insertion, nil))
  }

  deinit {
    sqlite3_finalize(insertion)
    sqlite3_close(database)
  }

  public func run(_ statement: String) throws(Failure) {
    try check(sqlite3_exec(database, statement, nil, nil, nil))
  }

  /// Durable on return, unless a transaction is open.
  public func insert(at: String, card: String?, amount: Int, entry: String) throws(Failure) {
    bind(1, at)
    if let card { bind(2, card) } else { sqlite3_bind_null(insertion, 2) }
    sqlite3_bind_int64(insertion, 3, Int64(amount))
    bind(4, entry)
    guard sqlite3_step(insertion) == SQLITE_DONE else { throw failure }
    sqlite3_reset(insertion)
  }

  /// The sum of all balances, added up card by card.
  public func balance() throws(Failure) -> Int {
    var statement: OpaquePointer?
    try check(
      sqlite3_prepare_v2(
        database, "SELECT card, SUM(amount) FROM entries WHERE card IS NOT NULL GROUP BY card", -1,
        &statement,
        nil))
    defer { sqlite3_finalize(statement) }
    var sum = 0
    while sqlite3_step(statement) == SQLITE_ROW { sum += Int(sqlite3_column_int64(statement, 1)) }
    return sum
  }

  private func bind(_ position: Int32, _ text: String) {
    // SQLITE_TRANSIENT, which as a cast of -1 is not imported: SQLite copies the text.
    let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    sqlite3_bind_text(insertion, position, text, -1, copied)
  }

  private var failure: Failure { Failure(description: String(cString: sqlite3_errmsg(database))) }

  private func check(_ code: Int32) throws(Failure) {
    guard code == SQLITE_OK else { throw failure }
  }
}
