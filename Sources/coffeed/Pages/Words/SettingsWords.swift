import PanelKit

struct SettingsWords: Words {
  var title: String
  var money: String
  var price: String
  var currency: String
  var decimals: String
  var mail: String
  var subject: String
  var body: String
  var placeholders: String
  var unknownPlaceholders: @Sendable (_ names: String) -> String
  var preview: String
  var times: String
  var activation: String
  var coldActivation: String
  var coldAfter: String
  var lockOut: String
  var chargesDrinks: String
  var missingInputs: String
  var master: String
  var masterToken: String
  var masterSet: String
  var masterNone: String
  var masterHint: String
  var masterRemove: String
  var masterFromEnvironment: String
  var masterProblem: @Sendable (MasterTokenProblem) -> String
  var other: String
  var language: String
  var retention: String
  var retentionHint: String
  var applyRetention: String
  var retained: @Sendable (_ usages: Int, _ invoices: Int) -> String
  var seconds: String
  var minutes: String
  var years: String
  var localTime: String
  var savedTitle: String
  var saved: String
  var invalidPriceTitle: String
  /// Up to which price.
  var invalidPrice: @Sendable (_ most: String) -> String
  var invalidTitle: String
  var invalidNumber: @Sendable (_ label: String) -> String
  var invalidTimeTitle: String
  var invalidTime: String
  var timeNotSetTitle: String
  var timeNotSet: String
  var loginNeeded: String

  static let english = SettingsWords(
    title: "Settings", money: "Price", price: "Price per coffee", currency: "Currency",
    decimals: "Digits after the point", mail: "Invoice mail", subject: "Subject", body: "Text",
    placeholders: "Filled in by themselves:",
    unknownPlaceholders: { "Nothing is filled in for \($0): it stays as it is." }, preview: "Preview",
    times: "Machine", activation: "Unlocked for", coldActivation: "Unlocked for, after a long pause",
    coldAfter: "A pause is long after", lockOut: "Locked after too many unknown tokens for",
    chargesDrinks: "Charge what was brewed, not what was unlocked (needs drink inputs)",
    missingInputs: "No drink input is wired: each unlock is charged.",
    master: "Master token", masterToken: "New master token", masterSet: "A master token is set.",
    masterNone: "There is no master token.",
    masterHint: "Turns the machine on until it is shown again. Empty: as it is.",
    masterRemove: "Remove the master token",
    masterFromEnvironment: "It comes from MASTER_TOKEN_ID, which goes before this setting.",
    masterProblem: { problem in
      switch problem {
      case .noCard: "No card can have the master token’s number: lay the card on in scan mode to see its own."
      case .cutShort:
        "The master token holds only three bytes of a card’s number, so other cards may pass for it: give the whole number, which the administration page shows when the card is laid on in scan mode."
      case .ofUser(let name):
        "The master token is the card of \(name): it turns the machine on, and no coffee is charged to it."
      }
    },
    other: "Other", language: "Language", retention: "Keep coffees and invoices for",
    retentionHint: "What is older is taken out of the books in hand; the archive keeps it.",
    applyRetention: "Do it now",
    retained: { "Archived: \($0) coffees and \($1) invoices." }, seconds: "seconds", minutes: "minutes",
    years: "years", localTime: "The machine’s time:", savedTitle: "Saved",
    saved: "Settings were saved.", invalidPriceTitle: "Invalid Price",
    invalidPrice: {
      "Give the price as a number from 0 to \($0), with no more digits after the point than the currency has."
    },
    invalidTitle: "Invalid Setting", invalidNumber: { "\($0): give a whole number." },
    invalidTimeTitle: "Invalid Time", invalidTime: "Give the time as YYYY-MM-DD HH:MM:SS.",
    timeNotSetTitle: "Time Not Set",
    timeNotSet: "The other settings were saved. The clock is set by the system (timedatectl), not here.",
    loginNeeded: "Only subject, body and price can be changed with a key.")

