import DaemonKit
import Testing

@testable import PanelKit
@testable import coffeed

/// What the books refuse is said in the reader's language, and in no other one.
@Suite(.timeLimit(.minutes(15))) struct RefusalTests {
  private static let long = String(repeating: "x", count: 6000)
  private static let settings = [
    ("price", "1"), ("currency", "EUR"), ("currency_decimals", "2"), ("subject", "S"), ("body", "B"),
    ("activation_seconds", "40"), ("cold_activation_seconds", "120"), ("cold_after_minutes", "60"),
    ("lock_out_seconds", "600"), ("language", "de"), ("retention_years", "7"),
  ]

  /// What is sent where, and a word of the answer in German and French.
  struct Case: Sendable {
    var path: String
    var fields: [(String, String)]
    var german: String
    var french: String

    init(_ path: String, _ fields: [(String, String)], _ german: String, _ french: String) {
      (self.path, self.fields, self.german, self.french) = (path, fields, german, french)
    }

    static func settings(_ field: String, _ value: String, _ german: String, _ french: String) -> Case {
      let fields = RefusalTests.settings.filter { $0.0 != field } + [(field, value)]
      return Case("/settings", fields, german, french)
    }
  }

  private static let person = [("user_name", "x"), ("name", "X")]
  static let cases = [
    Case("/administration/user", person + [("token_id", "a1b2c3d4")], "hat schon jemand", "déjà ce badge"),
    Case("/administration/user", person + [("token_id", "a1b2c3d404")], "anderen Form", "autre forme"),
    Case(
      "/administration/user", person + [("token_id", "08112233")], "jedes Mal neu", "change à chaque fois"),
    Case("/administration/user", person + [("token_id", "x")], "hexadezimale", "hexadécimaux"),
    Case(
      "/administration/user", [("user_name", "x"), ("name", long), ("token_id", "01020304")],
      "Name: höchstens 200", "Nom\u{A0}: au plus 200"),
    Case(
      "/administration/user/a1b2c3d4", [("user_name", long), ("name", "X")], "Kürzel: höch",
      "Identifiant\u{A0}"),
    Case(
      "/administration/user/a1b2c3d4", person + [("email_address", "a\u{7}")], "E-Mail: höch",
      "E-mail\u{A0}: au plus"),
    Case(
      "/administration/user/a1b2c3d4", person + [("phone_number", long)], "Telefon: h", "Téléphone\u{A0}: au"),
    Case("/administration/user/a1b2c3d4", person + [("nickname", long)], "Spitzname: h", "Surnom\u{A0}: au"),
    Case("/administration/user/a1b2c3d4", person + [("state", "god")], "Der Zustand muss", "L’état doit"),
    Case("/transactions/1/undo", [], "Er steht auf Rechnung 1", "Elle est sur la facture 1"),
    Case("/transactions/77/undo", [], "Dieser Bezug steht nicht", "Cette consommation n’est pas"),
    .settings("price", "99999999", "Preis als Zahl von 0 bis 10000.00", "de 0 à 10000.00"),
    .settings("currency", "", "1 bis 8 Zeichen", "de 1 à 8 caractères"),
    .settings("currency", "a very long name", "Währung: höchstens 8", "Monnaie\u{A0}: au plus 8"),
    .settings("currency_decimals", "9", "Stellen nach dem Komma: 9", "Décimales\u{A0}: 9"),
    .settings("activation_seconds", "0", "Freigabe: 0 liegt", "pendant\u{A0}: 0 n’est"),
    .settings("cold_activation_seconds", "99999", "Pause: 99999 liegt", "pause\u{A0}: 99999 n’est"),
    .settings("cold_after_minutes", "-1", "lang nach: -1 liegt", "longue après\u{A0}: -1"),
    .settings("lock_out_seconds", "0", "unbekannten Chips: 0", "badges inconnus\u{A0}: 0"),
    .settings("retention_years", "0", "behalten: 0 liegt", "factures\u{A0}: 0 n’est"),
    .settings("language", "xx", "Die Sprache muss", "La langue doit"),
    .settings("master_token", "my card", "Der Hauptchip muss", "Le badge maître doit"),
    .settings("subject", String(long.prefix(300)), "Betreff: höchstens 200", "Objet\u{A0}: au plus 200"),
    .settings("body", long, "Text: höchstens 5000", "Texte\u{A0}: au plus 5000"),
  ]

  @Test(arguments: cases.indices)
  func aRefusalSpeaksOneLanguage(index: Int) async throws {
    let refused = Self.cases[index]
    let office = try await Office()
    try await office.user("a1b2c3d4", "ada", "Ada")
    try await office.show("a1b2c3d4")
    _ = try await office.command(.createBatch(until: nil))
    try await office.visit { visit in
      let login = try await visit.logIn()
      for (language, words) in [("de", refused.german), ("fr", refused.french)] {
        let page = try await visit.post(
          "\(refused.path)?lang=\(language)", refused.fields, as: login, accept: "text/html")
        #expect((400...409).contains(page.status.code))
        #expect(page.text.contains(words), "\(language): \(refused.path) \(refused.fields.last?.0 ?? "")")
        for english in [" is ", " must ", "there already", "characters", " stands on", "books in hand"] {
          #expect(!page.text.contains(english), "\(language): \(refused.path) says '\(english)'")
        }
      }
    }
  }

  @Test(arguments: Language.allCases)
  func everyReasonHasWords(language: Language) {
    let reasons: [BooksError.Reason] =
      [
        .unknownUser, .severalUsers(["a", "b"]), .noCard, .randomToken, .knownToken, .knownTokenAs("a"),
        .noCurrency,
        .noLanguage, .noMasterToken, .usageNotInHand, .usageUndone, .usageOnInvoice(1), .undoTooLate,
        .invoiceNotInHand, .nothingToInvoice, .futureEnd,
      ]
      + BooksError.Field.allCases.flatMap {
        [.badText($0, characters: 5), .outOfRange($0, 1, from: 2, through: 3)]
      }
    let texts = reasons.map(RefusalWords.in(language).reason)
    #expect(Set(texts).count == texts.count && texts.allSatisfy { $0.hasSuffix(".") })
    if language != .english { #expect(Set(texts).isDisjoint(with: reasons.map(RefusalWords.english.reason))) }
  }

  /// A browser that reads German gets no English sentence, and a script always gets the English one.
  @Test func whatCannotBeReadIsSaidInTheLanguage() async throws {
    let office = try await Office()
    try await office.visit { visit in
      let login = try await visit.logIn()
      let page = try await visit.post(
        "/settings?lang=de", [("price", "1"), ("price", "2")], as: login, accept: "text/html")
      #expect(page.status == .badRequest)
      #expect(page.text.contains("laden Sie die Seite neu") && !page.text.contains("form cannot"))
      let script = try await visit.post("/settings?lang=de", [("price", "1"), ("price", "2")])
      #expect(script.text.contains("The form cannot be read"))
      let key = try await visit.post("/settings?lang=de", [("master_token", "a1b2c3d4")], accept: "text/html")
      #expect(key.status == .forbidden && key.text.contains("Mit einem Schlüssel"))
    }
  }
}
