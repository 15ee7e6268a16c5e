import PanelKit

/// The words of the tap's part of the board page. `Codable`, for the page's script needs some of them too.
struct TapBoardWords: Words, Codable {
  var tap: String
  var hold: String
  var howFar: String
  var keepOpen: String
  var valve: String
  var valveOpen: String
  var valveClosed: String
  var figures: String
  var poured: String
  var counted: String
  var difference: String
  var pulses: String
  var flow: String
  var leak: String
  var repairLeak: String
  var newKeg: String
  var topUp: String
  var litres: String
  var screen: String
  /// What stands on the cards, by their ids.
  var cards: [String: String]
  /// What the pins are for, by their roles.
  var roles: [String: String]

  static let english = TapBoardWords(
    tap: "Tap", hold: "Hold to pour", howFar: "How far", keepOpen: "Keep it pulled",
    valve: "Valve", valveOpen: "open", valveClosed: "closed", figures: "Figures", poured: "Really poured",
    counted: "Counted by tapd", difference: "Difference",
    pulses: "Pulses", flow: "Flow", leak: "Make it leak", repairLeak: "Repair the leak",
    newKeg: "New keg", topUp: "Top up", litres: "litres", screen: "Screen", cards: [:], roles: [:])

  static let german = TapBoardWords(
    tap: "Zapfhahn", hold: "Halten zum Zapfen", howFar: "Wie weit", keepOpen: "Gezogen lassen",
    valve: "Ventil", valveOpen: "offen", valveClosed: "zu", figures: "Messwerte", poured: "Wirklich gezapft",
    counted: "Von tapd gezählt", difference: "Differenz",
    pulses: "Impulse", flow: "Durchfluss", leak: "Leck schlagen", repairLeak: "Leck abdichten",
    newKeg: "Neues Fass", topUp: "Aufladen", litres: "Liter", screen: "Bildschirm",
    cards: ["carol": "Carol, gesperrt", "service": "Wartung", "stranger": "Unbekannte Karte"],
    roles: ["valve": "Ventil", "flow meter": "Durchflussmesser", "reader reset": "Reset des Lesers"])

  static let french = TapBoardWords(
    tap: "Robinet", hold: "Maintenir pour servir", howFar: "Ouverture", keepOpen: "Laisser tiré",
    valve: "Vanne", valveOpen: "ouverte", valveClosed: "fermée", figures: "Mesures",
    poured: "Réellement servi", counted: "Compté par tapd", difference: "Écart",
    pulses: "Impulsions", flow: "Débit", leak: "Provoquer une fuite", repairLeak: "Réparer la fuite",
    newKeg: "Nouveau fût", topUp: "Recharger", litres: "litres", screen: "Écran",
    cards: ["carol": "Carol, bloquée", "service": "Entretien", "stranger": "Badge inconnu"],
    roles: ["valve": "vanne", "flow meter": "débitmètre", "reader reset": "reset du lecteur"])
}
