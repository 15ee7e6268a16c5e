import ArgumentParser
import DaemonKit

struct InvoiceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "invoice", abstract: "Invoices.",
    subcommands: [
      InvoiceCreate.self, InvoiceBatch.self, InvoiceList.self, InvoiceShow.self, InvoicePaid.self,
      InvoiceUnpaid.self,
    ])
}

struct InvoiceCreate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Put all that a user has not been invoiced for on an invoice.")

  @Argument(help: "The user's token.", transform: Token.argument) var token: Token
  @Option(help: "The last day on it, such as 2026-11-30, or up to a moment; now when it is not over.")
  var until: LocalMoment?
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let configuration = try await options.load()
    guard
      case .invoice(let number) = try await configuration.carryOut(
        .createInvoice(token, until: until?.invoiceEnd()))
    else { throw ControlError.unexpected }
    let invoice = try await configuration.invoice(number)
    try output.print(invoice) { [invoice.line] }
    warnOfNoPrice([invoice])
  }
}

struct InvoiceBatch: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "batch", abstract: "An invoice for everybody who has something to pay.")

  @Option(help: "The last day on them, such as 2026-11-30, or up to a moment; now when it is not over.")
  var until: LocalMoment?
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  /// A batch and what is in it.
  private struct Made: Codable {
    var number: Int
    var invoices: [InvoiceView]
  }

  func run() async throws {
    let configuration = try await options.load()
    guard case .batch(let number) = try await configuration.carryOut(.createBatch(until: until?.invoiceEnd()))
    else {
      throw ControlError.unexpected
    }
    let invoices = try await configuration.invoices().filter { $0.batch == number }.reversed()
    try output.print(Made(number: number, invoices: Array(invoices))) {
      ["batch \(number): \(invoices.count) invoices"] + invoices.map(\.line)
    }
    warnOfNoPrice(Array(invoices))
  }
}

struct InvoiceList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "The invoices, newest first.")

  @Option(help: "Only this user's.", transform: Token.argument) var token: Token?
  @Flag(help: "Only those that are not paid.") var unpaid = false
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let invoices = try await options.load().invoices(of: token).filter { !unpaid || !$0.paid }
    try output.print(invoices) {
      tableLines(
        ["NUMBER", "CREATED", "TOKEN", "USER NAME", "NAME", "COFFEES", "TOTAL", "PAID"],
        invoices.map { invoice in
          [
            "\(invoice.number)", localText(invoice.created), invoice.token.text, invoice.userName,
            invoice.name, "\(invoice.items)", invoice.totalText, invoice.paid ? "yes" : "no",
          ]
        })
    }
  }
}

struct InvoiceShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "One invoice and what is on it.")

  @Argument(help: "The invoice's number.") var number: Int
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  private struct Whole: Codable, Sendable {
    var invoice: InvoiceView
    var items: [InvoiceItemView]
  }

  func run() async throws {
    let number = number
    let whole = try await options.load().withAsking { ask in
      guard case .invoice(let invoice) = try await ask(.invoice(number)) else {
        throw ControlError.unexpected
      }
      guard let invoice else { throw LocalBooks.unknownInvoice(number) }
      let items = try await allRows { page in
        guard case .invoiceItems(let items) = try await ask(.invoiceItems(number, page: page)) else {
          throw ControlError.unexpected
        }
        return items
      }
      return Whole(invoice: invoice, items: items)
    }
    try output.print(whole) {
      [
        whole.invoice.line,
        "from \(localText(whole.invoice.from)) until \(localText(whole.invoice.until)), a coffee at "
          + decimalText(whole.invoice.price, decimals: whole.invoice.currencyDecimals),
      ]
        + tableLines(
          ["USAGE", "WHEN", "DRINK"],
          whole.items.map { ["\($0.usage)", localText($0.time), $0.drinkName] })
    }
  }
}

struct InvoicePaid: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "paid", abstract: "An invoice was paid.")

  @Argument(help: "The invoice's number.") var number: Int
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    _ = try await options.load().carryOut(.setInvoicePaid(number, true))
    print("invoice \(number): paid")
  }
}

struct InvoiceUnpaid: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpaid", abstract: "An invoice was not paid after all.")

  @Argument(help: "The invoice's number.") var number: Int
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    _ = try await options.load().carryOut(.setInvoicePaid(number, false))
    print("invoice \(number): not paid")
  }
}

/// An invoice that was made keeps its price.
private func warnOfNoPrice(_ invoices: [InvoiceView]) {
  if invoices.contains(where: { $0.price == 0 }) {
    warn("the price of a coffee \(SettingsView.missingPrice)")
  }
}

extension CoffeedConfiguration {
  fileprivate func invoice(_ number: Int) async throws -> InvoiceView {
    guard case .invoice(let invoice) = try await client.ask(.invoice(number)) else {
      throw ControlError.unexpected
    }
    guard let invoice else { throw LocalBooks.unknownInvoice(number) }
    return invoice
  }

  func invoices(of token: Token? = nil) async throws -> [InvoiceView] {
    try await withAsking { ask in
      try await allRows { page in
        guard case .invoices(let invoices) = try await ask(.invoices(of: token, page: page)) else {
          throw ControlError.unexpected
        }
        return invoices
      }
    }
  }
}

extension InvoiceView {
  fileprivate var totalText: String { "\(decimalText(total, decimals: currencyDecimals)) \(currency)" }

  fileprivate var line: String {
    "invoice \(number): \(name), \(items) coffees, \(totalText), \(paid ? "paid" : "not paid")"
  }
}
