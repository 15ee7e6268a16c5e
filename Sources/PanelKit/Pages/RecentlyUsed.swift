/// Values by their keys, as many as fit into a number of bytes: what was not asked for the longest makes room.
public struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private struct Entry: Sendable {
    var value: Value
    var size: Int
    var lastUse: UInt64
  }

  private var entries: [Key: Entry] = [:]
  private var uses: UInt64 = 0
  private let capacity: Int

  /// How many bytes the values take.
  public private(set) var size = 0

  /// - Parameter capacity: in bytes.
  public init(capacity: Int) { self.capacity = capacity }

  /// The value of `key`; this is a use of it.
  public mutating func value(_ key: Key) -> Value? {
    guard let index = entries.index(forKey: key) else { return nil }
    uses += 1
    entries.values[index].lastUse = uses
    return entries.values[index].value
  }

  /// Keeps `value`, which takes `size` bytes. One that is larger than all of the room is not kept.
  public mutating func insert(_ value: Value, for key: Key, size: Int) {
    self.size -= entries.removeValue(forKey: key)?.size ?? 0
    guard size <= capacity else { return }
    uses += 1
    entries[key] = Entry(value: value, size: size, lastUse: uses)
    self.size += size
    while self.size > capacity, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
      entries[oldest.key] = nil
      self.size -= oldest.value.size
    }
  }
}
