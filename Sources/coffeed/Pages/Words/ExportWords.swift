import PanelKit

struct ExportWords: Words {
  var title: String
  var hint: String
  var table: String
  var file: String
  var users: String
  var usage: String
  var invoices: String
  var items: String
  var batches: String
  var settings: String

  static let english = ExportWords(
    title: "Export",
    hint: "Each table as a file. Times are in UTC. Amounts are in the currency’s minor unit.",
    table: "Table", file: "File", users: "Users", usage: "Coffees", invoices: "Invoices",
    items: "Invoice items", batches: "Batch invoices", settings: "Settings")
  static let german = ExportWords(
    title: "Export",
    hint: "Jede Tabelle als Datei. Zeiten in UTC. Beträge in der kleinsten Einheit der Währung.",
    table: "Tabelle", file: "Datei", users: "Personen", usage: "Bezüge", invoices: "Rechnungen",
    items: "Rechnungsposten", batches: "Sammelrechnungen", settings: "Einstellungen")
  static let french = ExportWords(
    title: "Export",
    hint: "Chaque table en fichier. Heures en UTC. Montants dans la plus petite unité de la monnaie.",
    table: "Table", file: "Fichier", users: "Personnes", usage: "Consommations", invoices: "Factures",
    items: "Postes de factures", batches: "Factures groupées", settings: "Réglages")
}
