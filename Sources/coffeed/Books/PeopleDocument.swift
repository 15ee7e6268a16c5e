/// Where ``People`` are kept: a file that is replaced as a whole and durably, so that nothing of what was erased
/// is left in it.
protocol PeopleDocument: Sendable {
  /// The newest durable value.
  var value: People { get }

  /// Changes it; returns when that is durable.
  func change(_ body: @escaping @Sendable (inout People) -> Void) async throws
}
