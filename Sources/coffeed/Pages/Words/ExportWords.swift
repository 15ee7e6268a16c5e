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
    hint:
      "Each table as a file. Times are in UTC. Amounts are decimal numbers in CSV, and whole numbers of the currency’s smallest unit in JSON.",
    table: "Table", file: "File", users: "Users", usage: "Coffees", invoices: "Invoices",
    items: "Invoice items", batches: "Batch invoices", settings: "Settings")
  static let german = ExportWords(
    title: "Export",
    hint:
      "Jede Tabelle als Datei. Zeiten in UTC. Beträge sind in CSV Dezimalzahlen, in JSON ganze Zahlen der kleinsten Einheit der Währung.",
    table: "Tabelle", file: "Datei", users: "Personen", usage: "Bezüge", invoices: "Rechnungen",
    items: "Rechnungsposten", batches: "Sammelrechnungen", settings: "Einstellungen")
  static let french = ExportWords(
    title: "Export",
    hint:
      "Chaque table en fichier. Heures en UTC. Montants décimaux en CSV, entiers de la plus petite unité de la monnaie en JSON.",
    table: "Table", file: "Fichier", users: "Personnes", usage: "Consommations", invoices: "Factures",
    items: "Postes de factures", batches: "Factures groupées", settings: "Réglages")
}
