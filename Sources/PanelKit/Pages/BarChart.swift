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

  /// Standing bars in the order of time: for days and hours. The labels thin out where there are many.
  public var standing: String {
    let (width, height, left, below, above) = (720.0, 220.0, 36.0, 24.0, 10.0)
    let plot = height - below - above
    let step = (width - left) / Double(max(1, bars.count))
    var svg = open(width: width, height: height)
    for share in [0.0, 0.5, 1.0] {
      let y = above + plot * (1 - share)
      svg += #"<path class="grid" d="M\#(Self.number(left)) \#(Self.number(y))H\#(Self.number(width))"/>"#
      // Half of an odd number is no count.
      if share != 0.5 || top.isMultiple(of: 2) {
        let value = share == 0.5 ? top / 2 : (share == 0 ? 0 : top)
        svg +=
          #"<text class="scale" x="\#(Self.number(left - 6))" y="\#(Self.number(y + 4))">\#(value)</text>"#
      }
    }
    let every = max(1, Int((44 / step).rounded(.up)))
    for (index, bar) in bars.enumerated() {
      let tall = plot * Double(max(0, bar.value)) / Double(top)
      let x = left + step * Double(index)
      svg += #"<g class="bar"><title>\#(HTML.escape(bar.label)): \#(HTML.escape(bar.text))</title>"#
      // The whole column can be pointed at, also where the bar is low.
      svg += #"<rect class="reach" x="\#(Self.number(x))" y="\#(Self.number(above))" "#
      svg += #"width="\#(Self.number(step))" height="\#(Self.number(plot))"/>"#
      svg += #"<rect x="\#(Self.number(x + step * 0.12))" y="\#(Self.number(above + plot - tall))" "#
      svg += #"width="\#(Self.number(step * 0.76))" height="\#(Self.number(tall))"/></g>"#
      if index.isMultiple(of: every) {
        svg += #"<text class="label" x="\#(Self.number(x + step / 2))" y="\#(Self.number(height - 8))">"#
        svg += HTML.escape(bar.label) + "</text>"
      }
    }
    return svg + "</svg>"
  }

  /// Lying bars, one below the other, each with its name and value: for a ranking.
  public var lying: String {
    let (width, row, left, right) = (720.0, 30.0, 170.0, 90.0)
    var svg = open(width: width, height: max(row, row * Double(bars.count)))
    for (index, bar) in bars.enumerated() {
      let y = row * Double(index)
      let long = (width - left - right) * Double(max(0, bar.value)) / Double(top)
      let middle = Self.number(y + row / 2 + 4.5)
      svg += #"<g class="bar"><title>\#(HTML.escape(bar.label)): \#(HTML.escape(bar.text))</title>"#
      svg += #"<text class="name" x="\#(Self.number(left - 10))" y="\#(middle)">"#
      svg += HTML.escape(Self.shortened(bar.label)) + "</text>"
      svg += #"<rect x="\#(Self.number(left))" y="\#(Self.number(y + 5))" "#
      svg += #"width="\#(Self.number(long))" height="\#(Self.number(row - 10))"/>"#
      svg +=
        #"<text class="value" x="\#(Self.number(left + long + 8))" y="\#(middle)">\#(HTML.escape(bar.text))"#
      svg += "</text></g>"
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

  private func open(width: Double, height: Double) -> String {
    #"<svg class="chart" viewBox="0 0 \#(Self.number(width)) \#(Self.number(height))" role="img" aria-label="\#(HTML.escape(title))">"#
  }

  /// The end of the scale: the next of 1, 2, 4, 5, 10, 20, 40, 50, 100 and so on.
  static func roundTop(_ value: Int64) -> Int64 {
    var unit: Int64 = 1
    while true {
      for step: Int64 in [1, 2, 4, 5] where unit * step >= value { return unit * step }
      let (next, overflow) = unit.multipliedReportingOverflow(by: 10)
      if overflow || next > Int64.max / 5 { return max(1, value) }
      unit = next
    }
  }

  private static func shortened(_ label: String) -> String {
    label.count > 22 ? label.prefix(21) + "…" : label
  }

  /// With at most one decimal.
  private static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths.isMultiple(of: 10) ? "\(tenths / 10)" : "\(tenths / 10).\(abs(tenths % 10))"
  }
}
