import DaemonKit
import Foundation
import JSONState

extension LedgerState: JournaledState {
  mutating func apply(_ record: JournalRecord<LedgerEntry>) {
    apply(record.entry, at: WallTime(record.date))
  }
}

extension WallTime {
  /// Rounded to the nearest millisecond; a date that `Int64` cannot hold counts as 1970.
  init(_ date: Date) {
    self.init(milliseconds: Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded()) ?? 0)
  }
}
