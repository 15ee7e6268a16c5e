import DaemonKit

/// Names one pour, for ever. Made at the tap before the ledger is asked, so that every request about the
/// pour can be repeated without being done twice.
struct PourID: RandomIdentifier {
  let text: String

  init(_ text: String) { self.text = text }
}

/// A tap's name, as configured.
struct TapID: TextIdentifier {
  let text: String

  init(_ text: String) { self.text = text }
}
