import PanelKit

struct ExportWords: Words {
  var title: String
  var hint: String
  var month: String
  var separator: String
  var separators: @Sendable (CSVSeparator) -> String
  var apply: String
  var unreadable: String
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
      "CSV is for spreadsheets: local times with their zone, decimal amounts. JSON is for programs: times in UTC, amounts as whole numbers of the currency’s smallest unit. The month concerns coffees, invoices, their items and batches.",
    month: "Only the month", separator: "Between the columns of a CSV",
    separators: { separator in
      switch separator {
      case .comma: "comma"
      case .semicolon: "semicolon"
      case .tab: "tab"
      }
    }, apply: "Apply",
    unreadable: "Give the month as YYYY-MM, and comma, semicolon or tab as the separator.",
    table: "Table", file: "File", users: "Users", usage: "Coffees", invoices: "Invoices",
    items: "Invoice items", batches: "Batch invoices", settings: "Settings")
  static let german = ExportWords(
    title: "Export",
    hint:
      "CSV ist für Tabellenprogramme: Ortszeiten mit ihrer Zone, Beträge als Dezimalzahlen. JSON ist für Programme: Zeiten in UTC, Beträge als ganze Zahlen der kleinsten Einheit der Währung. Der Monat gilt für Bezüge, Rechnungen, ihre Posten und Sammelrechnungen.",
    month: "Nur der Monat", separator: "Zwischen den Spalten einer CSV-Datei",
    separators: { separator in
      switch separator {
      case .comma: "Komma"
      case .semicolon: "Strichpunkt"
      case .tab: "Tabulator"
      }
    }, apply: "Anwenden",
    unreadable: "Den Monat als JJJJ-MM angeben, und als Trennzeichen comma, semicolon oder tab.",
    table: "Tabelle", file: "Datei", users: "Personen", usage: "Bezüge", invoices: "Rechnungen",
    items: "Rechnungsposten", batches: "Sammelrechnungen", settings: "Einstellungen")
  static let french = ExportWords(
    title: "Export",
    hint:
      "CSV pour les tableurs\u{A0}: heures locales avec leur fuseau, montants décimaux. JSON pour les programmes\u{A0}: heures en UTC, montants entiers de la plus petite unité de la monnaie. Le mois concerne consommations, factures, leurs postes et factures groupées.",
    month: "Seulement le mois", separator: "Entre les colonnes d’un CSV",
    separators: { separator in
      switch separator {
      case .comma: "virgule"
      case .semicolon: "point-virgule"
      case .tab: "tabulation"
      }
    }, apply: "Appliquer",
    unreadable: "Indiquez le mois en AAAA-MM, et comma, semicolon ou tab comme séparateur.",
    table: "Table", file: "Fichier", users: "Personnes", usage: "Consommations", invoices: "Factures",
    items: "Postes de factures", batches: "Factures groupées", settings: "Réglages")
}
