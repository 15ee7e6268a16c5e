import PanelKit

/// The leaderboard and the history charts.
struct ChartWords: Words {
  var leaderboard: String
  var history: String
  var period: String
  var last7Days: String
  var last30Days: String
  var last12Months: String
  var custom: String
  var from: String
  var through: String
  var show: String
  /// The days shown, from and through.
  var showing: @Sendable (_ from: String, _ through: String) -> String
  var rankings: String
  var rank: String
  var name: String
  var count: String
  var average: String
  var none: String
  var unreadable: String
  var perDay: String
  var perMonth: String
  var perHour: String
  var day: String
  var month: String
  var hour: String
  var coffees: String
  var asTable: String
  var total: String

  static let english = ChartWords(
    leaderboard: "Leaderboard", history: "History", period: "Period", last7Days: "Last 7 days",
    last30Days: "Last 30 days", last12Months: "Last 12 months", custom: "Custom range", from: "From",
    through: "Through", show: "Show",
    showing: { "Showing \($0) to \($1)" }, rankings: "Rankings", rank: "Rank", name: "Name",
    count: "Coffee count", average: "Avg per day", none: "No coffees in this period.",
    unreadable:
      "These dates cannot be shown: give days as YYYY-MM-DD, the first before the last, ten years at most.",
    perDay: "Coffees per day", perMonth: "Coffees per month", perHour: "Coffees per hour of the day",
    day: "Day", month: "Month", hour: "Hour",
    coffees: "Coffees", asTable: "As a table", total: "Total:")

  static let german = ChartWords(
    leaderboard: "Rangliste", history: "Verlauf", period: "Zeitraum", last7Days: "Letzte 7 Tage",
    last30Days: "Letzte 30 Tage", last12Months: "Letzte 12 Monate", custom: "Eigener Zeitraum", from: "Von",
    through: "Bis",
    show: "Anzeigen", showing: { "\($0) bis \($1)" }, rankings: "Rangliste", rank: "Rang", name: "Name",
    count: "Anzahl Kaffees", average: "Ø pro Tag", none: "Keine Kaffees in diesem Zeitraum.",
    unreadable:
      "Diese Daten lassen sich nicht anzeigen: Tage als JJJJ-MM-TT, der erste vor dem letzten, höchstens zehn Jahre.",
    perDay: "Kaffees pro Tag", perMonth: "Kaffees pro Monat", perHour: "Kaffees pro Stunde des Tages",
    day: "Tag", month: "Monat", hour: "Stunde",
    coffees: "Kaffees", asTable: "Als Tabelle", total: "Total:")

  static let french = ChartWords(
    leaderboard: "Classement", history: "Historique", period: "Période",
    last7Days: "7 derniers jours", last30Days: "30 derniers jours", last12Months: "12 derniers mois",
    custom: "Période au choix",
    from: "Du", through: "Au", show: "Afficher", showing: { "Du \($0) au \($1)" },
    rankings: "Classement", rank: "Rang", name: "Nom", count: "Nombre de cafés",
    average: "Moyenne par jour", none: "Aucun café dans cette période.",
    unreadable:
      "Ces dates ne peuvent pas être affichées\u{A0}: jours en AAAA-MM-JJ, le premier avant le dernier, dix ans au plus.",
    perDay: "Cafés par jour", perMonth: "Cafés par mois", perHour: "Cafés par heure de la journée",
    day: "Jour", month: "Mois", hour: "Heure",
    coffees: "Cafés", asTable: "En tableau", total: "Total\u{A0}:")
}
