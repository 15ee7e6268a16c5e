import ArgumentParser
import DaemonKit

struct PoursCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pours", abstract: "The last pours, newest first.")

  @Option(help: "How many at most.") var limit = 20
  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func validate() throws {
    guard (1...LedgerState.rememberedPours).contains(limit) else {
      throw ValidationError("--limit is \(limit): give 1 to \(LedgerState.rememberedPours)")
    }
  }

  func run() async throws {
    let configuration = try await options.load()
    let ledger = try await configuration.ledger()
    let pours = Array(ledger.recentPours.suffix(limit).reversed())
    let basis = ledger.basis ?? configuration.basis
    try output.print(pours) {
      tableLines(
        [
          "WHEN", "TAP", "CARD", "BEVERAGE", "VOLUME", "GAS", "REJECTED", "CHARGE", "BALANCE", "ENDED BY",
        ],
        pours.map { pour in
          [
            localText(pour.settled), pour.tap.description, pour.card.description, pour.beverage ?? "-",
            litresText(pour.microlitres), pour.gasMicrolitres.map(litresText) ?? "-",
            pour.rejectedPulses.map { "\($0)" } ?? "-", basis.text(pour.charge),
            pour.balance.map(basis.text) ?? "-", pour.reason.words,
          ]
        })
    }
  }
}

extension PourEnd {
  /// For people.
  var words: String {
    // Each case is named in plain words, one after the other: `cardRemoved` is "card removed".
    rawValue.reduce(into: "") { text, character in
      text += character.isUppercase ? " " + character.lowercased() : String(character)
    }
  }
}
