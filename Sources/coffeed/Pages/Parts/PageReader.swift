import PanelKit

/// What the reader of a page may see and do.
enum PageReader: String, Hashable, Sendable {
  /// Asks from a trusted network, without a login: sees names and counts, but neither tokens nor addresses.
  case trusted
  /// A script that may read.
  case reading
  /// A script that may write.
  case writing
  /// Who has logged in.
  case administering

  init(_ visitor: Visitor) {
    if visitor.may(ChangeAccess.administration) {
      self = .administering
    } else if visitor.may(.write) {
      self = .writing
    } else if visitor.may(.read) {
      self = .reading
    } else {
      self = .trusted
    }
  }

  var mayWrite: Bool { self == .writing || self == .administering }

  /// Whether tokens, mail addresses and phone numbers may be shown.
  var seesAll: Bool { self != .trusted }
}
