import DaemonKit
import PiHAL

extension LockMachine {
  /// Puts something on record: after what is to be recorded already, and again until the books have it.
  @discardableResult
  mutating func record(_ request: LockRequest) -> EffectID {
    let record = Record(id: nextID(), request: request)
    records.append(record)
    return record.id
  }

  /// Sends what is next, and again when it was not acknowledged.
  mutating func sendRecords() {
    guard let next = records.first,
      next.sent.map({ $0.duration(to: now) >= settings.askRetry }) ?? true
    else { return }
    records[0].sent = now
    emit(.ask(next.id, next.request))
  }

  mutating func recordAnswered(_ answer: LockAnswer) {
    switch answer {
    case .recorded:
      booksAnswered()
      let record = records.removeFirst()
      if case .setMaster = record.request { masterRecorded(record.id) }
    case .failed(let message): booksFailed(message)
    case .granted, .refused, .enrolled: booksFailed("they answered a record with something else")
    }
  }

  // MARK: How the books are

  mutating func booksFailed(_ message: String) {
    booksHaveFailed = true
    log(.alarm, about: .booksFailed, "the books cannot record: \(message)")
  }

  mutating func booksAnswered() {
    guard booksHaveFailed else { return }
    booksHaveFailed = false
    log(.info, about: .booksRecovered, "the books record again")
  }

  // MARK: Log

  mutating func log(_ level: LockLog.Level, _ message: String) {
    emit(.log(LockLog(level: level, message: message)))
  }

  /// Logs what may come often; of one topic once a minute.
  mutating func log(_ level: LockLog.Level, about topic: LogTopic, _ message: String) {
    if let last = lastLogged[topic], last.duration(to: now) < settings.logInterval { return }
    lastLogged[topic] = now
    log(level, message)
  }
}
