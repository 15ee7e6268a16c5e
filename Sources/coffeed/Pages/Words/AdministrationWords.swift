import PanelKit

struct AdministrationWords: Words {
  var title: String
  var scanTitle: String
  var scanOn: String
  var scanOff: String
  var turnOn: String
  var turnOff: String
  var scanned: String
  var nothingScanned: String
  var nameIt: String
  var reload: String
  var pendingTitle: String
  var noPending: String
  var morePending: @Sendable (_ count: Int) -> String
  var usersTitle: String
  var noUsers: String
  var addTitle: String
  var add: String
  var token: String
  var tokenHint: String
  var userName: String
  var name: String
  var email: String
  var phone: String
  var nickname: String
  var nicknameHint: String
  var state: String
  var actions: String
  var active: String
  var inactive: String
  var barred: String
  var hidden: String
  var edit: String
  var editTitle: @Sendable (_ name: String) -> String
  var editOne: @Sendable (_ name: String) -> String
  var bar: String
  var unbar: String
  var barOne: @Sendable (_ name: String) -> String
  var unbarOne: @Sendable (_ name: String) -> String
  var erase: String
  var eraseTitle: @Sendable (_ name: String) -> String
  var eraseWarning: String
  var eraseConfirm: String
  var erased: @Sendable (_ token: String) -> String
  var saved: @Sendable (_ name: String) -> String
  var created: String
  var lastSeen: String
  var never: String
  var scanModeIsOn: String
  var scanModeIsOff: String
  var invalidToken: String
  var invalidState: String
  /// What an erased user leaves unsettled.
  var debt: @Sendable (Debt, NumberFormat) -> String

  static let english = AdministrationWords(
    title: "Administration", scanTitle: "Scan mode",
    scanOn: "Scan mode is on: an unknown token becomes a pending user. Nobody gets coffee by it.",
    scanOff: "Scan mode is off: an unknown token is refused.", turnOn: "Turn scan mode on",
    turnOff: "Turn scan mode off", scanned: "Just scanned:", nothingScanned: "nothing yet",
    nameIt: "Give it a name", reload: "Reload", pendingTitle: "Pending users",
    noPending: "Nobody is waiting for a name.",
    morePending: {
      "Older ones that are not listed: \($0). On the command line “coffeed user list” shows them, and “coffeed user add” gives one a name."
    }, usersTitle: "Users", noUsers: "No users yet",
    addTitle: "Add a user", add: "Add", token: "Token",
    tokenHint: "8, 14 or 20 hexadecimal digits, as scan mode shows them, or 10 with a check byte.",
    userName: "User name",
    name: "Name", email: "Email", phone: "Phone", nickname: "Nickname",
    nicknameHint: "Shown in the leaderboard instead of the name.", state: "State", actions: "Actions",
    active: "active", inactive: "inactive", barred: "barred", hidden: "Not in the leaderboard",
    edit: "Edit", editTitle: { "Edit \($0)" }, editOne: { "Edit \($0)" }, bar: "Bar", unbar: "Unbar",
    barOne: { "Bar \($0)" }, unbarOne: { "Unbar \($0)" }, erase: "Erase",
    eraseTitle: { "Erase \($0)?" },
    eraseWarning:
      "Name, email, phone and nickname are erased and the token is barred, for good. Coffees and invoices stay, without a name.",
    eraseConfirm: "Erase for good", erased: { "The user of token \($0) was erased." },
    saved: { "\($0) was saved." }, created: "Created", lastSeen: "Last seen", never: "never",
    scanModeIsOn: "Scan mode is on.", scanModeIsOff: "Scan mode is off.",
    invalidToken:
      "A token is 8, 14 or 20 hexadecimal digits, or 10 whose last two are the check byte, such as 04a1b2c3. Scan mode shows it.",
    invalidState: "The state must be active, inactive or barred.",
    debt: { debt, format in
      var parts: [String] = []
      if debt.coffees > 0 { parts.append("coffees on no invoice: \(debt.coffees)") }
      if debt.invoices > 0 { parts.append("unpaid invoices: \(debt.invoices) (\(debt.total(format)))") }
      return "Not settled yet: \(parts.joined(separator: "; ")). Once erased, nobody knows whom to ask."
    })

