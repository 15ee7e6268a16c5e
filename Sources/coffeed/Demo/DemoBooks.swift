import DaemonKit
import Foundation
import RC522
import VirtualPi

/// The books of `coffeed demo`: an office that has had its coffees for some months.
enum DemoBooks {
  /// A user with a card on the table.
  struct Card: Sendable {
    let id: String
    let label: String
    let card: VirtualCard
    let userName: String
    let name: String
    var isBarred = false
    /// The predecessor's 10 digits stand in the books.
    var isLegacy = false
  }

  /// Made anew each time: a card lies on one table.
  static var cards: [Card] {
    [
      Card(
        id: "anna", label: "Anna",
        card: VirtualCard(uid: [0x04, 0xA1, 0xB2, 0xC3, 0xD4, 0xE5, 0xF6], product: .ntag215),
        userName: "anna", name: "Anna Müller"),
      Card(
        id: "beat", label: "Beat, key fob", card: VirtualCard(uid: [0xDE, 0x4F, 0xA2, 0x11]),
        userName: "beat",
        name: "Beat Keller"),
      Card(
        id: "chiara", label: "Chiara, from the old system", card: VirtualCard(uid: [0xB1, 0xC2, 0xD3, 0xE4]),
        userName: "chiara", name: "Chiara Rossi", isLegacy: true),
      Card(
        id: "david", label: "David, barred", card: VirtualCard(uid: [0xA1, 0xB2, 0xC3, 0xD4]),
        userName: "david",
        name: "David Favre", isBarred: true),
    ]
  }

  /// Those who left their cards at home.
  private static let others = [
    ("elif", "Elif Yılmaz"), ("fabian", "Fabian Meier"), ("giulia", "Giulia Bianchi"), ("hans", "Hans Weber"),
    ("ines", "Inès Favre"), ("juerg", "Jürg O’Neill"), ("katja", "Katja Novak"), ("luc", "Luc Morel"),
  ]

  private static let days = 120
  private static let coffeesOnAWorkingDay = 18

  /// Fills new books. Those of an earlier run stay as they are.
  static func fill(_ books: StoredBooks, master: Token?) async throws {
    guard books.store.read({ $0.users.count == 0 }) else { return }
    let today = WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
    _ = try await books.take(predecessor(until: today, master: master))
  }

  /// All of it comes as an import does: with times that are past.
  static func predecessor(until end: WallTime, master: Token?, seed: UInt64 = 2026) -> PredecessorBooks {
    var random = SeededRandom(seed: seed)
    var books = PredecessorBooks(source: "demo")
    books.settings = SettingsChange(pricePerCoffee: 60, masterToken: master?.text ?? "")
    books.counts.settings = 2
    let calendar = LocalCalendar.system
    let today = calendar.date(end)
    let start = calendar.time(CivilTime(date: today.adding(days: -days), secondOfDay: 0))
    books.users = users(created: start)
    books.counts.users = books.users.count
    for day in stride(from: days, through: 0, by: -1) {
      let date = today.adding(days: -day)
      for second in seconds(isWorkingDay: date.weekday < 5, using: &random) {
        let time = calendar.time(CivilTime(date: date, secondOfDay: second))
        // Some drink more than others, and the barred one has had none for long.
        let people = 0..<books.users.count
        let user = min(Int.random(in: people, using: &random), Int.random(in: people, using: &random))
        guard time < end, !books.users[user].barred || day > days / 2 else { continue }
        let id = Int64(books.usages.ids.count + 1)
        books.usages.ids.append(id)
        books.usages.users.append(Int32(user))
        books.usages.times.append(time.milliseconds)
        books.usages.drinks.append(
          [Drink.single, .single, .double, .unknown].randomElement(using: &random)?.code ?? 0)
        books.counts.usages[books.users[user].tokenText, default: 0] += 1
      }
    }
    addInvoices(
      to: &books, from: start,
      until: calendar.time(CivilTime(date: today.adding(days: -days / 3), secondOfDay: 0)))
    return books
  }

  private static func users(created: WallTime) -> [PredecessorBooks.User] {
    var users = cards.compactMap { card in
      UID(card.card.uid).map { uid in
        user(
          card.isLegacy ? LegacyUID(uid).description : uid.description, card.userName, card.name,
          isBarred: card.isBarred, created: created)
      }
    }
    for (index, (userName, name)) in others.enumerated() {
      users.append(user("04c0ffee0000\(10 + index)", userName, name, isBarred: false, created: created))
    }
    return users
  }

  private static func user(
    _ token: String, _ userName: String, _ name: String, isBarred: Bool, created: WallTime
  ) -> PredecessorBooks.User {
    PredecessorBooks.User(
      tokenText: token, token: Token(token),
      person: Person(userName: userName, name: name, emailAddress: "\(userName)@example.org"), active: true,
      barred: isBarred, created: created)
  }

  /// When coffees are had on a day: in the morning, after lunch, and hardly at week-ends.
  private static func seconds(isWorkingDay: Bool, using random: inout SeededRandom) -> [Int] {
    let count =
      isWorkingDay
      ? coffeesOnAWorkingDay + Int.random(in: -6...6, using: &random) : Int.random(in: 0...2, using: &random)
    return (0..<count).map { _ in
      let hour = [7, 8, 8, 9, 9, 9, 10, 10, 11, 13, 13, 14, 15, 16].randomElement(using: &random) ?? 9
      return hour * 3600 + Int.random(in: 0..<3600, using: &random)
    }.sorted()
  }

  /// One batch for what is older; most of it has been paid.
  private static func addInvoices(to books: inout PredecessorBooks, from start: WallTime, until end: WallTime)
  {
    books.batches = [PredecessorBooks.Batch(id: 1, until: end, created: end)]
    books.counts.batches = 1
    for user in books.users.indices {
      let items = books.usages.ids.indices.filter {
        Int(books.usages.users[$0]) == user && books.usages.times[$0] < end.milliseconds
      }
      guard !items.isEmpty else { continue }
      let id = Int64(books.invoices.count + 1)
      let isPaid = user % 3 != 0
      books.invoices.append(
        PredecessorBooks.Invoice(
          id: id, user: user, from: start, until: end, totalItems: items.count, paid: isPaid, created: end,
          batch: 1))
      books.items[id] = items.map { books.usages.ids[$0] }
      books.counts.invoices += 1
      books.counts.items += items.count
      if isPaid { books.counts.paidInvoices += 1 }
    }
  }
}
