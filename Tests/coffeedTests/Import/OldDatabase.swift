import Foundation
import GRDB

/// A database as the predecessor leaves it, made by a test.
final class OldDatabase {
  let path = FileManager.default.temporaryDirectory.appending(path: "coffee_manager-\(UUID()).db").path
  private let queue: DatabaseQueue

  /// - Parameter hasBatches: whether a version of it ran that knows batches.
  init(hasBatches: Bool = true) throws {
    var configuration = Configuration()
    // As the predecessor left them.
    configuration.foreignKeysEnabled = false
    queue = try DatabaseQueue(path: path, configuration: configuration)
    try run(
      """
      CREATE TABLE users (
        token_id TEXT PRIMARY KEY, user_name TEXT NOT NULL, name TEXT NOT NULL, email_address TEXT,
        phone_number TEXT, barred BOOLEAN DEFAULT 0, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        last_seen TIMESTAMP, active BOOLEAN DEFAULT 1);
      CREATE TABLE usage_log (
        id INTEGER PRIMARY KEY AUTOINCREMENT, token_id TEXT NOT NULL,
        timestamp TIMESTAMP DEFAULT CURRENT_TIMESTAMP, coffee_type TEXT DEFAULT 'unknown',
        FOREIGN KEY(token_id) REFERENCES users(token_id));
      CREATE TABLE invoices (
        id INTEGER PRIMARY KEY AUTOINCREMENT, token_id TEXT NOT NULL, period_start TIMESTAMP NOT NULL,
        period_end TIMESTAMP NOT NULL, total_items INTEGER NOT NULL DEFAULT 0,
        paid BOOLEAN NOT NULL DEFAULT 0, created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
        FOREIGN KEY(token_id) REFERENCES users(token_id));
      CREATE TABLE invoice_items (
        id INTEGER PRIMARY KEY AUTOINCREMENT, invoice_id INTEGER NOT NULL, usage_id INTEGER NOT NULL,
        timestamp TIMESTAMP NOT NULL, UNIQUE(usage_id));
      CREATE TABLE settings (
        key TEXT PRIMARY KEY, value TEXT NOT NULL, updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
      """)
    if hasBatches {
      try run(
        """
        CREATE TABLE batch_invoices (
          id INTEGER PRIMARY KEY AUTOINCREMENT, batch_date TIMESTAMP NOT NULL,
          period_start TIMESTAMP NOT NULL, period_end TIMESTAMP NOT NULL,
          total_users INTEGER NOT NULL DEFAULT 0, total_items INTEGER NOT NULL DEFAULT 0,
          created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
        ALTER TABLE invoices ADD COLUMN batch_id INTEGER REFERENCES batch_invoices(id);
        """)
    }
  }

  deinit {
    try? queue.close()
    try? FileManager.default.removeItem(atPath: path)
  }

  func run(_ sql: String) throws { try queue.write { try $0.execute(sql: sql) } }

  func run(_ sql: String, _ arguments: StatementArguments) throws {
    try queue.write { try $0.execute(sql: sql, arguments: arguments) }
  }

  /// Lets `body` change things, and takes all of it back.
  func inTransaction(_ body: (_ sql: (String) throws -> Void) throws -> Void) throws {
    try queue.inTransaction { database in
      try body { try database.execute(sql: $0) }
      return .rollback
    }
  }

  func user(_ token: String, _ name: String, created: String = "2024-01-01 08:00:00") throws {
    try run(
      "INSERT INTO users (token_id, user_name, name, email_address, created_at) VALUES (?, ?, ?, ?, ?)",
      [token, name.lowercased(), name, name.lowercased() + "@example.org", created])
  }

  func coffee(_ token: String, _ time: String, type: String = "unknown") throws {
    try run(
      "INSERT INTO usage_log (token_id, timestamp, coffee_type) VALUES (?, ?, ?)", [token, time, type])
  }

  /// An invoice over usages, made as the predecessor does.
  func invoice(
    _ token: String, _ usages: [Int], until: String, paid: Int = 0, created: String, batch: Int? = nil
  ) throws {
    try queue.write { database in
      try database.execute(
        sql: """
          INSERT INTO invoices (token_id, period_start, period_end, total_items, paid, created_at)
          VALUES (?, ?, ?, ?, ?, ?)
          """, arguments: [token, "2024-01-01 08:00:00", until, usages.count, paid, created])
      let id = database.lastInsertedRowID
      if let batch {
        try database.execute(sql: "UPDATE invoices SET batch_id = ? WHERE id = ?", arguments: [batch, id])
      }
      for usage in usages {
        try database.execute(
          sql: "INSERT INTO invoice_items (invoice_id, usage_id, timestamp) VALUES (?, ?, ?)",
          arguments: [id, usage, "2024-01-01 08:00:00"])
      }
    }
  }

  func setting(_ key: String, _ value: String) throws {
    try run("INSERT OR REPLACE INTO settings (key, value) VALUES (?, ?)", [key, value])
  }

  /// Many usages of some tokens in turn, ten minutes apart.
  func coffees(_ count: Int, of tokens: [String]) throws {
    try queue.write { database in
      let statement = try database.makeStatement(
        sql: "INSERT INTO usage_log (token_id, timestamp) VALUES (?, datetime(1600000000 + ?, 'unixepoch'))")
      for number in 0..<count {
        try statement.execute(arguments: [tokens[number % tokens.count], number * 600])
      }
    }
  }
}
