import PanelKit

/// What stands around every page, and what several pages say alike.
struct CommonWords: Words {
  var transactions: String
  var leaderboard: String
  var history: String
  var invoicing: String
  var administration: String
  var settings: String
  var export: String
  /// The machine, before its state.
  var machine: String
  var previous: String
  var next: String
  /// `page` of `pages`.
  var page: @Sendable (_ page: Int, _ pages: Int) -> String
  var back: String
  var save: String
  var cancel: String
  var yes: String
  var no: String
  /// Announces the reason that follows.
  var refused: @Sendable (BooksError.Kind) -> String
  /// Where the disk does not take it.
  var notRecorded: String
  /// Where the daemon no longer answers a page that keeps itself up to date.
  var connectionLost: String

  static let english = CommonWords(
    transactions: "Transactions", leaderboard: "Leaderboard", history: "History", invoicing: "Invoicing",
    administration: "Administration", settings: "Settings", export: "Export", machine: "Machine:",
    previous: "Newer", next: "Older", page: { "Page \($0) of \($1)" }, back: "Back", save: "Save",
    cancel: "Cancel", yes: "yes", no: "no",
    refused: { kind in
      switch kind {
      case .unknown: "That does not exist (any more)."
      case .exists: "There is one already."
      case .invalid: "A value does not fit."
      case .nothing: "There is nothing to invoice."
      case .tooLate: "It is too late for that."
      case .idReused: "That was sent twice."
      case .importUnfinished: "An import has stopped halfway. Do it again first."
      }
    },
    notRecorded: "It could not be recorded: the disk is full or fails. Free some space and try again.",
    connectionLost: "no connection")

  static let german = CommonWords(
    transactions: "Bezüge", leaderboard: "Rangliste", history: "Verlauf", invoicing: "Rechnungen",
    administration: "Verwaltung", settings: "Einstellungen", export: "Export", machine: "Maschine:",
    previous: "Neuere", next: "Ältere", page: { "Seite \($0) von \($1)" }, back: "Zurück",
    save: "Speichern", cancel: "Abbrechen", yes: "ja", no: "nein",
    refused: { kind in
      switch kind {
      case .unknown: "Das gibt es nicht (mehr)."
      case .exists: "Das gibt es schon."
      case .invalid: "Eine Angabe passt nicht."
      case .nothing: "Es gibt nichts zu verrechnen."
      case .tooLate: "Dafür ist es zu spät."
      case .idReused: "Das wurde zweimal gesendet."
      case .importUnfinished:
        "Ein Import ist auf halbem Weg stehen geblieben. Zuerst noch einmal importieren."
      }
    },
    notRecorded:
      "Das ließ sich nicht aufzeichnen: Die Platte ist voll oder fehlerhaft. Schaffen Sie Platz und versuchen Sie es erneut.",
    connectionLost: "keine Verbindung")

  static let french = CommonWords(
    transactions: "Consommations", leaderboard: "Classement", history: "Historique",
    invoicing: "Facturation", administration: "Gestion", settings: "Réglages", export: "Export",
    machine: "Machine\u{A0}:", previous: "Plus récentes", next: "Plus anciennes",
    page: { "Page \($0) sur \($1)" }, back: "Retour", save: "Enregistrer", cancel: "Annuler", yes: "oui",
    no: "non",
    refused: { kind in
      switch kind {
      case .unknown: "Cela n’existe pas (ou plus)."
      case .exists: "Cela existe déjà."
      case .invalid: "Une valeur ne convient pas."
      case .nothing: "Il n’y a rien à facturer."
      case .tooLate: "Il est trop tard pour cela."
      case .idReused: "Cela a été envoyé deux fois."
      case .importUnfinished: "Une importation s’est arrêtée à mi-chemin. Recommencez-la d’abord."
      }
    },
    notRecorded:
      "Enregistrement impossible\u{A0}: le disque est plein ou défectueux. Libérez de la place et réessayez.",
    connectionLost: "pas de connexion")
}
