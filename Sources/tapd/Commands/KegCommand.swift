import ArgumentParser
import DaemonKit

struct KegCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keg", abstract: "The keg on this tap.",
    subcommands: [KegMount.self, KegUnmount.self, KegPrice.self, KegNotEmpty.self, KegStatus.self])
}

struct KegMount: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mount", abstract: "A full keg is on the tap; it replaces the one before.")

  @Argument(help: "What is in it, such as \"Blonde\".") var beverage: String
  @Option(help: "How much is in it, in litres.") var litres: DecimalAmount
  @Option(help: "What a litre costs, such as 6.50.") var price: DecimalAmount
  @Option(help: "What must stay in it, in litres.") var reserve: DecimalAmount?
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint { basis in
      .mountKeg(
        configuration.tap.tap, beverage: beverage, microlitres: try litres.microlitres("--litres"),
        reserveMicrolitres: try reserve?.microlitres("--reserve") ?? 0,
        pricePerLitre: try price.money(basis, "--price"))
    }
  }
}

struct KegUnmount: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unmount", abstract: "Take the keg off the tap.")

  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint { _ in .unmountKeg(configuration.tap.tap) }
  }
}

struct KegPrice: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "price", abstract: "Change the price per litre, from the next pour on.")

  @Argument(help: "What a litre costs, such as 6.50.") var price: DecimalAmount
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint { basis in
      .setKegPrice(configuration.tap.tap, pricePerLitre: try price.money(basis, "the price"))
    }
  }
}

struct KegNotEmpty: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "not-empty",
    abstract: "The keg that was taken for empty is not: serve from it, and take that flow for usual.")

  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint { _ in .declareKegNotEmpty(configuration.tap.tap) }
  }
}

struct KegStatus: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "status", abstract: "What is in the keg.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    let ledger = try await configuration.ledger()
    try ledger.checkServed(configuration.tap.tap)
    let tap = ledger.taps[configuration.tap.tap] ?? LedgerState.Tap()
    try output.print(tap) {
      var lines = ["tap        \(configuration.tap.tap)", "in service \(tap.inService ? "yes" : "no")"]
      guard let keg = tap.keg else { return lines + ["keg        none: mount one with `tapd keg mount`"] }
      let basis = ledger.basis ?? configuration.basis
      lines += [
        "keg        \(keg.beverage) (number \(keg.number))",
        "remaining  \(litresText(keg.remainingMicrolitres)) of \(litresText(keg.capacityMicrolitres))",
        "reserve    \(litresText(keg.reserveMicrolitres))",
        "price      \(basis.text(keg.pricePerLitre)) a litre",
      ]
      if let doubt = keg.doubt {
        lines.append(
          "empty?     gas since \(localText(doubt.since)): mount a keg, or say `tapd keg not-empty`")
      }
      return lines
    }
  }
}

struct ServiceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service", abstract: "Take the tap out of service, or put it back.")

  enum State: String, ExpressibleByArgument, CaseIterable, Sendable { case on, off }

  @Argument(help: "`off`: only maintenance cards open the valve.") var state: State
  @OptionGroup var options: TapdOptions

  func run() async throws {
    let configuration = try await options.load()
    try await configuration.carryOutAndPrint { _ in
      .setInService(configuration.tap.tap, inService: state == .on)
    }
  }
}
