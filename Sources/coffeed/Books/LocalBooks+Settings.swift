extension LocalBooks {
  static let longestTemplate = 5000
  /// Of a coffee, in the currency's smallest unit.
  static let prices: ClosedRange<Int64> = 0...1_000_000

  static func changeSettings(_ change: SettingsChange) throws(BooksError) -> Draft {
    func check(
      _ value: Int64?, in range: ClosedRange<Int64>, of field: BooksError.Field, _ unit: String
    ) throws(BooksError) {
      guard let value, !range.contains(value) else { return }
      throw BooksError(
        kind: .invalid, place: field.rawValue,
        problem: "is \(value), which is not in \(range.lowerBound)...\(range.upperBound) \(unit)",
        reason: .outOfRange(field, value, from: range.lowerBound, through: range.upperBound))
    }
    try check(
      change.pricePerCoffee, in: prices, of: .price, "(in the currency's smallest unit)")
    try check(change.currencyDecimals.map { Int64($0) }, in: 0...4, of: .currency, "decimals")
    try check(change.activationSeconds.map { Int64($0) }, in: 1...3600, of: .activation, "seconds")
    try check(change.coldActivationSeconds.map { Int64($0) }, in: 1...3600, of: .coldActivation, "seconds")
    try check(change.coldAfterMinutes.map { Int64($0) }, in: 0...100_000, of: .coldAfter, "minutes")
    try check(change.lockOutSeconds.map { Int64($0) }, in: 1...86_400, of: .lockOut, "seconds")
    try check(change.retentionYears.map { Int64($0) }, in: 1...100, of: .retention, "years")
    if let currency = change.currency {
      try self.check(currency, of: .currency, atMost: 8)
      guard !currency.isEmpty else {
        throw BooksError(
          kind: .invalid, place: "currency", problem: "must have 1 to 8 characters", reason: .noCurrency)
      }
    }
    if let subject = change.invoiceSubject { try self.check(subject, of: .invoiceSubject) }
    if let body = change.invoiceBody {
      try self.check(body, of: .invoiceBody, atMost: longestTemplate, allowsLines: true)
    }
    if let language = change.language, !["en", "de", "fr"].contains(language) {
      throw BooksError(
        kind: .invalid, place: "language", problem: "must be en, de or fr", reason: .noLanguage)
    }
    var change = change
    if let text = change.masterToken, !text.isEmpty {
      guard let token = Token(text) else {
        throw BooksError(
          kind: .invalid, place: "master token", problem: "is no card's number: that \(Token.shape)",
          reason: .noMasterToken)
      }
      try checkIsCards(token, place: "master token")
      change.masterToken = token.text
    }
    return Draft([.settingsChanged(change)], .done)
  }
}
