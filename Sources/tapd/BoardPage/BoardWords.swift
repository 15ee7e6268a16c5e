import PanelKit

/// The words of the board page. `Codable`, for the page's script needs some of them too.
struct BoardWords: Words, Codable {
  var title: String
  var cards: String
  var cardsHint: String
  var reader: String
  var readerEmpty: String
  var layOn: String
  var takeAway: String
  var field: String
  var readerState: String
  var faultNone: String
  var faultDeaf: String
  var faultFrozen: String
  var faultDisconnected: String
  var tap: String
  var hold: String
  var howFar: String
  var keepOpen: String
  var valve: String
  var valveOpen: String
  var valveClosed: String
  var sensor: String
  var figures: String
  var poured: String
  var counted: String
  var difference: String
  var pulses: String
  var flow: String
  var pins: String
  var pinInput: String
  var pinOutput: String
  var trouble: String
  var leak: String
  var repairLeak: String
  var swapKeg: String
  var litres: String
  var pullPlug: String
  var keg: String
  var screen: String
  var daemonRuns: String
  var daemonDown: String
  var starts: String
  var connectionLost: String
  var failed: String

  static let english = BoardWords(
    title: "Virtual board", cards: "Cards", cardsHint: "Drag a card onto the reader, or press its button.",
    reader: "Card reader", readerEmpty: "lay a card here", layOn: "Lay on", takeAway: "Take away",
    field: "field", readerState: "State of the reader", faultNone: "works", faultDeaf: "deaf",
    faultFrozen: "frozen", faultDisconnected: "unplugged",
    tap: "Tap", hold: "Hold to pour", howFar: "How far", keepOpen: "Keep it pulled",
    valve: "Valve", valveOpen: "open", valveClosed: "closed", sensor: "Flow sensor",
    figures: "Figures", poured: "Really poured", counted: "Counted by tapd", difference: "Difference",
    pulses: "Pulses", flow: "Flow", pins: "Pins", pinInput: "in", pinOutput: "out",
    trouble: "Trouble", leak: "Make it leak", repairLeak: "Repair the leak", swapKeg: "Swap the keg",
    litres: "litres", pullPlug: "Pull the plug", keg: "Keg", screen: "Screen",
    daemonRuns: "tapd runs", daemonDown: "tapd is down", starts: "start",
    connectionLost: "Connection lost. Reconnecting…", failed: "This did not work: ")

  static let german = BoardWords(
    title: "Virtuelles Board", cards: "Karten",
    cardsHint: "Ziehen Sie eine Karte auf den Leser, oder drücken Sie ihren Knopf.",
    reader: "Kartenleser", readerEmpty: "Karte hier auflegen", layOn: "Auflegen", takeAway: "Wegnehmen",
    field: "Feld", readerState: "Zustand des Lesers", faultNone: "geht", faultDeaf: "taub",
    faultFrozen: "hängt", faultDisconnected: "ausgesteckt",
    tap: "Zapfhahn", hold: "Halten zum Zapfen", howFar: "Wie weit", keepOpen: "Gezogen lassen",
    valve: "Ventil", valveOpen: "offen", valveClosed: "zu", sensor: "Durchflussmesser",
    figures: "Messwerte", poured: "Wirklich gezapft", counted: "Von tapd gezählt", difference: "Differenz",
    pulses: "Impulse", flow: "Durchfluss", pins: "Pins", pinInput: "ein", pinOutput: "aus",
    trouble: "Störungen", leak: "Leck schlagen", repairLeak: "Leck abdichten", swapKeg: "Fass wechseln",
    litres: "Liter", pullPlug: "Stecker ziehen", keg: "Fass", screen: "Bildschirm",
    daemonRuns: "tapd läuft", daemonDown: "tapd steht", starts: "Start",
    connectionLost: "Verbindung verloren. Verbindet sich wieder…", failed: "Das ging nicht: ")

  static let french = BoardWords(
    title: "Carte virtuelle", cards: "Badges",
    cardsHint: "Faites glisser un badge sur le lecteur, ou utilisez son bouton.",
    reader: "Lecteur", readerEmpty: "posez un badge ici", layOn: "Poser", takeAway: "Retirer",
    field: "champ", readerState: "État du lecteur", faultNone: "fonctionne", faultDeaf: "sourd",
    faultFrozen: "figé", faultDisconnected: "débranché",
    tap: "Robinet", hold: "Maintenir pour servir", howFar: "Ouverture", keepOpen: "Laisser tiré",
    valve: "Vanne", valveOpen: "ouverte", valveClosed: "fermée", sensor: "Débitmètre",
    figures: "Mesures", poured: "Réellement servi", counted: "Compté par tapd", difference: "Écart",
    pulses: "Impulsions", flow: "Débit", pins: "Broches", pinInput: "entrée", pinOutput: "sortie",
    trouble: "Pannes", leak: "Provoquer une fuite", repairLeak: "Réparer la fuite",
    swapKeg: "Changer le fût", litres: "litres", pullPlug: "Couper le courant", keg: "Fût",
    screen: "Écran", daemonRuns: "tapd tourne", daemonDown: "tapd est arrêté", starts: "démarrage",
    connectionLost: "Connexion perdue. Reconnexion…", failed: "Échec\u{A0}: ")
}
