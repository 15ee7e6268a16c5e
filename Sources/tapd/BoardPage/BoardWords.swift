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
  var swapKeg: String
  var litres: String
  var screen: String

  static let english = TapBoardWords(
    tap: "Tap", hold: "Hold to pour", howFar: "How far", keepOpen: "Keep it pulled",
    valve: "Valve", valveOpen: "open", valveClosed: "closed", figures: "Figures", poured: "Really poured",
    counted: "Counted by tapd", difference: "Difference",
    pulses: "Pulses", flow: "Flow", leak: "Make it leak", repairLeak: "Repair the leak",
    swapKeg: "Swap the keg",
    litres: "litres", screen: "Screen")

  static let german = TapBoardWords(
    tap: "Zapfhahn", hold: "Halten zum Zapfen", howFar: "Wie weit", keepOpen: "Gezogen lassen",
    valve: "Ventil", valveOpen: "offen", valveClosed: "zu", figures: "Messwerte", poured: "Wirklich gezapft",
    counted: "Von tapd gezählt", difference: "Differenz",
    pulses: "Impulse", flow: "Durchfluss", leak: "Leck schlagen", repairLeak: "Leck abdichten",
    swapKeg: "Fass wechseln",
    litres: "Liter", screen: "Bildschirm")

  static let french = TapBoardWords(
    tap: "Robinet", hold: "Maintenir pour servir", howFar: "Ouverture", keepOpen: "Laisser tiré",
    valve: "Vanne", valveOpen: "ouverte", valveClosed: "fermée", figures: "Mesures",
    poured: "Réellement servi", counted: "Compté par tapd", difference: "Écart",
    pulses: "Impulsions", flow: "Débit", leak: "Provoquer une fuite", repairLeak: "Réparer la fuite",
    swapKeg: "Changer le fût", litres: "litres", screen: "Écran")
}