  static let german = SettingsWords(
    title: "Einstellungen", money: "Preis", price: "Preis pro Kaffee", currency: "Währung",
    decimals: "Stellen nach dem Komma", mail: "Rechnungs-E-Mail", subject: "Betreff", body: "Text",
    placeholders: "Von selbst ausgefüllt:",
    unknownPlaceholders: { "Für \($0) wird nichts eingesetzt: Es bleibt stehen." }, preview: "Vorschau",
    times: "Maschine", activation: "Freigabe", coldActivation: "Freigabe nach einer langen Pause",
    coldAfter: "Eine Pause ist lang nach", lockOut: "Sperre nach zu vielen unbekannten Chips",
    chargesDrinks: "Verrechnen, was gebrüht wurde, nicht die Freigabe (braucht Getränke-Eingänge)",
    missingInputs: "Kein Getränke-Eingang ist verdrahtet: Jede Freigabe wird verrechnet.",
    master: "Hauptchip", masterToken: "Neuer Hauptchip", masterSet: "Ein Hauptchip ist gesetzt.",
    masterNone: "Es gibt keinen Hauptchip.",
    masterHint: "Schaltet die Maschine ein, bis er wieder gezeigt wird. Leer: unverändert.",
    masterRemove: "Hauptchip entfernen",
    masterFromEnvironment: "Er kommt aus MASTER_TOKEN_ID; das geht dieser Einstellung vor.",
    masterProblem: { problem in
      switch problem {
      case .noCard:
        "Die Nummer des Hauptchips kann keine Karte haben: Legen Sie die Karte im Aufnahmemodus auf, um ihre zu sehen."
      case .cutShort:
        "Der Hauptchip enthält nur drei Bytes einer Kartennummer, andere Karten können für ihn gelten: Geben Sie die ganze Nummer an, die die Verwaltung zeigt, wenn die Karte im Aufnahmemodus aufliegt."
      case .ofUser(let name):
        "Der Hauptchip ist die Karte von \(name): Sie schaltet die Maschine ein, und kein Kaffee wird ihr verrechnet."
      }
    },
    other: "Weiteres", language: "Sprache", retention: "Bezüge und Rechnungen behalten",
    retentionHint: "Älteres wird aus den laufenden Büchern genommen; das Archiv behält es.",
    applyRetention: "Jetzt ausführen",
    retained: { "Archiviert: \($0) Bezüge und \($1) Rechnungen." }, seconds: "Sekunden",
    minutes: "Minuten", years: "Jahre", localTime: "Uhrzeit der Maschine:", savedTitle: "Gespeichert",
    saved: "Die Einstellungen sind gespeichert.", invalidPriceTitle: "Ungültiger Preis",
    invalidPrice: {
      "Den Preis als Zahl von 0 bis \($0) angeben, mit nicht mehr Stellen nach dem Komma, als die Währung hat."
    },
    invalidTitle: "Ungültige Einstellung", invalidNumber: { "\($0): eine ganze Zahl angeben." },
    invalidTimeTitle: "Ungültige Zeit", invalidTime: "Die Zeit als JJJJ-MM-TT hh:mm:ss angeben.",
    timeNotSetTitle: "Zeit nicht gesetzt",
    timeNotSet:
      "Die übrigen Einstellungen sind gespeichert. Die Uhr stellt das System (timedatectl), nicht diese Seite.",
    loginNeeded: "Mit einem Schlüssel lassen sich nur subject, body und price ändern.")

  static let french = SettingsWords(
    title: "Réglages", money: "Prix", price: "Prix du café", currency: "Monnaie",
    decimals: "Décimales", mail: "E-mail de facture", subject: "Objet", body: "Texte",
    placeholders: "Remplis automatiquement\u{A0}:",
    unknownPlaceholders: { "Rien n’est mis à la place de \($0)\u{A0}: cela reste tel quel." },
    preview: "Aperçu", times: "Machine", activation: "Déverrouillée pendant",
    coldActivation: "Déverrouillée après une longue pause", coldAfter: "Une pause est longue après",
    lockOut: "Blocage après trop de badges inconnus",
    chargesDrinks: "Facturer ce qui est préparé, non le déverrouillage (avec entrées de boissons)",
    missingInputs: "Aucune entrée de boissons n’est câblée\u{A0}: chaque déverrouillage est facturé.",
    master: "Badge maître", masterToken: "Nouveau badge maître", masterSet: "Un badge maître est défini.",
    masterNone: "Il n’y a pas de badge maître.",
    masterHint: "Allume la machine jusqu’à ce qu’on le montre à nouveau. Vide\u{A0}: inchangé.",
    masterRemove: "Supprimer le badge maître",
    masterFromEnvironment: "Il vient de MASTER_TOKEN_ID, qui prime sur ce réglage.",
    masterProblem: { problem in
      switch problem {
      case .noCard:
        "Aucune carte ne peut avoir le numéro du badge maître\u{A0}: posez la carte en mode d’enregistrement pour voir le sien."
      case .cutShort:
        "Le badge maître ne contient que trois octets du numéro d’une carte, d’autres cartes peuvent passer pour lui\u{A0}: indiquez le numéro complet, que la gestion affiche quand la carte est posée en mode d’enregistrement."
      case .ofUser(let name):
        "Le badge maître est la carte de \(name)\u{A0}: elle allume la machine, et aucun café ne lui est facturé."
      }
    },
    other: "Divers", language: "Langue", retention: "Conserver consommations et factures",
    retentionHint: "Le plus ancien sort des livres courants\u{A0}; l’archive le garde.",
    applyRetention: "Exécuter maintenant",
    retained: { "Archivé\u{A0}: \($0) consommations et \($1) factures." }, seconds: "secondes",
    minutes: "minutes", years: "ans", localTime: "Heure de la machine\u{A0}:", savedTitle: "Enregistré",
    saved: "Les réglages sont enregistrés.", invalidPriceTitle: "Prix invalide",
    invalidPrice: { "Indiquez le prix, de 0 à \($0), sans plus de décimales que la monnaie n’en a." },
    invalidTitle: "Réglage invalide", invalidNumber: { "\($0)\u{A0}: indiquez un nombre entier." },
    invalidTimeTitle: "Heure invalide", invalidTime: "Indiquez l’heure sous la forme AAAA-MM-JJ hh:mm:ss.",
    timeNotSetTitle: "Heure non réglée",
    timeNotSet:
      "Les autres réglages sont enregistrés. C’est le système (timedatectl) qui règle l’heure, pas cette page.",
    loginNeeded: "Avec une clé, seuls subject, body et price peuvent être modifiés.")
}
