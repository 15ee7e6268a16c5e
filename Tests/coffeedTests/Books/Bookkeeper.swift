import DaemonKit
import Testing

@testable import coffeed

/// Keeps the same books in the plainest way, from what is asked and answered alone: it never looks at entries or
/// state. Slow, and easy to check by eye.
struct Bookkeeper {
  struct Member {
    var token: Token
    var name: String
    var isActive = true
    var isBarred = false
    /// Seen by the reader in scan mode, and nobody has touched it since.
    var isPending = false
    var isErased = false
  }

  struct Coffee {
    var member: Int
    var time: WallTime
    var invoice: Int?
    var isCancelled = false
    var isArchived = false
  }

  struct Invoice {
    var member: Int
    var items: Set<Int>
    var until: WallTime
    var price: Int64
    var total: Int64
    var isPaid = false
    var isArchived = false
  }

  /// Member n is at n - 1.
  var members: [Member] = []
  var coffees: [Int: Coffee] = [:]
  private(set) var newestNumber = 0
  var invoices: [Int: Invoice] = [:]
  var price: Int64 = 0
  var isScanMode = false
  var chargesDrinks = false
  /// The coffees of each activation that was granted.
  var granted: [ActivationID: [Int]] = [:]

  /// Who a token is: the newest one, for a card may be given to somebody else.
  func member(_ token: Token) -> Int? { members.lastIndex { $0.token == token }.map { $0 + 1 } }

  /// What a token that is shown for the first time must be answered.
  func expected(_ token: Token, coffee: Int) -> LockAnswer {
    if token.text.hasPrefix("08") { return .refused(.random) }
    guard let number = member(token) else { return isScanMode ? .enrolled : .refused(.unknown) }
    let member = members[number - 1]
    if member.isErased { return .refused(.barred) }
    if member.isPending { return isScanMode ? .enrolled : .refused(.inactive) }
    if member.isBarred { return .refused(.barred) }
    if !member.isActive { return .refused(.inactive) }
    return .granted(usage: coffee, userName: member.name)
  }

  mutating func add(_ number: Int, _ coffee: Coffee) {
    #expect(number == newestNumber + 1)
    newestNumber = number
    coffees[number] = coffee
  }

  func isOpen(_ coffee: Coffee) -> Bool { coffee.invoice == nil && !coffee.isCancelled }

  /// What the invoices of all members up to a time must hold: nobody's is empty.
  func open(until: WallTime?) -> [Int: Set<Int>] {
    var open: [Int: Set<Int>] = [:]
    for (number, coffee) in coffees where isOpen(coffee) && coffee.time <= until ?? coffee.time {
      open[coffee.member, default: []].insert(number)
    }
    return open
  }

  /// - Parameter until: as the invoice was asked for; nil for all that there is. Where the clock was put back, some of
  ///   that may be of later than now.
  mutating func invoice(_ number: Int, member: Int, items: Set<Int>, until: WallTime?, now: WallTime) {
    let until = until ?? items.compactMap { coffees[$0]?.time }.reduce(now, max)
    for item in items {
      #expect(coffees[item]?.invoice == nil, "coffee \(item) is on a second invoice")
      coffees[item]?.invoice = number
    }
    invoices[number] = Invoice(
      member: member, items: items, until: until, price: price, total: price * Int64(items.count))
  }

  mutating func applyRetention(before: WallTime) -> (coffees: Int, invoices: Int) {
    var archived = (coffees: 0, invoices: 0)
    for (number, invoice) in invoices where !invoice.isArchived && invoice.isPaid && invoice.until < before {
      guard invoice.items.allSatisfy({ coffees[$0]!.time < before }) else { continue }
      invoices[number]?.isArchived = true
      archived.invoices += 1
      for item in invoice.items {
        coffees[item]?.isArchived = true
        archived.coffees += 1
      }
    }
    for (number, coffee) in coffees where coffee.isCancelled && !coffee.isArchived && coffee.time < before {
      coffees[number]?.isArchived = true
      archived.coffees += 1
    }
    return archived
  }

  /// Compares everything.
  func audit(_ books: BooksReading) {
    let users: [UserView] = books.users().reversed()
    #expect(users.map(\.token) == members.map(\.token))
    var usages = [Int](repeating: 0, count: members.count + 1)
    var open = usages
    for coffee in coffees.values where !coffee.isCancelled {
      usages[coffee.member] += 1
      if coffee.invoice == nil { open[coffee.member] += 1 }
    }
    #expect(users.map(\.usages) == Array(usages.dropFirst()))
    #expect(users.map(\.uninvoiced) == Array(open.dropFirst()))

    let rows = books.usages(pageSize: .max).rows
    #expect(rows.count == coffees.values.count { !$0.isArchived })
    for row in rows {
      guard let coffee = coffees[row.number], coffee.invoice == row.invoice, coffee.time == row.time,
        coffee.isCancelled == row.isCancelled, members[coffee.member - 1].token == row.token
      else {
        Issue.record("coffee \(row.number): \(row), not \(coffees[row.number] as Any)")
        return
      }
    }
    // An invoice is what it was when it was made.
    let shown = books.invoices()
    #expect(shown.count == invoices.values.count { !$0.isArchived })
    var standing: Set<Int> = []
    for view in shown {
      guard let invoice = invoices[view.number] else {
        Issue.record("invoice \(view.number) was never made")
        return
      }
      let items = books.items(ofInvoice: view.number).map(\.usage)
      if Set(items) != invoice.items || items.count != invoice.items.count || view.items != items.count
        || view.total != invoice.total || view.price != invoice.price || view.paid != invoice.isPaid
        || view.until != invoice.until || view.total != view.price * Int64(items.count)
      {
        Issue.record("invoice \(view.number): \(view), not \(invoice)")
      }
      for item in items where !standing.insert(item).inserted {
        Issue.record("coffee \(item) is on two invoices")
      }
    }
    // Every granted activation has its coffees, each of them one.
    let charged = granted.values.flatMap { $0 }
    #expect(charged.count == Set(charged).count && Set(charged) == Set(coffees.keys))
  }
}
