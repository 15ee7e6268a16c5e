/// What whoever imports has said about it.
struct ImportOptions: Codable, Equatable, Sendable {
  /// What a coffee costs on the invoices there, in minor units of the currency here; nil for the price there, or the
  /// one here.
  var price: Int64?
  /// Nothing is stored, whatever is found.
  var isDryRun = false
  /// What the report names as a difference is taken all the same: a row whose number was another's before is a new one,
  /// an invoice has the coffees that are there.
  var acceptsDifferences = false
}
