import DaemonKit
import ArgumentParser
import RC522

struct CardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "card", abstract: "Cards and what is on them.",
    subcommands: [
      CardAdd.self, CardTopUp.self, CardRefund.self, CardBlock.self, CardUnblock.self, CardValidity.self,
      CardList.self,
    ])
}

struct CardAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "add", abstract: "Add a card.")

  @Argument(help: "The card's UID, such as 04a1b2c3. `tapd run` logs it when an unknown card is presented.")
  var card: UID
  @Option(help: "What is on it, such as 20.00.") var balance: DecimalAmount?
  @Option(help: "A word for people, such as \"table 7\".") var label: String?
  @Option(help: "The first day (UTC), such as 2026-12-01.") var validFrom: WallTime?
  @Option(help: "The first day on which it is no longer valid (UTC).") var validUntil: WallTime?
  @Flag(help: "A maintenance card: opens the valve without charging.") var maintenance = false
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    let amount = try balance?.money(decimals: configuration.tap.currencyDecimals) ?? .zero
    let command = LedgerCommand.addCard(
      card, kind: maintenance ? .maintenance : .guest, label: label, validFrom: validFrom,
      validUntil: validUntil, amount: amount)
    try await configuration.carryOutAndPrint(command)
  }
}

struct CardTopUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "top-up", abstract: "Put money on a card.")

  @Argument(help: "The card's UID.") var card: UID
  @Argument(help: "How much, such as 20.00.") var amount: DecimalAmount
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint(
      .topUp(card, amount: amount.money(decimals: configuration.tap.currencyDecimals)))
  }
}

struct CardRefund: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "refund", abstract: "Pay money back.")

  @Argument(help: "The card's UID.") var card: UID
  @Argument(help: "How much, such as 5.00; at most what is on the card.") var amount: DecimalAmount
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint(
      .refund(card, amount: amount.money(decimals: configuration.tap.currencyDecimals)))
  }
}

struct CardBlock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "block", abstract: "Refuse a card from now on.")

  @Argument(help: "The card's UID.") var card: UID
  @OptionGroup var options: TapdOptions

  func run() async throws { try await options.load().carryOutAndPrint(.setBlocked(card, blocked: true)) }
}

struct CardUnblock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unblock", abstract: "Accept a blocked card again.")

  @Argument(help: "The card's UID.") var card: UID
  @OptionGroup var options: TapdOptions

  func run() async throws { try await options.load().carryOutAndPrint(.setBlocked(card, blocked: false)) }
}

struct CardValidity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validity", abstract: "Set the days on which a card is valid; without options, always.")

  @Argument(help: "The card's UID.") var card: UID
  @Option(help: "The first day (UTC), such as 2026-12-01.") var from: WallTime?
  @Option(help: "The first day on which it is no longer valid (UTC).") var until: WallTime?
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint(.setValidity(card, from: from, until: until))
  }
}

struct CardList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "All cards.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    let cards = try await configuration.ledger().cards
    try output.print(cards) {
      tableLines(
        ["UID", "KIND", "BALANCE", "STATE", "POURS", "LABEL"],
        cards.sorted { $0.key.description < $1.key.description }.map { uid, card in
          [
            uid.description, card.kind.rawValue,
            card.balance.text(decimals: configuration.tap.currencyDecimals),
            card.blocked ? "blocked" : "active", "\(card.pours)", card.label ?? "",
          ]
        })
    }
  }
}
