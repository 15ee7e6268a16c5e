/// The words of login, setup and account.
struct LoginWords: Words {
  var login: String
  var password: String
  var wrong: String
  var waitFirst: String
  var waitLast: String
  var setupTitle: String
  var setupWhy: String
  var setUp: String
  var code: String
  var codeWhere: String
  var wrongCode: String
  var newPassword: String
  var repeatPassword: String
  var passwordRule: String
  var passwordTooLong: String
  var notTheSame: String
  var account: String
  var oldPassword: String
  var changePassword: String
  var othersEnd: String
  var passwordChanged: String
  var keys: String
  var keysWhy: String
  var noKeys: String
  var newKey: String
  var name: String
  var badName: String
  var scopes: String
  var noScope: String
  var scopeRead: String
  var scopeWrite: String
  var created: String
  var lastUsed: String
  var never: String
  var createKey: String
  var revoke: String
  var revoked: String
  var tooManyKeys: String

  func wait(_ time: Duration) -> String { "\(waitFirst)\u{A0}\(time.wholeSeconds)\u{A0}\(waitLast)" }

  static let english = LoginWords(
    login: "Log in", password: "Password", wrong: "This is not the password.",
    waitFirst: "There were too many attempts. Try again in", waitLast: "s.",
    setupTitle: "First password",
    setupWhy: "Nobody has set a password yet. Whoever knows it can see and change everything here.",
    setUp: "Set the password", code: "Setup code",
    codeWhere: "It stands in the daemon's log. A browser on the machine itself needs none.",
    wrongCode: "This is not the setup code.", newPassword: "New password",
    repeatPassword: "The same again", passwordRule: "At least 10 characters.",
    passwordTooLong: "At most 1024 bytes.",
    notTheSame: "The two passwords are not the same.", account: "Account", oldPassword: "Present password",
    changePassword: "Change the password", othersEnd: "All other logins end.",
    passwordChanged: "The password was changed.", keys: "Keys for scripts",
    keysWhy: "A script sends its key in the header “Authorization: Bearer …” or “X-API-Key”.",
    noKeys: "There are none.", newKey: "The new key. It is shown this once: copy it now.", name: "Name",
    badName: "The key needs a name that no other has.", scopes: "May",
    noScope: "The key must be allowed something.", scopeRead: "read", scopeWrite: "change",
    created: "Created", lastUsed: "Last used", never: "never", createKey: "Create a key",
    revoke: "Revoke", revoked: "The key was revoked.",
    tooManyKeys: "There are too many keys. Revoke one first.")
  static let german = LoginWords(
    login: "Anmelden", password: "Passwort", wrong: "Das ist nicht das Passwort.",
    waitFirst: "Es gab zu viele Versuche. Versuchen Sie es wieder in", waitLast: "s.",
    setupTitle: "Erstes Passwort",
    setupWhy: "Es gibt noch kein Passwort. Wer es kennt, kann hier alles sehen und ändern.",
    setUp: "Passwort festlegen", code: "Einrichtungscode",
    codeWhere: "Er steht im Protokoll des Dienstes. Ein Browser auf dem Gerät selbst braucht keinen.",
    wrongCode: "Das ist nicht der Einrichtungscode.", newPassword: "Neues Passwort",
    repeatPassword: "Noch einmal dasselbe", passwordRule: "Mindestens 10 Zeichen.",
    passwordTooLong: "Höchstens 1024 Bytes.",
    notTheSame: "Die beiden Passwörter sind nicht gleich.", account: "Konto",
    oldPassword: "Bisheriges Passwort", changePassword: "Passwort ändern",
    othersEnd: "Alle anderen Anmeldungen enden.", passwordChanged: "Das Passwort wurde geändert.",
    keys: "Schlüssel für Skripte",
    keysWhy: "Ein Skript schickt seinen Schlüssel im Kopf „Authorization: Bearer …“ oder „X-API-Key“.",
    noKeys: "Es gibt keine.", newKey: "Der neue Schlüssel. Er wird nur jetzt gezeigt: kopieren Sie ihn.",
    name: "Name", badName: "Der Schlüssel braucht einen Namen, den kein anderer hat.", scopes: "Darf",
    noScope: "Der Schlüssel muss etwas dürfen.", scopeRead: "lesen", scopeWrite: "ändern",
    created: "Erstellt", lastUsed: "Zuletzt benutzt", never: "nie", createKey: "Schlüssel erstellen",
    revoke: "Widerrufen", revoked: "Der Schlüssel wurde widerrufen.",
    tooManyKeys: "Es gibt zu viele Schlüssel. Widerrufen Sie zuerst einen.")
  static let french = LoginWords(
    login: "Se connecter", password: "Mot de passe", wrong: "Ce n’est pas le mot de passe.",
    waitFirst: "Il y a eu trop de tentatives. Réessayez dans", waitLast: "s.",
    setupTitle: "Premier mot de passe",
    setupWhy: "Il n’y a pas encore de mot de passe. Qui le connaît peut tout voir et tout modifier ici.",
    setUp: "Définir le mot de passe", code: "Code d’installation",
    codeWhere: "Il figure dans le journal du service. Un navigateur sur l’appareil même n’en a pas besoin.",
    wrongCode: "Ce n’est pas le code d’installation.", newPassword: "Nouveau mot de passe",
    repeatPassword: "Encore une fois", passwordRule: "Au moins 10 caractères.",
    passwordTooLong: "Au plus 1024 octets.",
    notTheSame: "Les deux mots de passe diffèrent.", account: "Compte",
    oldPassword: "Mot de passe actuel", changePassword: "Changer le mot de passe",
    othersEnd: "Toutes les autres connexions prennent fin.",
    passwordChanged: "Le mot de passe a été changé.", keys: "Clés pour scripts",
    keysWhy:
      "Un script envoie sa clé dans l’en-tête «\u{A0}Authorization: Bearer …\u{A0}» ou «\u{A0}X-API-Key\u{A0}».",
    noKeys: "Il n’y en a pas.",
    newKey: "La nouvelle clé. Elle n’est montrée que maintenant\u{A0}: copiez-la.", name: "Nom",
    badName: "La clé a besoin d’un nom qu’aucune autre ne porte.", scopes: "Droits",
    noScope: "La clé doit donner un droit.", scopeRead: "lire", scopeWrite: "modifier",
    created: "Créée", lastUsed: "Dernier usage", never: "jamais", createKey: "Créer une clé",
    revoke: "Révoquer", revoked: "La clé a été révoquée.",
    tooManyKeys: "Il y a trop de clés. Révoquez-en une d’abord.")
}
