/// The words that the pages of all virtual boards share. `Codable`, for the page's script needs some of them too.
public struct BoardWords: Words, Codable {
  var title: String
  var cards: String
  var cardsHint: String
  var reader: String
  var readerEmpty: String
  var layOn: String
  var takeAway: String
  var readerState: String
  var faultNone: String
  var faultDeaf: String
  var faultFrozen: String
  var faultDisconnected: String
  var pins: String
  var pinInput: String
  var pinOutput: String
  var trouble: String
  var pullPlug: String
  /// `{daemon}` is the daemon's name.
  var daemonRuns: String
  var daemonDown: String
  var starts: String
  var connectionLost: String
  var failed: String

  func label(of fault: ReaderFault) -> String {
    switch fault {
    case .none: faultNone
    case .deaf: faultDeaf
    case .frozen: faultFrozen
    case .disconnected: faultDisconnected
    }
  }

  public static let english = BoardWords(
    title: "Virtual board", cards: "Cards", cardsHint: "Drag a card onto the reader, or press its button.",
    reader: "Card reader", readerEmpty: "lay a card here", layOn: "Lay on", takeAway: "Take away",
    readerState: "State of the reader", faultNone: "works", faultDeaf: "deaf", faultFrozen: "frozen",
    faultDisconnected: "unplugged", pins: "Pins", pinInput: "in", pinOutput: "out", trouble: "Trouble",
    pullPlug: "Pull the plug", daemonRuns: "{daemon} runs", daemonDown: "{daemon} is down", starts: "start",
    connectionLost: "Connection lost. Reconnecting…", failed: "This did not work: ")

  public static let german = BoardWords(
    title: "Virtuelles Board", cards: "Karten",
    cardsHint: "Ziehen Sie eine Karte auf den Leser, oder drücken Sie ihren Knopf.",
    reader: "Kartenleser", readerEmpty: "Karte hier auflegen", layOn: "Auflegen", takeAway: "Wegnehmen",
    readerState: "Zustand des Lesers", faultNone: "geht", faultDeaf: "taub", faultFrozen: "hängt",
    faultDisconnected: "ausgesteckt", pins: "Pins", pinInput: "ein", pinOutput: "aus", trouble: "Störungen",
    pullPlug: "Stecker ziehen", daemonRuns: "{daemon} läuft", daemonDown: "{daemon} steht", starts: "Start",
    connectionLost: "Verbindung verloren. Verbindet sich wieder…", failed: "Das ging nicht: ")

  public static let french = BoardWords(
    title: "Carte virtuelle", cards: "Badges",
    cardsHint: "Faites glisser un badge sur le lecteur, ou utilisez son bouton.",
    reader: "Lecteur", readerEmpty: "posez un badge ici", layOn: "Poser", takeAway: "Retirer",
    readerState: "État du lecteur", faultNone: "fonctionne", faultDeaf: "sourd", faultFrozen: "figé",
    faultDisconnected: "débranché", pins: "Broches", pinInput: "entrée", pinOutput: "sortie",
    trouble: "Pannes", pullPlug: "Couper le courant", daemonRuns: "{daemon} tourne",
    daemonDown: "{daemon} est arrêté", starts: "démarrage", connectionLost: "Connexion perdue. Reconnexion…",
    failed: "Échec\u{A0}: ")
}
