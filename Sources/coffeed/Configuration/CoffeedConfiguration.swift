import DaemonKit
import PanelKit

/// All that can be configured. `docs/coffeed/configuration.md` lists the same keys for people. Prices, texts and
/// times are no configuration but settings in the books, which are changed in the pages.
struct CoffeedConfiguration: Sendable, Equatable {
  var wiring = CoffeeWiring()
  /// Goes before the one in the books' settings.
  var masterToken: Token?
  /// What the books' setting starts with; from then on that setting counts.
  var language = Language.english
  var stateDirectory = "/var/lib/coffeed"
  var panelHost = "0.0.0.0"
  var panelPort = standardPanelPort
  /// Read-only pages without personal data need no login from here.
  var trustedNetworks: [AddressRange] = []
  /// Names by which browsers there may ask, besides addresses and local names.
  var trustedNames: Set<String> = []
  /// Whether a proxy in front of the pages speaks TLS with the browsers.
  var isBehindTLS = false
  /// What was set and does nothing, in words.
  var notices: [String] = []

  /// What the pages' login goes by.
  var access: AccessControl.Settings {
    var settings = AccessControl.Settings()
    settings.trustedNetworks = trustedNetworks
    settings.trustedNames = trustedNames
    settings.isBehindTLS = isBehindTLS
    return settings
  }
}

extension CoffeedConfiguration: DaemonConfiguration {
  static let daemon = "coffeed"
  static let standardPanelPort = 8080

  init(reading reader: inout SettingsReader) {
    wiring = CoffeeWiring(reading: &reader)
    masterToken = reader.parsed(
      "masterToken", aliases: ["MASTER_TOKEN_ID"],
      "give a card's number: it \(Token.shape); phones make up a new one each time"
    ) { text in
      guard let token = Token(text), token.isCards, token.uid?.isRandom != true else { return nil }
      return token
    }
    language = reader.choice("language", default: language)
    stateDirectory =
      reader.text("state.directory", characters: 1...4000, example: stateDirectory) ?? stateDirectory
    readPanel(&reader)
    reader.passOver(variable: "FLASK_DEBUG", because: "there is no debugger that pages could open")
    notices = reader.notices
  }

  private mutating func readPanel(_ reader: inout SettingsReader) {
    panelHost = reader.text("panel.host", aliases: ["FLASK_HOST"], example: panelHost) ?? panelHost
    panelPort = reader.integer(
      "panel.port", aliases: ["FLASK_PORT"], in: 1...65535, "a TCP port", default: panelPort)
    trustedNetworks =
      reader.list(
        "panel.trustedNetworks",
        "give networks with commas between them, such as \"192.168.1.0/24, fd00::/8\""
      ) { AddressRange($0) } ?? trustedNetworks
    trustedNames = Set(
      reader.list(
        "panel.trustedNames", "give host names with commas between them, such as \"coffee.example.org\""
      ) { name in name.contains { "/: ".contains($0) } ? nil : name.lowercased() } ?? [])
    isBehindTLS = reader.bool("panel.behindTLS", default: isBehindTLS)
  }
}
