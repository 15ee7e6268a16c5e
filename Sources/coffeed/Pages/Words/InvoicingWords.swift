import PanelKit

struct InvoicingWords: Words {
  var title: String
  var createTitle: String
  var createHint: String
  /// Up to when, a field that may stay empty.
  var until: String
  var untilHint: String
  var create: String
  var createOne: @Sendable (_ name: String) -> String
  var batchTitle: String
  var batchHint: String
  var createBatch: String
  var uninvoiced: String
  var action: String
  var noUsers: String
  var batches: String
  var batchDate: String
  var period: String
  var users: String
  var totalItems: String
  var created: String
  var noBatches: String
  var invoices: String
  var user: String
  var items: String
  var status: String
  var opened: String
  var noInvoices: String
  var paid: String
  var unpaid: String
  var invoice: @Sendable (_ number: Int) -> String
  var batch: @Sendable (_ number: Int) -> String
  var usageID: String
  var price: String
  var total: String
  var markPaid: String
  var markUnpaid: String
  var openMail: String
  var mail: String
  /// What opens the mail's text.
  var mailText: String
  var mailLong: String
  var mailTo: @Sendable (_ name: String) -> String
  var print: String
  var coffees: String
  var partOf: String
  var noUsageTitle: String
  var noUsage: String
  var noUsageAtAll: String
  var noItemsTitle: String
  var noItems: String
  var notFoundTitle: String
  var invoiceNotFound: String
  var batchNotFound: String
  var invalidTimeTitle: String
  var invalidTime: String
  /// What is put for the name of somebody who was erased.
  var erased: String
  /// A coffee costs nothing, which cannot be changed on an invoice afterwards.
  var noPrice: String

  static let english = InvoicingWords(
    title: "Invoicing", createTitle: "Create invoice",
    createHint: "An invoice takes all that was not invoiced before.", until: "Up to",
    untilHint: "Empty: now. YYYY-MM-DD HH:MM:SS, local time.", create: "Create invoice",
    createOne: { "Create invoice for \($0)" }, batchTitle: "Invoice everybody",
    batchHint: "One invoice for each user who has something on it.", createBatch: "Create batch invoice",
    uninvoiced: "Uninvoiced uses", action: "Action", noUsers: "No users found",
    batches: "Batch invoices", batchDate: "Batch date", period: "Period", users: "Users",
    totalItems: "Total items", created: "Created", noBatches: "No batch invoices yet",
    invoices: "Invoices", user: "User", items: "Items", status: "Status", opened: "Opened",
    noInvoices: "No invoices yet", paid: "Paid", unpaid: "Unpaid", invoice: { "Invoice #\($0)" },
    batch: { "Batch Invoice #\($0)" }, usageID: "Usage ID", price: "Price", total: "Total",
    markPaid: "Mark as paid", markUnpaid: "Mark as unpaid", openMail: "Open mail", mail: "Mail",
    mailText: "The mail as text to copy",
    mailLong: "This mail is long: not every mail program takes it whole. If it opens cut off, copy the text.",
    mailTo: { "Mail to \($0)" }, print: "Print",
    coffees: "Number of coffees", partOf: "Part of", noUsageTitle: "No Usage",
    noUsage: "No uninvoiced usage found for this user.",
    noUsageAtAll: "No uninvoiced usage found for any user.", noItemsTitle: "No Items",
    noItems: "No uninvoiced usage in the period.", notFoundTitle: "Not Found",
    invoiceNotFound: "There is no such invoice.", batchNotFound: "There is no such batch invoice.",
    invalidTimeTitle: "Invalid Time", invalidTime: "Give the time as YYYY-MM-DD HH:MM:SS.",
    erased: "(erased)",
    noPrice: "A coffee costs 0, and an invoice keeps its price. Set the price in the settings first.")

