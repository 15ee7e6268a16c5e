import HTTPTypes

struct ErrorWords: Words {
  var badRequest: String
  var forbidden: String
  var notFound: String
  var tooLarge: String
  var tooMany: String
  var other: String
  /// Where nothing more is known than the status.
  var hint: String
  var formHint: String
  var busyHint: String
  var logHint: String
  var localHint: String
  var home: String
  var loginNeeded: String
  var setupNeeded: String
  var unknownKey: String
  var scopeMissing: String
  var wrongToken: String
  var foreignPage: String

  static let english = ErrorWords(
    badRequest: "The request could not be understood", forbidden: "Not allowed from here",
    notFound: "There is no such page", tooLarge: "Too much was sent", tooMany: "Too many at once",
    other: "Something went wrong", hint: "Check the address.",
    formHint: "What was sent cannot be read. Go back, load the page again and repeat what you did.",
    busyHint: "Try again in a moment.", logHint: "The daemon’s log says more.",
    localHint: "This answers on the machine itself only, or not to this visitor.", home: "To the start page",
    loginNeeded: "Log in first, or send a key.",
    setupNeeded: "Set a password first: open /setup in a browser.",
    unknownKey: "This key is not valid.", scopeMissing: "This key may not do that.",
    wrongToken: "This form is too old. Go back, load the page again and repeat what you did.",
    foreignPage: "Changes are taken from this server's own pages only.")
  static let german = ErrorWords(
    badRequest: "Die Anfrage war nicht zu verstehen", forbidden: "Von hier aus nicht erlaubt",
    notFound: "Diese Seite gibt es nicht", tooLarge: "Es wurde zu viel gesendet",
    tooMany: "Zu viel auf einmal",
    other: "Etwas ist schiefgegangen", hint: "Prüfen Sie die Adresse.",
    formHint:
      "Was gesendet wurde, ist nicht zu lesen. Gehen Sie zurück, laden Sie die Seite neu und wiederholen Sie die Eingabe.",
    busyHint: "Versuchen Sie es gleich noch einmal.", logHint: "Mehr steht im Protokoll des Dienstes.",
    localHint: "Das geht nur auf der Maschine selbst, oder nicht für diesen Besucher.",
    home: "Zur Startseite",
    loginNeeded: "Melden Sie sich zuerst an.", setupNeeded: "Legen Sie zuerst ein Passwort fest.",
    unknownKey: "Dieser Schlüssel ist nicht gültig.", scopeMissing: "Dieser Schlüssel darf das nicht.",
    wrongToken:
      "Dieses Formular ist zu alt. Gehen Sie zurück, laden Sie die Seite neu und wiederholen Sie die Eingabe.",
    foreignPage: "Änderungen werden nur von den eigenen Seiten dieses Servers angenommen.")
  static let french = ErrorWords(
    badRequest: "Demande incompréhensible", forbidden: "Accès refusé d’ici",
    notFound: "Cette page n’existe pas", tooLarge: "Envoi trop volumineux", tooMany: "Trop de demandes",
    other: "Un problème est survenu", hint: "Vérifiez l’adresse.",
    formHint: "L’envoi est illisible. Revenez en arrière, rechargez la page et recommencez.",
    busyHint: "Réessayez dans un instant.", logHint: "Le journal du service en dit plus.",
    localHint: "Cela n’est possible que sur la machine elle-même, ou pas pour ce visiteur.",
    home: "Page d’accueil",
    loginNeeded: "Connectez-vous d’abord.", setupNeeded: "Définissez d’abord un mot de passe.",
    unknownKey: "Cette clé n’est pas valable.", scopeMissing: "Cette clé n’y donne pas droit.",
    wrongToken: "Ce formulaire est périmé. Revenez en arrière, rechargez la page et recommencez.",
    foreignPage: "Seules les pages de ce serveur peuvent faire des changements.")

  func title(of status: HTTPResponse.Status) -> String {
    switch status {
    case .badRequest, .unsupportedMediaType, .methodNotAllowed: badRequest
    case .forbidden, .unauthorized: forbidden
    case .notFound: notFound
    case .contentTooLarge: tooLarge
    case .tooManyRequests: tooMany
    default: other
    }
  }

  func hint(about status: HTTPResponse.Status) -> String {
    switch status {
    case .badRequest, .unsupportedMediaType: formHint
    case .forbidden: localHint
    case .tooManyRequests, .serviceUnavailable: busyHint
    case .internalServerError: logHint
    default: hint
    }
  }

  func message(of error: PanelError) -> String {
    switch error {
    case .loginNeeded: loginNeeded
    case .setupNeeded: setupNeeded
    case .unknownKey: unknownKey
    case .scopeMissing: scopeMissing
    case .wrongToken: wrongToken
    case .foreignPage: foreignPage
    }
  }
}
