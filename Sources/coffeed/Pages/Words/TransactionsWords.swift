import PanelKit

struct TransactionsWords: Words {
  var title: String
  var filter: String
  var tokenID: String
  var userName: String
  var name: String
  var email: String
  var startDate: String
  var endDate: String
  var startTime: String
  var endTime: String
  var apply: String
  var reset: String
  var timestamp: String
  var drink: String
  var invoice: String
  var none: String
  /// The list as a file.
  var export: String
  var undo: String
  /// Spoken for the button of one usage.
  var undoOne: @Sendable (_ number: Int) -> String
  var undone: @Sendable (_ number: Int) -> String
  var cancelled: String
  /// How many were found.
  var total: @Sendable (_ count: Int) -> String
  var drinks: @Sendable (Drink) -> String

  static let english = TransactionsWords(
    title: "Transactions", filter: "Filter", tokenID: "Token ID", userName: "Username", name: "Name",
    email: "Email", startDate: "Start date", endDate: "End date", startTime: "Start time",
    endTime: "End time", apply: "Apply filters", reset: "Reset", timestamp: "Timestamp", drink: "Drink",
    invoice: "Invoice", none: "No transactions found", export: "as CSV", undo: "Undo",
    undoOne: { "Undo transaction \($0)" }, undone: { "Transaction \($0) was undone." },
    cancelled: "undone", total: { $0 == 1 ? "1 transaction" : "\($0) transactions" },
    drinks: { drink in
      switch drink {
      case .unknown: "unknown"
      case .single: "single"
      case .double: "double"
      case .steam: "hot water"
      }
    })

  static let german = TransactionsWords(
    title: "Bezüge", filter: "Filter", tokenID: "Chip-Nummer", userName: "Kürzel", name: "Name",
    email: "E-Mail", startDate: "Von Datum", endDate: "Bis Datum", startTime: "Von Uhrzeit",
    endTime: "Bis Uhrzeit", apply: "Filtern", reset: "Zurücksetzen", timestamp: "Zeit",
    drink: "Getränk", invoice: "Rechnung", none: "Keine Bezüge gefunden", export: "als CSV",
    undo: "Rückgängig",
    undoOne: { "Bezug \($0) rückgängig machen" }, undone: { "Bezug \($0) ist rückgängig gemacht." },
    cancelled: "rückgängig", total: { $0 == 1 ? "1 Bezug" : "\($0) Bezüge" },
    drinks: { drink in
      switch drink {
      case .unknown: "unbekannt"
      case .single: "einfach"
      case .double: "doppelt"
      case .steam: "Heißwasser"
      }
    })

  static let french = TransactionsWords(
    title: "Consommations", filter: "Filtre", tokenID: "Numéro de badge", userName: "Identifiant",
    name: "Nom", email: "E-mail", startDate: "Du", endDate: "Au", startTime: "Dès", endTime: "Jusqu’à",
    apply: "Filtrer", reset: "Réinitialiser", timestamp: "Date et heure", drink: "Boisson",
    invoice: "Facture", none: "Aucune consommation trouvée", export: "en CSV", undo: "Annuler",
    undoOne: { "Annuler la consommation \($0)" }, undone: { "La consommation \($0) est annulée." },
    cancelled: "annulée", total: { $0 <= 1 ? "\($0) consommation" : "\($0) consommations" },
    drinks: { drink in
      switch drink {
      case .unknown: "inconnue"
      case .single: "simple"
      case .double: "double"
      case .steam: "eau chaude"
      }
    })
}
