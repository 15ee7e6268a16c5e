/// One event of a `text/event-stream` (HTML Standard, 9.2).
public struct ServerSentEvent: Equatable, Sendable {
  /// The event's type; a page listens to `message` when there is none. No line break may stand in it.
  public var name: String?
  /// The text; may have several lines.
  public var data: String

  public init(name: String? = nil, data: String) {
    self.name = name
    self.data = data
  }

  /// The event as it travels.
  public var encoded: String {
    var text = ""
    if let name { text += "event: \(name.filter { !$0.isNewline })\n" }
    for line in data.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      text += "data: \(line)\n"
    }
    return text + "\n"
  }
}
