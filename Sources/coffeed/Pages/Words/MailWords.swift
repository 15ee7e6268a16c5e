import PanelKit

/// The texts of mails where the settings have none of their own.
struct MailWords: Words {
  var subject: String
  var body: String
  var batchSubject: String
  var batchBody: String
  /// What the placeholders stand for, in the order of `InvoiceMail.placeholders`.
  var explanations: [String]

  static let english = MailWords(
    subject: "Coffee invoice {period_start} – {period_end}",
    body: """
      Dear {user_display}

      From {period_start} until {period_end} you had {total_items} coffees at {currency} {price_per_coffee}.
      Please pay {currency} {total_price}.

      Thank you!
      """,
    batchSubject: "Coffee invoices {period_start} – {period_end}",
    batchBody: """
      Coffees from {period_start} until {period_end}:

      {table}

      Total: {total_items} coffees, {currency} {total_price}
      """,
    explanations: [
      "name", "begin of the period", "end of the period", "number of coffees", "price of a coffee",
      "sum", "currency",
    ])

  static let german = MailWords(
    subject: "Kaffeerechnung {period_start} – {period_end}",
    body: """
      Guten Tag {user_display}

      Von {period_start} bis {period_end} waren es {total_items} Kaffees zu {currency} {price_per_coffee}.
      Bitte {currency} {total_price} bezahlen.

      Vielen Dank!
      """,
    batchSubject: "Kaffeerechnungen {period_start} – {period_end}",
    batchBody: """
      Kaffees von {period_start} bis {period_end}:

      {table}

      Total: {total_items} Kaffees, {currency} {total_price}
      """,
    explanations: [
      "Name", "Beginn des Zeitraums", "Ende des Zeitraums", "Anzahl Kaffees", "Preis eines Kaffees",
      "Summe", "Währung",
    ])

  static let french = MailWords(
    subject: "Facture de café {period_start} – {period_end}",
    body: """
      Bonjour {user_display},

      Du {period_start} au {period_end}, vous avez pris {total_items} cafés à {price_per_coffee} {currency}.
      Merci de payer {total_price} {currency}.

      Avec nos remerciements
      """,
    batchSubject: "Factures de café {period_start} – {period_end}",
    batchBody: """
      Cafés du {period_start} au {period_end}\u{A0}:

      {table}

      Total\u{A0}: {total_items} cafés, {total_price} {currency}
      """,
    explanations: [
      "nom", "début de la période", "fin de la période", "nombre de cafés", "prix d’un café", "somme",
      "monnaie",
    ])
}
