import DaemonKit
import Foundation
import GRDB

/// Reads the predecessor's SQLite file, `coffee_manager.db`. It checked no types, so every value is looked at.
struct PredecessorDatabase {
  private let zone: TimeZone
  private var books = PredecessorBooks(source: "")
  private var places: [String: Int] = [:]

  /// Reads everything that can be understood. Waits for the disk.
  ///
  /// - Parameters:
  ///   - timeZone: where the predecessor ran: it wrote the ends of invoices in local time.
  ///   - patience: how long a program that is writing to it is waited for.
  /// - Throws: ``ImportError`` when the file cannot be read, is damaged, or is none of its databases.
  static func read(
    path: String, timeZone: TimeZone, patience: Duration = .seconds(5)
  ) throws(ImportError) -> PredecessorBooks {
    let copy = try PredecessorCopy(of: path, patience: patience)
    defer { copy.remove() }
    do {
      return try copy.read { database in
        try checkIntegrity(of: database, path: path)
        var reader = PredecessorDatabase(zone: timeZone)
        try reader.readAll(database, path: path)
        if copy.tookBackAWrite {
          reader.books.notes.add("database", path, "a write to it was interrupted, and was not taken")
        }
        return reader.books
      }
    } catch let error as ImportError {
      throw error
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT {
      throw damaged(path, error.message ?? "\(error.resultCode)")
    } catch {
      throw PredecessorCopy.unreadable(path, error)
    }
  }

  private static func checkIntegrity(of database: Database, path: String) throws {
    let problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(3)")
    guard problems == ["ok"] else { throw damaged(path, problems.joined(separator: "; ")) }
  }

  private static func damaged(_ path: String, _ problem: String) -> ImportError {
    ImportError(
      place: path,
      problem: "is damaged (\(problem)), and nothing was stored: import a backup, or what "
        + "`sqlite3 FILE .recover | sqlite3 NEW_FILE` can save")
  }

  private static let notItsOwnNumber = "its id is no number from 1 to 2^53, or another row has it too"

  private init(zone: TimeZone) { self.zone = zone }

  private mutating func readAll(_ database: Database, path: String) throws {
    for table in ["users", "usage_log"] where try !database.tableExists(table) {
      throw ImportError(
        place: path, problem: "has no table \(table): it is no database of CoffeeManager")
    }
    try readUsers(database)
    try readUsages(database)
    if try database.tableExists("invoices") { try readInvoices(database) }
    if try database.tableExists("invoice_items") { try readItems(database) }
    if try database.tableExists("batch_invoices") { try readBatches(database) }
    if try database.tableExists("settings") { try readSettings(database) }
  }

  /// Calls `body` with each row of a table; a column that the table has not is null.
  private func forEachRow(
    _ database: Database, _ table: String, _ columns: [String], orderedBy order: String,
    _ body: (Row) throws -> Void
  ) throws {
    let present = Set(try database.columns(in: table).map { $0.name.lowercased() })
    let list = columns.map { present.contains($0) || $0 == "rowid" ? $0 : "NULL" }.joined(separator: ", ")
    let rows = try Row.fetchCursor(database, sql: "SELECT \(list) FROM \(table) ORDER BY \(order)")
    while let row = try rows.next() { try body(row) }
  }

  // MARK: Users

  private mutating func readUsers(_ database: Database) throws {
    var users: [PredecessorBooks.User] = []
    var notes = books.notes
    var first: String?
    try forEachRow(
      database, "users",
      [
        "token_id", "user_name", "name", "email_address", "phone_number", "barred", "active", "created_at",
      ], orderedBy: "rowid"
    ) { row in
      let tokenText = Value.text(row[0]) ?? ""
      let created = Value.text(row[7])
      // The first user never changes but for names, so it tells one database from another.
      first = first ?? "\(tokenText)|\(created ?? "")"
      func text(_ index: Int, _ column: String) -> String {
        let (text, isChanged) = Value.cleaned(Value.text(row[index]) ?? "")
        if isChanged {
          notes.add("users", tokenText, "its \(column) had control characters or more than 200 characters")
        }
        return text
      }
      func flag(_ index: Int, _ column: String, else fallback: Int) -> Int {
        if let flag = Value.integer(row[index]) { return flag }
        notes.add(
          "users", tokenText, "its \(column) is no number; taken as \(fallback), as the predecessor did")
        return fallback
      }
      let email = text(3, "e-mail address")
      let phone = text(4, "phone number")
      let time = created.flatMap { PredecessorTime.read($0, zone: .gmt) }
      if time == nil { notes.add("users", tokenText, "it has no date; taken as added now") }
      users.append(
        PredecessorBooks.User(
          tokenText: tokenText, token: Token(tokenText),
          person: Person(
            userName: text(1, "user name"), name: text(2, "name"),
            emailAddress: email.isEmpty ? nil : email, phoneNumber: phone.isEmpty ? nil : phone),
          active: flag(6, "active", else: 0) == 1, barred: flag(5, "barred", else: 1) == 1, created: time))
    }
    for (index, user) in users.enumerated() { places[user.tokenText] = places[user.tokenText] ?? index }
    books.users = users
    books.notes = notes
    books.counts.users = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM users") ?? 0
    books.source = Self.name(of: first ?? "")
  }

  /// FNV-1a, as 16 hexadecimal digits.
  private static func name(of text: String) -> String {
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  // MARK: Usages

  private mutating func readUsages(_ database: Database) throws {
    var usages = PredecessorBooks.Usages()
    var strangers: [String: Int] = [:]
    var (refused, notes) = (books.refused, books.notes)
    let utc = TimeZone.gmt
    var last: Int64 = 0
    try forEachRow(
      database, "usage_log", ["id", "token_id", "timestamp", "coffee_type"], orderedBy: "id"
    ) { row in
      let token = Value.text(row[1]) ?? ""
      guard let id = Value.rowNumber(row[0]), id > last else {
        refused.add("usage_log", Value.text(row[0]) ?? "", Self.notItsOwnNumber)
        usages.refused[token, default: 0] += 1
        return
      }
      last = id
      let place = places[token] ?? strangers[token] ?? books.users.count + strangers.count
      if place == books.users.count + strangers.count {
        strangers[token] = place
        usages.strangers.append(token)
      }
      guard let time = Value.text(row[2]).flatMap({ PredecessorTime.read($0, zone: utc) }) else {
        refused.add("usage_log", "\(id)", "its timestamp is no time")
        usages.refused[token, default: 0] += 1
        return
      }
      let drink = usages.drinkCode(of: Value.text(row[3]) ?? "")
      if drink == nil {
        notes.add("usage_log", "\(id)", "there are too many coffee types; this one was taken as unknown")
      }
      usages.ids.append(id)
      usages.users.append(Int32(place))
      usages.times.append(time.milliseconds)
      usages.drinks.append(drink ?? Drink.unknown.code)
    }
    books.usages = usages
    (books.refused, books.notes) = (refused, notes)
    let counts = try Row.fetchCursor(
      database, sql: "SELECT token_id, COUNT(*) FROM usage_log GROUP BY token_id")
    while let row = try counts.next() { books.counts.usages[Value.text(row[0]) ?? "", default: 0] += row[1] }
  }

  // MARK: Invoices

  private mutating func readInvoices(_ database: Database) throws {
    var invoices: [PredecessorBooks.Invoice] = []
    var (notes, refused) = (books.notes, books.refused)
    var last: Int64 = 0
    try forEachRow(
      database, "invoices",
      [
        "id", "token_id", "period_start", "period_end", "total_items", "paid", "created_at", "batch_id",
      ], orderedBy: "id"
    ) { row in
      let paid = Value.integer(row[5])
      guard let id = Value.rowNumber(row[0]), id > last else {
        refused.add("invoices", Value.text(row[0]) ?? "", Self.notItsOwnNumber)
        if paid ?? 0 != 0 { books.refusedPaidInvoices += 1 }
        return
      }
      last = id
      if paid == nil { notes.add("invoices", "\(id)", "whether it is paid cannot be read; taken as unpaid") }
      let until = Value.text(row[3]).flatMap { PredecessorTime.read($0, zone: zone) }
      if until == nil { notes.add("invoices", "\(id)", "its end is no time; taken as when it was made") }
      invoices.append(
        PredecessorBooks.Invoice(
          id: id, user: Value.text(row[1]).flatMap { places[$0] },
          from: Value.text(row[2]).flatMap { PredecessorTime.read($0, zone: zone) }, until: until,
          totalItems: Value.integer(row[4]), paid: paid.map { $0 != 0 } ?? false,
          created: Value.text(row[6]).flatMap { PredecessorTime.read($0, zone: .gmt) },
          batch: Value.integer(row[7]).map { Int64($0) }))
    }
    books.invoices = invoices
    (books.notes, books.refused) = (notes, refused)
    let counts = try Row.fetchCursor(database, sql: "SELECT paid, COUNT(*) FROM invoices GROUP BY paid")
    while let row = try counts.next() {
      books.counts.invoices += row[1]
      if Value.integer(row[0]) ?? 0 != 0 { books.counts.paidInvoices += row[1] }
    }
  }

  private mutating func readItems(_ database: Database) throws {
    var items: [Int64: [Int64]] = [:]
    var refused = books.refused
    try forEachRow(
      database, "invoice_items", ["rowid", "invoice_id", "usage_id"], orderedBy: "usage_id"
    ) { row in
      guard let invoice = Value.integer(row[1]), let usage = Value.integer(row[2]) else {
        refused.add("invoice_items", Value.text(row[0]) ?? "", "its invoice or its usage is no number")
        return
      }
      items[Int64(invoice), default: []].append(Int64(usage))
    }
    books.items = items
    books.refused = refused
    books.counts.items = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM invoice_items") ?? 0
  }

  private mutating func readBatches(_ database: Database) throws {
    var batches: [PredecessorBooks.Batch] = []
    var refused = books.refused
    var last: Int64 = 0
    try forEachRow(
      database, "batch_invoices", ["id", "period_end", "created_at"], orderedBy: "id"
    ) { row in
      guard let id = Value.rowNumber(row[0]), id > last else {
        refused.add("batch_invoices", Value.text(row[0]) ?? "", Self.notItsOwnNumber)
        return
      }
      last = id
      batches.append(
        PredecessorBooks.Batch(
          id: id, until: Value.text(row[1]).flatMap { PredecessorTime.read($0, zone: zone) },
          created: Value.text(row[2]).flatMap { PredecessorTime.read($0, zone: .gmt) }))
    }
    books.batches = batches
    books.refused = refused
    books.counts.batches = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM batch_invoices") ?? 0
  }

  // MARK: Settings

  private mutating func readSettings(_ database: Database) throws {
    var values: [String: String] = [:]
    var refused = books.refused
    try forEachRow(database, "settings", ["key", "value"], orderedBy: "rowid") { row in
      if let key = Value.text(row[0]), let value = Value.text(row[1]) {
        values[key] = value
      } else {
        refused.add("settings", Value.text(row[0]) ?? "", "its key or its value is no text")
      }
    }
    books.refused = refused
    books.counts.settings = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM settings") ?? 0
    func value<Result>(_ key: String, _ problem: String, _ read: (String) -> Result?) -> Result? {
      guard let text = values.removeValue(forKey: key) else { return nil }
      let value = read(text)
      if value == nil { books.refused.add("settings", key, problem) }
      return value
    }
    books.settings = SettingsChange(
      pricePerCoffee: value("price_per_coffee", "it is no price from 0 to 10000", Value.hundredths),
      invoiceSubject: value("invoice_subject", "it is longer than 200 characters or has control characters") {
        (try? LocalBooks.check($0, of: .name)) == nil ? nil : $0
      },
      invoiceBody: value("invoice_body", "it is longer than 5000 characters or has control characters") {
        (try? LocalBooks.check($0, of: .invoiceBody, atMost: LocalBooks.longestTemplate, allowsLines: true))
          == nil
          ? nil : $0
      },
      masterToken: value("master_token_id", "it is no card's number") { $0.isEmpty ? "" : Token($0)?.text },
      retentionYears: value("retention_years", "it is no number of years from 1 to 100") { text in
        Int(text).flatMap { (1...100).contains($0) ? $0 : nil }
      })
    for key in values.keys.sorted() {
      books.refused.add("settings", key, "there is no such setting here")
    }
  }
}

extension PredecessorBooks.Usages {
  /// nil when there are more texts than codes.
  fileprivate mutating func drinkCode(of text: String) -> UInt8? {
    let text = Value.cleaned(text).text
    if text.isEmpty { return Drink.unknown.code }
    if let drink = Drink(rawValue: text.lowercased()) { return drink.code }
    let place = drinkTexts.firstIndex(of: text) ?? drinkTexts.count
    guard place < Drink.mostTexts else { return nil }
    if place == drinkTexts.count { drinkTexts.append(text) }
    return Drink.firstTextCode + UInt8(place)
  }
}

/// Values of whatever type they have.
private enum Value {
  /// A text as it is, a number in digits; nil for null and for bytes that are no UTF-8.
  static func text(_ value: DatabaseValue) -> String? {
    switch value.storage {
    case .null: nil
    case .int64(let number): "\(number)"
    case .double(let number): "\(number)"
    case .string(let text): text
    case .blob(let data): String(validating: data, as: UTF8.self)
    }
  }

  /// A whole number, also as a text or with a fraction, which is cut off.
  static func integer(_ value: DatabaseValue) -> Int? {
    switch value.storage {
    case .int64(let number): Int(number)
    case .double(let number): Int(exactly: number.rounded(.towardZero))
    case .string(let text): Int(text.trimmingCharacters(in: .whitespaces))
    case .null, .blob: nil
    }
  }

  /// A row's own number.
  static func rowNumber(_ value: DatabaseValue) -> Int64? {
    integer(value).map { Int64($0) }.flatMap { (1...1 << 53).contains($0) ? $0 : nil }
  }

  /// Without control characters and at most as long as a text may be here.
  static func cleaned(_ text: String) -> (text: String, isChanged: Bool) {
    if (try? LocalBooks.check(text, of: .name)) != nil { return (text, false) }
    var clean = ""
    for character in text {
      let part = String(character)
      let next = (try? LocalBooks.check(part, of: .name)) != nil ? part : " "
      guard clean.count < LocalBooks.longestText,
        clean.utf8.count + next.utf8.count <= LocalBooks.longestText * 4
      else { break }
      clean += next
    }
    return (clean, true)
  }

  /// A price such as `1.5` in hundredths, half up; nil unless it is from 0 to 10,000.
  static func hundredths(_ text: String) -> Int64? {
    let parts = text.trimmingCharacters(in: .whitespaces)
      .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let fraction = parts.count > 1 ? parts[1] : ""
    guard let first = parts.first, !first.isEmpty || !fraction.isEmpty,
      (first + fraction).utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let whole = first.isEmpty ? 0 : Int64(first), whole <= 10_000
    else { return nil }
    let digits = fraction.utf8.map { Int64($0 - UInt8(ascii: "0")) } + [0, 0, 0]
    let hundredths = whole * 100 + digits[0] * 10 + digits[1] + (digits[2] >= 5 ? 1 : 0)
    return hundredths <= 1_000_000 ? hundredths : nil
  }
}