  static let german = AdministrationWords(
    title: "Verwaltung", scanTitle: "Aufnahmemodus",
    scanOn:
      "Der Aufnahmemodus ist an: Ein unbekannter Chip wird vorgemerkt. Kaffee gibt es damit nicht.",
    scanOff: "Der Aufnahmemodus ist aus: Ein unbekannter Chip wird abgewiesen.",
    turnOn: "Aufnahmemodus einschalten", turnOff: "Aufnahmemodus ausschalten",
    scanned: "Eben gelesen:", nothingScanned: "noch nichts", nameIt: "Benennen", reload: "Neu laden",
    pendingTitle: "Vorgemerkt", noPending: "Niemand wartet auf einen Namen.",
    morePending: {
      "Ältere, die hier nicht stehen: \($0). Auf der Kommandozeile zeigt sie „coffeed user list“, und „coffeed user add“ gibt einen Namen."
    }, usersTitle: "Personen",
    noUsers: "Noch keine Personen", addTitle: "Person hinzufügen", add: "Hinzufügen", token: "Chip",
    tokenHint: "8, 14 oder 20 hexadezimale Ziffern, wie sie der Aufnahmemodus zeigt, oder 10 mit Prüfbyte.",
    userName: "Kürzel",
    name: "Name", email: "E-Mail", phone: "Telefon", nickname: "Spitzname",
    nicknameHint: "Steht in der Rangliste an Stelle des Namens.", state: "Zustand",
    actions: "Aktionen", active: "aktiv", inactive: "inaktiv", barred: "gesperrt",
    hidden: "Nicht in der Rangliste", edit: "Bearbeiten", editTitle: { "\($0) bearbeiten" },
    editOne: { "\($0) bearbeiten" }, bar: "Sperren", unbar: "Entsperren",
    barOne: { "\($0) sperren" }, unbarOne: { "\($0) entsperren" }, erase: "Löschen",
    eraseTitle: { "\($0) löschen?" },
    eraseWarning:
      "Name, E-Mail, Telefon und Spitzname werden endgültig gelöscht und der Chip gesperrt. Bezüge und Rechnungen bleiben ohne Namen erhalten.",
    eraseConfirm: "Endgültig löschen", erased: { "Die Person mit Chip \($0) ist gelöscht." },
    saved: { "\($0) ist gespeichert." }, created: "Erstellt", lastSeen: "Zuletzt gesehen", never: "nie",
    scanModeIsOn: "Der Aufnahmemodus ist an.", scanModeIsOff: "Der Aufnahmemodus ist aus.",
    invalidToken:
      "Ein Chip hat 8, 14 oder 20 hexadezimale Ziffern, oder 10, deren letzte zwei das Prüfbyte sind, etwa 04a1b2c3. Der Aufnahmemodus zeigt sie.",
    invalidState: "Der Zustand muss aktiv, inaktiv oder gesperrt sein.",
    debt: { debt, format in
      var parts: [String] = []
      if debt.coffees > 0 { parts.append("Bezüge auf keiner Rechnung: \(debt.coffees)") }
      if debt.invoices > 0 { parts.append("offene Rechnungen: \(debt.invoices) (\(debt.total(format)))") }
      return
        "Noch nicht beglichen: \(parts.joined(separator: "; ")). Nach dem Löschen weiß niemand mehr, wer das schuldet."
    })

  static let french = AdministrationWords(
    title: "Gestion", scanTitle: "Mode d’enregistrement",
    scanOn:
      "Le mode d’enregistrement est actif\u{A0}: un badge inconnu est mis en attente. Il ne donne pas de café.",
    scanOff: "Le mode d’enregistrement est inactif\u{A0}: un badge inconnu est refusé.",
    turnOn: "Activer le mode d’enregistrement", turnOff: "Désactiver le mode d’enregistrement",
    scanned: "Lu à l’instant\u{A0}:", nothingScanned: "rien encore", nameIt: "Lui donner un nom",
    reload: "Recharger", pendingTitle: "En attente", noPending: "Personne n’attend de nom.",
    morePending: {
      "Plus anciens, non affichés\u{A0}: \($0). En ligne de commande, «\u{A0}coffeed user list\u{A0}» les montre et «\u{A0}coffeed user add\u{A0}» donne un nom."
    },
    usersTitle: "Personnes", noUsers: "Personne encore", addTitle: "Ajouter une personne",
    add: "Ajouter", token: "Badge",
    tokenHint:
      "8, 14 ou 20 chiffres hexadécimaux, comme les montre le mode d’enregistrement, ou 10 avec l’octet de contrôle.",
    userName: "Identifiant", name: "Nom", email: "E-mail", phone: "Téléphone", nickname: "Surnom",
    nicknameHint: "Affiché au classement à la place du nom.", state: "État", actions: "Actions",
    active: "actif", inactive: "inactif", barred: "bloqué", hidden: "Absent du classement",
    edit: "Modifier", editTitle: { "Modifier \($0)" }, editOne: { "Modifier \($0)" }, bar: "Bloquer",
    unbar: "Débloquer", barOne: { "Bloquer \($0)" }, unbarOne: { "Débloquer \($0)" },
    erase: "Effacer", eraseTitle: { "Effacer \($0)\u{202F}?" },
    eraseWarning:
      "Nom, e-mail, téléphone et surnom sont effacés et le badge bloqué, définitivement. Consommations et factures restent, sans nom.",
    eraseConfirm: "Effacer définitivement", erased: { "La personne du badge \($0) est effacée." },
    saved: { "\($0) est enregistré." }, created: "Créé", lastSeen: "Vu", never: "jamais",
    scanModeIsOn: "Le mode d’enregistrement est actif.",
    scanModeIsOff: "Le mode d’enregistrement est inactif.",
    invalidToken:
      "Un badge a 8, 14 ou 20 chiffres hexadécimaux, ou 10 dont les deux derniers sont l’octet de contrôle, par exemple 04a1b2c3. Le mode d’enregistrement les montre.",
    invalidState: "L’état doit être actif, inactif ou bloqué.",
    debt: { debt, format in
      var parts: [String] = []
      if debt.coffees > 0 { parts.append("consommations sans facture\u{A0}: \(debt.coffees)") }
      if debt.invoices > 0 {
        parts.append("factures ouvertes\u{A0}: \(debt.invoices) (\(debt.total(format)))")
      }
      return
        "Pas encore réglé\u{A0}: \(parts.joined(separator: "\u{A0}; ")). Une fois effacé, plus personne ne sait qui le doit."
    })
}
