import PanelKit

/// The machine's state as one line of a page: what is drawn on the server, and what its script puts into its
/// place.
struct MachineLine: Codable, Equatable, Sendable {
  /// The look.
  var phase: String
  var text: String
  /// The token that was shown last in scan mode, for those who may name it.
  var scan: Scan?

  struct Scan: Codable, Equatable, Sendable {
    var token: String
    /// When: the same token may be shown again.
    var time: Int64
  }

  /// - Parameter isFull: whether the reader has logged in: then it says who is being served.
  init(_ view: MachineBoard.View, language: Language, isFull: Bool) {
    let words = MachineWords.in(language)
    let lock = view.lock
    phase = lock.phase.rawValue
    var parts = [words.phase(lock.phase)]
    if isFull, lock.phase == .active, let name = lock.userName { parts.append(words.servedTo(name)) }
    text = parts.joined(separator: " ")
    if let seconds = lock.secondsLeft { text += " · \(seconds)\u{A0}s" }
    if let notice = lock.notice { text += " · " + words.notice(notice) }
    if lock.isScanMode { text += " · " + words.scanMode }
    if isFull, lock.isScanMode, let last = view.scan {
      scan = Scan(token: last.token.text, time: last.time.milliseconds)
    }
  }
}
