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
      scanMode: machine.scanMode)
    wordsText = (try? JSONText.encode(script)) ?? "{}"
    drinks = CoffeeWiring.brewedDrinks.map { DrinkButton(drink: $0.rawValue, label: words.label(of: $0)) }
  }

  /// What the page's script says.
  private struct Script: Encodable {
    var phases: [String: String]
    var notices: [String: String]
    var scanMode: String
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
    openPages: "Die Seiten öffnen")

  static let french = CoffeeBoardWords(
    machine: "Machine à café", single: "Simple", double: "Double", steam: "Vapeur", power: "Courant",
    drinksHint: "Les boutons marchent tant que la machine est libérée.", lock: "Verrou", pages: "Pages",
    openPages: "Ouvrir les pages")
}
