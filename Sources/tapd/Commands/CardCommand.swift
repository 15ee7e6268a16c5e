import ArgumentParser
import DaemonKit
import Foundation
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

  @Argument(
    help: "The card's UID, such as 04a1b2c3. `tapd run` logs it when an unknown card is presented.",
    transform: UID.argument)
  var card: UID
  @Option(help: "What is on it, such as 20.00.") var balance: DecimalAmount?
  @Option(help: "A word for people, such as \"table 7\".") var label: String?
  @Option(help: "The first day, such as 2026-12-01.") var validFrom: WallTime?
  @Option(help: "The first day on which it is no longer valid.") var validUntil: WallTime?
  @Flag(help: "A maintenance card: opens the valve without charging.") var maintenance = false
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint { basis in
      .addCard(
        card, kind: maintenance ? .maintenance : .guest, label: label, validFrom: validFrom,
        validUntil: validUntil, amount: try balance?.money(basis, "--balance") ?? .zero)
    }
  }
}

struct CardTopUp: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "top-up", abstract: "Put money on a card.")

  @Argument(help: "The card's UID.", transform: UID.argument) var card: UID
  @Argument(help: "How much, such as 20.00.") var amount: DecimalAmount
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint { .topUp(card, amount: try amount.money($0, "the amount")) }
  }
}

struct CardRefund: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "refund", abstract: "Pay money back.")

  @Argument(help: "The card's UID.", transform: UID.argument) var card: UID
  @Argument(help: "How much, such as 5.00; at most what is on the card.") var amount: DecimalAmount
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint { .refund(card, amount: try amount.money($0, "the amount")) }
  }
}

struct CardBlock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "block", abstract: "Refuse a card from now on.")

  @Argument(help: "The card's UID.", transform: UID.argument) var card: UID
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint { _ in .setBlocked(card, blocked: true) }
  }
}

struct CardUnblock: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unblock", abstract: "Accept a blocked card again.")

  @Argument(help: "The card's UID.", transform: UID.argument) var card: UID
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint { _ in .setBlocked(card, blocked: false) }
  }
}

struct CardValidity: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validity", abstract: "Set the days on which a card is valid; without options, always.")

  @Argument(help: "The card's UID.", transform: UID.argument) var card: UID
  @Option(help: "The first day, such as 2026-12-01.") var from: WallTime?
  @Option(help: "The first day on which it is no longer valid.") var until: WallTime?
  @OptionGroup var options: TapdOptions

  func run() async throws {
    try await options.load().carryOutAndPrint { _ in .setValidity(card, from: from, until: until) }
  }
}

struct CardList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "list", abstract: "All cards.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    let cards = try await configuration.ledger().cards
    let basis = try await configuration.booksBasis()
    let now = WallTime(Date())
    try output.print(cards) {
      tableLines(
        ["UID", "KIND", "BALANCE", "STATE", "POURS", "LABEL"],
        cards.sorted { $0.key.description < $1.key.description }.map { uid, card in
          [
            uid.description, card.kind.rawValue, basis.text(card.balance), card.stateWord(at: now),
            "\(card.pours)", card.label ?? "",
          ]
        })
    }
  }
}

extension LedgerState.Card {
  /// Whether a tap would accept it.
  func stateWord(at now: WallTime) -> String {
    if blocked { return "blocked" }
    if let validFrom, now < validFrom { return "not yet valid" }
    if let validUntil, now >= validUntil { return "expired" }
    return "active"
  }
}
