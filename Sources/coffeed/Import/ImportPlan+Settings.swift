import DaemonKit

extension ImportPlan {
  /// Takes over what nobody has changed here: since the last import, or from the start.
  mutating func addSettings() {
    let (start, here) = (SettingsChange(BooksState.Settings()), SettingsChange(state.settings))
    var noted = source.settings
    var change = SettingsChange()
    func take<Value: Equatable>(
      _ key: String, _ name: String, _ field: WritableKeyPath<SettingsChange, Value?>
    ) {
      guard let there = books.settings[keyPath: field], let here = here[keyPath: field],
        let known = noted[keyPath: field] ?? start[keyPath: field]
      else { return }
      switch ImportedChange(from: known, here: here, there: there) {
      case .none where here == there: report.settings.known += 1
      case .alike:
        noted[keyPath: field] = there
        report.settings.known += 1
      case .onlyThere:
        noted[keyPath: field] = there
        change[keyPath: field] = there
        report.settings.taken += 1
        report.settingsTaken.append(name)
      case .none, .onBothSides:
        report.refused.add("settings", key, "it was changed here, and stays as it is here")
      }
    }
    if state.settings.currencyDecimals == 2 {
      take("price_per_coffee", "price", \.pricePerCoffee)
    } else if books.settings.pricePerCoffee != nil {
      report.refused.add("settings", "price_per_coffee", "the currency here has not two decimals")
    }
    take("invoice_subject", "invoice subject", \.invoiceSubject)
    take("invoice_body", "invoice body", \.invoiceBody)
    take("master_token_id", "master token", \.masterToken)
    take("retention_years", "retention", \.retentionYears)
    if let price = options.price, price > 0, state.settings.pricePerCoffee == 0, change.pricePerCoffee == nil
    {
      change.pricePerCoffee = price
      report.settingsTaken.append("price, from --price")
    }
    if change != SettingsChange() { add(.settingsChanged(change)) }
    if noted != source.settings { done.settings = noted }
    report.settings.refused = report.refused.count(in: "settings")
  }
}

extension SettingsChange {
  /// The settings that a predecessor has too.
  fileprivate init(_ settings: BooksState.Settings) {
    self.init(
      pricePerCoffee: settings.pricePerCoffee, invoiceSubject: settings.invoiceSubject,
      invoiceBody: settings.invoiceBody, masterToken: settings.masterToken?.text ?? "",
      retentionYears: settings.retentionYears)
  }
}
