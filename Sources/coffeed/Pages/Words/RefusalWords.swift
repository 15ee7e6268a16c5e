import PanelKit

/// Why the books refused something, in the reader's language.
struct RefusalWords: Words {
  var reason: @Sendable (BooksError.Reason) -> String

  /// What a page says about an error: nil where only the books' own English words would be left.
  static func text(_ error: BooksError, _ language: Language) -> String? {
    if let reason = error.reason { return RefusalWords.in(language).reason(reason) }
    return language == .english ? error.description : nil
  }

  static let english = RefusalWords { reason in
    let field = { (field: BooksError.Field) in Self.name(of: field, in: .english) }
    switch reason {
    case .unknownUser: return "There is no user with this token (any more)."
    case .severalUsers(let tokens):
      return "This token is cut short and may mean the cards \(tokens.joined(separator: ", ")): "
        + "name the card by its full number."
    case .noCard: return AdministrationWords.english.invalidToken
    case .randomToken: return "This number is made up anew each time, as phones do: use a card or a tag."
    case .knownToken: return "A user has this token already: change that one."
    case .knownTokenAs(let token):
      return
        "The user is there already as \(token), another form of the same card: change that one. If it is "
        + "another card with the same short form, bar \(token) and add each card by its full number."
    case .badText(let name, let characters):
      return "\(field(name)): at most \(characters) characters, and no control characters."
    case .outOfRange(let name, let value, let from, let through):
      return "\(Self.number(name, in: .english)): \(value) is not in \(from) to \(through)."
    case .noCurrency: return "The currency must have 1 to 8 characters."
    case .noLanguage: return "The language must be English, German or French."
    case .noMasterToken:
      return
        "The master token must be a card’s number that stays the same: 8, 14 or 20 hexadecimal digits, or 10 with the check byte."
    case .usageNotInHand: return "This transaction is not in the books in hand."
    case .usageUndone: return "This transaction was undone already."
    case .usageOnInvoice(let invoice): return "It stands on invoice \(invoice) and stays there."
    case .undoTooLate:
      return "It is older than five minutes, or the machine was started since: it stays in the books."
    case .invoiceNotInHand: return "This invoice is not in the books in hand."
    case .nothingToInvoice: return "There is no coffee to put on an invoice."
    case .futureEnd: return "The end is in the future: coffees that are not brewed yet cannot be charged."
    }
  }

  static let german = RefusalWords { reason in
    let field = { (field: BooksError.Field) in Self.name(of: field, in: .german) }
    switch reason {
    case .unknownUser: return "Eine Person mit diesem Chip gibt es nicht (mehr)."
    case .severalUsers(let tokens):
      return "Diese Nummer ist gekürzt und kann die Karten \(tokens.joined(separator: ", ")) meinen: "
        + "Geben Sie die ganze Nummer der Karte an."
    case .noCard: return AdministrationWords.german.invalidToken
    case .randomToken:
      return
        "Diese Nummer wird jedes Mal neu erfunden, wie von Telefonen: Nehmen Sie eine Karte oder einen Chip."
    case .knownToken: return "Diesen Chip hat schon jemand: Ändern Sie diesen Eintrag."
    case .knownTokenAs(let token):
      return "Die Person gibt es schon mit \(token), einer anderen Form derselben Karte: Ändern Sie diesen "
        + "Eintrag. Ist es eine andere Karte mit derselben Kurzform, sperren Sie \(token) und nehmen Sie beide "
        + "Karten mit ihrer ganzen Nummer auf."
    case .badText(let name, let characters):
      return "\(field(name)): höchstens \(characters) Zeichen und keine Steuerzeichen."
    case .outOfRange(let name, let value, let from, let through):
      return "\(Self.number(name, in: .german)): \(value) liegt nicht zwischen \(from) und \(through)."
    case .noCurrency: return "Die Währung muss 1 bis 8 Zeichen haben."
    case .noLanguage: return "Die Sprache muss Englisch, Deutsch oder Französisch sein."
    case .noMasterToken:
      return
        "Der Hauptchip muss eine Kartennummer haben, die gleich bleibt: 8, 14 oder 20 hexadezimale Ziffern, oder 10 mit dem Prüfbyte."
    case .usageNotInHand: return "Dieser Bezug steht nicht in den laufenden Büchern."
    case .usageUndone: return "Dieser Bezug ist schon rückgängig gemacht."
    case .usageOnInvoice(let invoice): return "Er steht auf Rechnung \(invoice) und bleibt dort."
    case .undoTooLate:
      return
        "Er ist älter als fünf Minuten, oder die Maschine wurde seither gestartet: Er bleibt in den Büchern."
    case .invoiceNotInHand: return "Diese Rechnung steht nicht in den laufenden Büchern."
    case .nothingToInvoice: return "Es gibt keinen Kaffee, der auf eine Rechnung käme."
    case .futureEnd:
      return "Das Ende liegt in der Zukunft: Was noch nicht gebrüht ist, lässt sich nicht verrechnen."
    }
  }

