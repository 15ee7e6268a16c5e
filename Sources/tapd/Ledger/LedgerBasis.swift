import DaemonKit

/// What the amounts in these books mean, and which taps are served from them. It stands in the books themselves, so
/// that no command goes by a configuration that is not the daemon's.
struct LedgerBasis: Codable, Equatable, Sendable {
  /// ISO 4217 code or a festival's own token name.
  var currency: String
  /// How many digits of an amount stand after the decimal point, 0 to 4.
  var decimals: Int
  /// The taps that the daemon of these books serves; empty until one was started.
  var taps: [TapID] = []
}

extension LedgerBasis {
  /// An amount as people read it: `2.50 EUR`.
  func text(_ amount: Money) -> String { "\(decimalText(amount.minorUnits, decimals: decimals)) \(currency)" }
}

extension LedgerState {
  /// An amount as people read it.
  func text(_ amount: Money) -> String {
    basis?.text(amount) ?? "\(amount.minorUnits) (in the currency's smallest unit)"
  }

  /// Whether an amount in the books would mean something else in another currency.
  private var holdsMoney: Bool {
    cards.values.contains { $0.balance != .zero } || taps.values.contains { $0.keg != nil }
      || !recentPours.isEmpty || !openPours.isEmpty
  }

  /// - Throws: `LedgerError` when the daemon of these books does not serve the tap.
  func checkServed(_ tap: TapID) throws(LedgerError) {
    guard let taps = basis?.taps, !taps.isEmpty, !taps.contains(tap) else { return }
    let served = taps.map { "\"\($0)\"" }.joined(separator: ", ")
    throw LedgerError(
      kind: .unknown, place: "tap \"\(tap)\"",
      problem: """
        (tap.name here) is not served from these books; their daemon serves \(served): give the command the \
        daemon's configuration, or set tap.name (TAPD_TAP_NAME) to that name
        """)
  }

  /// What has to be recorded so that the books are kept on `basis`; nil when they are.
  /// - Throws: `LedgerError` when they hold money in another currency.
  func entry(keeping basis: LedgerBasis) throws(LedgerError) -> LedgerEntry? {
    guard let known = self.basis, known != basis else { return self.basis == nil ? .basisSet(basis) : nil }
    if known.currency != basis.currency || known.decimals != basis.decimals, holdsMoney {
      throw LedgerError(
        kind: .invalid, place: "the books",
        problem: """
          are kept in \(known.currency) with \(known.decimals) decimals and hold amounts, and the configuration says \
          \(basis.currency) with \(basis.decimals): set currency.code and currency.decimals to what the books have, or \
          begin new books in another state.directory
          """)
    }
    return .basisSet(basis)
  }
}
