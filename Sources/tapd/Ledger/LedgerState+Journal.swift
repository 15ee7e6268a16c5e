import DaemonKit
import JSONState

extension LedgerState: JournaledState {
  mutating func apply(_ record: JournalRecord<LedgerEntry>) {
    apply(record.entry, at: WallTime(record.date))
  }
}
