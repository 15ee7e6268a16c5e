/// Lines of a table whose columns are as wide as their longest cell.
public func tableLines(_ header: [String], _ rows: [[String]]) -> [String] {
  let all = [header] + rows.map { $0.map(terminalText) }
  let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
  return all.map { row in
    zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
      .joined(separator: "  ").trimmingSuffix(" ")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
