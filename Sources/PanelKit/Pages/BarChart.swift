/// A chart of bars as SVG, drawn on the server. In a template it stands with three braces: `{{{chart}}}`.
///
/// Each bar says its value when it is pointed at. Screen readers are given the chart's title only: so the
/// figures stand beside it as a table, or come from ``table(label:value:)``.
public struct BarChart: Sendable {
  public struct Bar: Sendable {
    /// Whole text of the bar, as in `25 Nov`.
    public var label: String
    public var value: Int64
    /// The value in words, as in `12 coffees`.
    public var text: String

    public init(label: String, value: Int64, text: String) {
      self.label = label
      self.value = value
      self.text = text
    }
  }

  private let title: String
  private let bars: [Bar]

  /// - Parameters:
  ///   - title: what the chart shows, for those who do not see it.
  ///   - bars: values below 0 are drawn as 0.
  public init(title: String, bars: [Bar]) {
    self.title = title
    self.bars = bars
  }

  private var top: Int64 { Self.roundTop(bars.map(\.value).max() ?? 0) }

  /// The most labels below standing bars.
  private static let mostLabels = 10

  /// Standing bars in the order of time: for days and hours. The labels thin out where there are many.
  public var standing: String {
    let (above, plot, below) = (10.0, 180.0, 26.0)
    let step = 100 / Double(max(1, bars.count))
    var svg = open("standing", height: above + plot + below)
    for (share, value) in [(0.0, 0), (0.5, top / 2), (1.0, top)] {
      let y = above + plot * (1 - share)
      svg += #"<line class="grid" x1="0" x2="100%" y1="\#(Self.text(y))" y2="\#(Self.text(y))"/>"#
      // Half of an odd number is no count.
      if share != 0.5 || top.isMultiple(of: 2) {
        svg += #"<text class="scale" x="-6" y="\#(Self.text(y + 4))">\#(value)</text>"#
      }
    }
    let every = (bars.count + Self.mostLabels - 1) / Self.mostLabels
    for (index, bar) in bars.enumerated() {
      let tall = plot * Double(max(0, bar.value)) / Double(top)
      let x = step * Double(index)
      svg += #"<g class="bar"><title>\#(HTML.escape(bar.label)): \#(HTML.escape(bar.text))</title>"#
      // The whole column can be pointed at, also where the bar is low.
      svg += #"<rect class="reach" x="\#(Self.text(x))%" y="\#(Self.text(above))" "#
      svg += #"width="\#(Self.text(step))%" height="\#(Self.text(plot))"/>"#
      svg += #"<rect x="\#(Self.text(x + step * 0.12))%" y="\#(Self.text(above + plot - tall))" "#
      svg += #"width="\#(Self.text(step * 0.76))%" height="\#(Self.text(tall))"/></g>"#
      if index.isMultiple(of: every) {
        // Every other one is left out on a phone.
        let kind = index.isMultiple(of: 2 * every) ? "label" : "label spare"
        svg +=
          #"<text class="\#(kind)" x="\#(Self.text(x + step / 2))%" y="\#(Self.text(above + plot + 20))">"#
        svg += HTML.escape(bar.label) + "</text>"
      }
    }
    return svg + "</svg>"
  }

  /// Lying bars, one below the other, each with its name and value above it: for a ranking.
  public var lying: String {
    let row = 44.0
    var svg = open("lying", height: row * Double(max(1, bars.count)))
    for (index, bar) in bars.enumerated() {
      let y = row * Double(index)
      let long = 100 * Double(max(0, bar.value)) / Double(max(1, bars.map(\.value).max() ?? 0))
      svg += #"<g class="bar"><title>\#(HTML.escape(bar.label)): \#(HTML.escape(bar.text))</title>"#
      svg += #"<text x="0" y="\#(Self.text(y + 16))">\#(HTML.escape(Self.shortened(bar.label)))</text>"#
      svg += #"<text class="value" x="100%" y="\#(Self.text(y + 16))">\#(HTML.escape(bar.text))</text>"#
      svg += #"<rect x="0" y="\#(Self.text(y + 22))" width="\#(Self.text(long))%" height="12"/></g>"#
    }
    return svg + "</svg>"
  }

  /// The same as a table that is shown on request.
  ///
  /// - Parameters:
  ///   - summary: what opens it, as in `Show as a table`.
  ///   - label: the head of the labels' column.
  ///   - value: the head of the values' column.
  public func table(summary: String, label: String, value: String) -> String {
    let rows = bars.map {
      #"<tr><th scope="row">\#(HTML.escape($0.label))</th><td class="number">\#(HTML.escape($0.text))</td></tr>"#
    }
    return "<details class=\"figures\"><summary>\(HTML.escape(summary))</summary><table class=\"plain\">"
      + "<thead><tr><th scope=\"col\">\(HTML.escape(label))</th>"
      + "<th scope=\"col\" class=\"number\">\(HTML.escape(value))</th></tr></thead><tbody>"
      + rows.joined() + "</tbody></table></details>"
  }

  private func open(_ kind: String, height: Double) -> String {
    #"<svg class="chart \#(kind)" height="\#(Self.text(height))" role="img" "#
      + #"aria-label="\#(HTML.escape(title))">"#
  }

  /// The end of the scale: the next number with one digit that is not 0, except 7 and 9.
  static func roundTop(_ value: Int64) -> Int64 {
    var unit: Int64 = 1
    while true {
      for step: Int64 in [1, 2, 3, 4, 5, 6, 8] where unit * step >= value { return unit * step }
      let (next, overflow) = unit.multipliedReportingOverflow(by: 10)
      if overflow || next > Int64.max / 10 { return max(1, value) }
      unit = next
    }
  }

  private static func shortened(_ label: String) -> String {
    label.count > 32 ? label.prefix(31) + "…" : label
  }

  /// With at most two decimals.
  private static func text(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    if hundredths.isMultiple(of: 100) { return "\(hundredths / 100)" }
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