  static let german = InvoicingWords(
    title: "Rechnungen", createTitle: "Rechnung erstellen",
    createHint: "Eine Rechnung enthält alles, was noch nicht verrechnet ist.", until: "Bis",
    untilHint: "Leer: jetzt. JJJJ-MM-TT hh:mm:ss, Ortszeit.", create: "Rechnung erstellen",
    createOne: { "Rechnung für \($0) erstellen" }, batchTitle: "Allen verrechnen",
    batchHint: "Eine Rechnung für jede Person, die etwas offen hat.",
    createBatch: "Sammelrechnung erstellen", uninvoiced: "Offene Bezüge", action: "Aktion",
    noUsers: "Keine Personen gefunden", batches: "Sammelrechnungen", batchDate: "Datum",
    period: "Zeitraum", users: "Personen", totalItems: "Posten insgesamt", created: "Erstellt",
    noBatches: "Noch keine Sammelrechnung", invoices: "Rechnungen", user: "Person", items: "Posten",
    status: "Status", opened: "Erstellt", noInvoices: "Noch keine Rechnung", paid: "Bezahlt",
    unpaid: "Offen", invoice: { "Rechnung Nr. \($0)" }, batch: { "Sammelrechnung Nr. \($0)" },
    usageID: "Bezug", price: "Preis", total: "Total", markPaid: "Als bezahlt markieren",
    markUnpaid: "Als offen markieren", openMail: "E-Mail öffnen", mail: "E-Mail",
    mailText: "Die E-Mail als Text zum Kopieren",
    mailLong:
      "Diese E-Mail ist lang: Nicht jedes E-Mail-Programm nimmt sie ganz. Öffnet sie sich abgeschnitten, kopieren Sie den Text.",
    mailTo: { "E-Mail an \($0)" }, print: "Drucken",
    coffees: "Anzahl Kaffees", partOf: "Teil von", noUsageTitle: "Keine Bezüge",
    noUsage: "Diese Person hat keine offenen Bezüge.",
    noUsageAtAll: "Niemand hat offene Bezüge.", noItemsTitle: "Keine Posten",
    noItems: "In diesem Zeitraum gibt es keine offenen Bezüge.", notFoundTitle: "Nicht gefunden",
    invoiceNotFound: "Diese Rechnung gibt es nicht.", batchNotFound: "Diese Sammelrechnung gibt es nicht.",
    invalidTimeTitle: "Ungültige Zeit", invalidTime: "Die Zeit als JJJJ-MM-TT hh:mm:ss angeben.",
    erased: "(gelöscht)",
    noPrice:
      "Ein Kaffee kostet 0, und eine Rechnung behält ihren Preis. Zuerst den Preis in den Einstellungen setzen."
  )

  static let french = InvoicingWords(
    title: "Facturation", createTitle: "Créer une facture",
    createHint: "Une facture reprend tout ce qui n’a pas encore été facturé.", until: "Jusqu’au",
    untilHint: "Vide\u{A0}: maintenant. AAAA-MM-JJ hh:mm:ss, heure locale.", create: "Créer la facture",
    createOne: { "Créer la facture de \($0)" }, batchTitle: "Facturer tout le monde",
    batchHint: "Une facture pour chaque personne qui a quelque chose d’ouvert.",
    createBatch: "Créer une facture groupée", uninvoiced: "À facturer", action: "Action",
    noUsers: "Personne", batches: "Factures groupées", batchDate: "Date", period: "Période",
    users: "Personnes", totalItems: "Postes au total", created: "Créée",
    noBatches: "Pas encore de facture groupée", invoices: "Factures", user: "Personne", items: "Postes",
    status: "État", opened: "Créée", noInvoices: "Pas encore de facture", paid: "Payée",
    unpaid: "Ouverte", invoice: { "Facture n°\u{A0}\($0)" },
    batch: { "Facture groupée n°\u{A0}\($0)" }, usageID: "Numéro", price: "Prix", total: "Total",
    markPaid: "Marquer comme payée", markUnpaid: "Marquer comme ouverte", openMail: "Ouvrir l’e-mail",
    mail: "E-mail", mailText: "L’e-mail en texte à copier",
    mailLong:
      "Cet e-mail est long\u{A0}: certains programmes ne le prennent pas en entier. S’il s’ouvre coupé, copiez le texte.",
    mailTo: { "E-mail à \($0)" }, print: "Imprimer",
    coffees: "Nombre de cafés", partOf: "Partie de",
    noUsageTitle: "Rien à facturer", noUsage: "Cette personne n’a rien d’ouvert.",
    noUsageAtAll: "Personne n’a rien d’ouvert.", noItemsTitle: "Aucun poste",
    noItems: "Rien d’ouvert dans cette période.", notFoundTitle: "Introuvable",
    invoiceNotFound: "Cette facture n’existe pas.", batchNotFound: "Cette facture groupée n’existe pas.",
    invalidTimeTitle: "Heure invalide", invalidTime: "Indiquez l’heure sous la forme AAAA-MM-JJ hh:mm:ss.",
    erased: "(effacé)",
    noPrice: "Un café coûte 0, et une facture garde son prix. Fixez d’abord le prix dans les réglages.")
}
