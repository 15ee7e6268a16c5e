import PanelKit

/// What the coffee machine's part of the board page reads.
struct CoffeeBoardContent {
  var words: CoffeeBoardWords
  var wordsText: String
  var drinks: [DrinkButton]

  struct DrinkButton {
    var drink: String
    var label: String
  }

  init(_ language: Language) {
    let words = CoffeeBoardWords.in(language)
    self.words = words
    let machine = MachineWords.in(language)
    let script = Script(
      phases: LockView.Phase.allCases.reduce(into: [:]) { $0[$1.rawValue] = machine.phase($1) },
      notices: LockView.Notice.allCases.reduce(into: [:]) { $0[$1.rawValue] = machine.notice($1) },
      scanMode: machine.scanMode, cards: words.cards, roles: words.roles)
    wordsText = (try? JSONText.encode(script)) ?? "{}"
    drinks = CoffeeWiring.brewedDrinks.map { DrinkButton(drink: $0.rawValue, label: words.label(of: $0)) }
  }

  /// What the page's script says.
  private struct Script: Encodable {
    var phases: [String: String]
    var notices: [String: String]
    var scanMode: String
    var cards: [String: String]
    var roles: [String: String]
  }
}

/// The words of the coffee machine's part of the board page.
struct CoffeeBoardWords: Words {
  var machine: String
  var single: String
  var double: String
  var steam: String
  var power: String
  var drinksHint: String
  var lock: String
  var pages: String
  var openPages: String
  /// What stands on the cards, by their ids.
  var cards: [String: String] = [:]
  /// What the pins are for, by their roles.
  var roles: [String: String] = [:]

  func label(of drink: Drink) -> String {
    switch drink {
    case .single: single
    case .double: double
    case .steam: steam
    case .unknown: ""
    }
  }

  static let english = CoffeeBoardWords(
    machine: "Coffee machine", single: "Single", double: "Double", steam: "Steam", power: "Power",
    drinksHint: "The buttons work while the machine is unlocked.", lock: "Lock", pages: "Pages",
    openPages: "Open the pages")

  static let german = CoffeeBoardWords(
    machine: "Kaffeemaschine", single: "Einfach", double: "Doppelt", steam: "Dampf", power: "Strom",
    drinksHint: "Die Knöpfe gehen, solange die Maschine freigegeben ist.", lock: "Sperre", pages: "Seiten",
    openPages: "Die Seiten öffnen",
    cards: [
      "beat": "Beat, Schlüsselanhänger", "chiara": "Chiara, vom alten System", "david": "David, gesperrt",
      "master": "Hauptkarte", "stranger": "Unbekannte Karte",
    ],
    roles: [
      "power relay": "Relais Strom", "single coffee relay": "Relais Einfach",
      "double coffee relay": "Relais Doppelt",
      "steam relay": "Relais Dampf", "red LED": "rote LED", "green LED": "grüne LED",
      "single brew input": "Eingang Einfach", "double brew input": "Eingang Doppelt",
      "steam brew input": "Eingang Dampf", "reader reset": "Reset des Lesers",
    ])

  static let french = CoffeeBoardWords(
    machine: "Machine à café", single: "Simple", double: "Double", steam: "Vapeur", power: "Courant",
    drinksHint: "Les boutons marchent tant que la machine est libérée.", lock: "Verrou", pages: "Pages",
    openPages: "Ouvrir les pages",
    cards: [
      "beat": "Beat, porte-clés", "chiara": "Chiara, de l’ancien système", "david": "David, bloqué",
      "master": "Badge maître", "stranger": "Badge inconnu",
    ],
    roles: [
      "power relay": "relais courant", "single coffee relay": "relais simple",
      "double coffee relay": "relais double",
      "steam relay": "relais vapeur", "red LED": "LED rouge", "green LED": "LED verte",
      "single brew input": "entrée simple", "double brew input": "entrée double",
      "steam brew input": "entrée vapeur", "reader reset": "reset du lecteur",
    ])
}
