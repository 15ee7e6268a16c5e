import DaemonKit
import PanelKit
import PiHAL

/// The rows of the transactions page. There may be 500 of them, so no template draws them.
struct TransactionsTable {
  let reader: PageReader
  let language: Language
  let calendar: LocalCalendar
  /// Until when a usage can be taken back, by its number; nil when it can no more.
  let undoEnd: (Int) -> MonotonicInstant?

  /// The table's body and, when it has buttons, until when the first of them may be used.
  func rows(_ usages: [UsageView]) -> (html: String, until: MonotonicInstant?) {
    let words = TransactionsWords.in(language)
    var html = HTMLText(reserving: usages.count * 300)
    var until: MonotonicInstant?
    for usage in usages {
      html.markup(
        usage.isCancelled ? "<tr class=\"cancelled\"><td class=\"number\">" : "<tr><td class=\"number\">")
      html.number(usage.number)
      html.markup("</td><td class=\"time\">")
      html.text(calendar.civil(usage.time).description)
      if reader.seesAll {
        html.markup("</td><td class=\"more\"><code>")
        html.text(usage.token.text)
        html.markup("</code></td><td class=\"more free\">")
        html.text(usage.userName)
      }
      html.markup("</td><td class=\"who free\">")
      html.text(usage.name)
      if reader.seesAll {
        html.markup("</td><td class=\"more free\">")
        html.text(usage.emailAddress ?? "")
      }
      html.markup("</td><td>")
      if let text = usage.drinkText {
        html.text(text)
      } else if usage.drink != .unknown {
        html.text(words.drinks(usage.drink))
      }
      if reader.seesAll {
        html.markup("</td><td class=\"invoiced\">")
        if let invoice = usage.invoice {
          html.markup("<a href=\"/invoicing/")
          html.number(invoice)
          html.markup("\">")
          html.number(invoice)
          html.markup("</a>")
        }
      }
      html.markup("</td><td>")
      if usage.isCancelled {
        html.text(words.cancelled)
      } else if reader == .administering, usage.invoice == nil, let end = undoEnd(usage.number) {
        until = min(until ?? end, end)
        html.markup("<button class=\"small quiet\" form=\"act\" formaction=\"/transactions/")
        html.number(usage.number)
        html.markup("/undo\" aria-label=\"")
        html.text(words.undoOne(usage.number))
        html.markup("\">")
        html.text(words.undo)
        html.markup("</button>")
      }
      html.markup("</td></tr>\n")
    }
    return (html.string, until)
  }
}
