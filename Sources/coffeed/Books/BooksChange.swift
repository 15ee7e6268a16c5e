/// What is told when the books have changed, once that is durable and before it is answered.
struct BooksChange: Sendable {
  /// Rises with every change: what was made from the books of an older generation is out of date.
  var generation: UInt64
  /// As they now are; equal to the former ones unless the settings or the scan mode were changed.
  var lockSettings: LockSettings
}