  static let french = RefusalWords { reason in
    let field = { (field: BooksError.Field) in Self.name(of: field, in: .french) }
    switch reason {
    case .unknownUser: return "Aucune personne n’a ce badge (ou plus)."
    case .severalUsers(let tokens):
      return "Ce numéro est abrégé et peut désigner les cartes \(tokens.joined(separator: ", "))\u{A0}: "
        + "indiquez le numéro complet de la carte."
    case .noCard: return AdministrationWords.french.invalidToken
    case .randomToken:
      return "Ce numéro change à chaque fois, comme avec un téléphone\u{A0}: prenez une carte ou un badge."
    case .knownToken: return "Quelqu’un a déjà ce badge\u{A0}: modifiez cette personne."
    case .knownTokenAs(let token):
      return
        "La personne existe déjà sous \(token), une autre forme de la même carte\u{A0}: modifiez-la. Si c’est "
        + "une autre carte avec la même forme abrégée, bloquez \(token) et ajoutez chaque carte par son numéro "
        + "complet."
    case .badText(let name, let characters):
      return "\(field(name))\u{A0}: au plus \(characters) caractères, sans caractères de contrôle."
    case .outOfRange(let name, let value, let from, let through):
      return "\(Self.number(name, in: .french))\u{A0}: \(value) n’est pas entre \(from) et \(through)."
    case .noCurrency: return "La monnaie doit avoir de 1 à 8 caractères."
    case .noLanguage: return "La langue doit être l’anglais, l’allemand ou le français."
    case .noMasterToken:
      return
        "Le badge maître doit avoir un numéro qui reste le même\u{A0}: 8, 14 ou 20 chiffres hexadécimaux, ou 10 avec l’octet de contrôle."
    case .usageNotInHand: return "Cette consommation n’est pas dans les livres courants."
    case .usageUndone: return "Cette consommation est déjà annulée."
    case .usageOnInvoice(let invoice): return "Elle est sur la facture \(invoice) et y reste."
    case .undoTooLate:
      return
        "Elle date de plus de cinq minutes, ou la machine a redémarré depuis\u{A0}: elle reste dans les livres."
    case .invoiceNotInHand: return "Cette facture n’est pas dans les livres courants."
    case .nothingToInvoice: return "Il n’y a pas de café à facturer."
    case .futureEnd:
      return "La fin est dans le futur\u{A0}: ce qui n’est pas encore préparé ne peut pas être facturé."
    }
  }

  /// What a field is called on its form.
  private static func name(of field: BooksError.Field, in language: Language) -> String {
    let person = AdministrationWords.in(language)
    let settings = SettingsWords.in(language)
    return switch field {
    case .userName: person.userName
    case .name: person.name
    case .emailAddress: person.email
    case .phoneNumber: person.phone
    case .nickname: person.nickname
    case .price: settings.price
    case .currency: settings.currency
    case .activation: settings.activation
    case .coldActivation: settings.coldActivation
    case .coldAfter: settings.coldAfter
    case .lockOut: settings.lockOut
    case .retention: settings.retention
    case .invoiceSubject: settings.subject
    case .invoiceBody: settings.body
    }
  }

  /// The only number of a currency is that of its decimals.
  private static func number(_ field: BooksError.Field, in language: Language) -> String {
    field == .currency ? SettingsWords.in(language).decimals : name(of: field, in: language)
  }
}
