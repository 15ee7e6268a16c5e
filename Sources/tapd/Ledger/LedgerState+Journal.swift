import Foundation
import JSONState

extension LedgerState: JournaledState {
  mutating func apply(_ record: JournalRecord<LedgerEntry>) {
    apply(record.entry, at: WallTime(record.date))
  }
}

extension WallTime {
  /// Rounded down to the millisecond; stops at the ends of what `Int64` can hold.
  init(_ date: Date) {
    self.init(milliseconds: Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? 0)
  }
}
