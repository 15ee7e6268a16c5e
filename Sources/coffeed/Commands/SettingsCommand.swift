import ArgumentParser
import DaemonKit

struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings", abstract: "Prices, texts and times, which the pages can change too.",
    subcommands: [SettingsShow.self, SettingsSet.self])
}

struct SettingsShow: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "The settings as they stand.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let settings = try await options.load().settings()
    try output.print(settings) { settings.lines }
  }
}

struct SettingsSet: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set",
    abstract: "Change settings; what is not given stays. Prices count from the next invoice on.")

  @Option(help: "What a coffee costs, such as 0.50.") var price: DecimalAmount?
  @Option(help: "The currency, such as CHF.") var currency: String?
  @Option(help: "How many decimals the currency has; give the price too.") var currencyDecimals: Int?
  @Option(help: "How long a token unlocks.") var activationSeconds: Int?
  @Option(help: "How long it unlocks when the machine has to warm up.") var coldActivationSeconds: Int?
  @Option(help: "Unused for so long, the machine has to warm up.") var coldAfterMinutes: Int?
  @Option(help: "How long too many invalid tokens lock everybody out.") var lockOutSeconds: Int?
  @Option(help: "true: only what was brewed is charged, each drink; false: each unlock.")
  var chargesDrinks: Bool?
  @Option(help: "The token that switches always-on; empty for none. MASTER_TOKEN_ID goes before it.")
  var masterToken: String?
  @Option(help: "en, de or fr.") var language: String?
  @Option(help: "After how many years coffees and paid invoices go to the archive.") var retentionYears: Int?
  @Option(help: "The subject of an invoice's mail, with gaps such as {total_price}; empty for the usual one.")
  var invoiceSubject: String?
  @Option(help: "Its text; empty for the usual one.") var invoiceBody: String?
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let configuration = try await options.load()
    var change = SettingsChange(
      currency: currency, currencyDecimals: currencyDecimals, invoiceSubject: invoiceSubject,
      invoiceBody: invoiceBody, activationSeconds: activationSeconds,
      coldActivationSeconds: coldActivationSeconds, coldAfterMinutes: coldAfterMinutes,
      lockOutSeconds: lockOutSeconds, chargesDrinks: chargesDrinks, masterToken: masterToken,
      language: language, retentionYears: retentionYears)
    if let price {
      let decimals = try await currencyDecimals.asyncOr {
        try await configuration.settings().currencyDecimals
      }
      guard let units = price.scaled(by: decimals) else {
        throw ValidationError("--price has more than \(decimals) decimals, or is too large")
      }
      change.pricePerCoffee = units
    } else if currencyDecimals != nil {
      throw ValidationError("--currency-decimals changes what the price means: give --price too")
    }
    guard change != SettingsChange() else {
      throw ValidationError("nothing to change: give at least one option")
    }
    _ = try await configuration.carryOut(.changeSettings(change))
    let settings = try await configuration.settings()
    settings.lines.forEach { print($0) }
    if settings.chargesDrinks, configuration.wiring.brewInputs.isEmpty {
      warn(CoffeeWiring.missingBrewInputs)
    }
    if let token = settings.masterToken {
      let problem = try await configuration.problem(ofMasterToken: token)
      if let problem { warn(SettingsWords.english.masterProblem(problem)) }
    }
    if let names = InvoiceMail.unknownPlaceholders(
      subject: settings.invoiceSubject, body: settings.invoiceBody)
    {
      warn(SettingsWords.english.unknownPlaceholders(names))
    }
  }
}

extension Optional where Wrapped: Sendable {
  fileprivate func asyncOr(_ other: () async throws -> Wrapped) async rethrows -> Wrapped {
    if let self { return self }
    return try await other()
  }
}

struct ScanModeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan-mode", abstract: "While it is on, an unknown token becomes a pending user.")

  enum State: String, ExpressibleByArgument, CaseIterable, Sendable { case on, off }

  @Argument var state: State
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    _ = try await options.load().carryOut(.setScanMode(state == .on))
    print("scan mode is \(state.rawValue)")
  }
}

extension CoffeedConfiguration {
  fileprivate func problem(ofMasterToken token: Token) async throws -> MasterTokenProblem? {
    let user = try await user(token)
    return MasterTokenProblem(token, of: user)
  }

  func settings() async throws -> SettingsView {
    guard case .settings(let settings) = try await client.ask(.settings) else {
      throw ControlError.unexpected
    }
    return settings
  }
}

extension SettingsView {
  /// For people, a line each.
  var lines: [String] {
    func text(_ text: String) -> String { text.isEmpty ? "the usual one" : text.debugDescription }
    return [
      "price per coffee  \(decimalText(pricePerCoffee, decimals: currencyDecimals)) \(currency)",
      "charged           \(chargesDrinks ? "each drink that was brewed" : "each unlock")",
      "unlocked for      \(activationSeconds) s",
      "when cold         \(coldActivationSeconds) s, after \(coldAfterMinutes) minutes unused",
      "lock-out          \(lockOutSeconds) s",
      "master token      \(masterToken?.text ?? "none")",
      "scan mode         \(isScanMode ? "on" : "off")",
      "language          \(language)",
      "retention         \(retentionYears) years",
      "invoice subject   \(text(invoiceSubject))",
      "invoice body      \(text(invoiceBody))",
    ]
  }
}
