extension LocalBooks {
  static let longestTemplate = 5000

  static func changeSettings(_ change: SettingsChange) throws(BooksError) -> Draft {
    func check(
      _ value: Int64?, in range: ClosedRange<Int64>, of place: String, _ unit: String
    ) throws(BooksError) {
      guard let value, !range.contains(value) else { return }
      throw BooksError(
        kind: .invalid, place: place,
        problem: "is \(value), which is not in \(range.lowerBound)...\(range.upperBound) \(unit)")
    }
    try check(
      change.pricePerCoffee, in: 0...1_000_000, of: "price per coffee", "(in the currency's smallest unit)")
    try check(change.currencyDecimals.map { Int64($0) }, in: 0...4, of: "currency", "decimals")
    try check(change.activationSeconds.map { Int64($0) }, in: 1...3600, of: "activation", "seconds")
    try check(change.coldActivationSeconds.map { Int64($0) }, in: 1...3600, of: "cold activation", "seconds")
    try check(change.coldAfterMinutes.map { Int64($0) }, in: 0...100_000, of: "cold after", "minutes")
    try check(change.lockOutSeconds.map { Int64($0) }, in: 1...86_400, of: "lock-out", "seconds")
    try check(change.retentionYears.map { Int64($0) }, in: 1...100, of: "retention", "years")
    if let currency = change.currency {
      try self.check(currency, of: "currency", atMost: 8)
      guard !currency.isEmpty else {
        throw BooksError(kind: .invalid, place: "currency", problem: "must have 1 to 8 characters")
      }
    }
    if let subject = change.invoiceSubject { try self.check(subject, of: "invoice subject") }
    if let body = change.invoiceBody {
      try self.check(body, of: "invoice body", atMost: longestTemplate, allowsLines: true)
    }
    if let language = change.language, !["en", "de", "fr"].contains(language) {
      throw BooksError(kind: .invalid, place: "language", problem: "must be en, de or fr")
    }
    var change = change
    if let text = change.masterToken, !text.isEmpty {
      guard let token = Token(text) else {
        throw BooksError(
          kind: .invalid, place: "master token", problem: "is no card's number: that \(Token.shape)")
      }
      try checkIsCards(token, place: "master token")
      change.masterToken = token.text
    }
    return Draft([.settingsChanged(change)], .done)
  }
}
