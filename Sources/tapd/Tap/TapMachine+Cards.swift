import DaemonKit
import PiHAL
import RC522

extension TapMachine {
  /// More cards than this are never in a reader's field.
  private static let mostCards = 16

  // A pour starts from a card's arrival and never from its presence: a card that is left on the reader after
  // its pour does not start another one.
  mutating func cardAppeared(_ uid: UID) {
    readerFailedSince = nil
    guard !cards.contains(uid) else { return }
    cards.append(uid)
    if cards.count > Self.mostCards { cards.removeFirst() }

    guard let pour else {
      waiting = uid
      return
    }
    switch stage {
    case .authorising, .readingMeter:
      ignoreSecondCard(uid)
    case .pouring where uid == pour.card:
      self.pour?.removalDeadline = nil
    case .pouring where pour.removalDeadline == nil:
      ignoreSecondCard(uid)
    case .pouring:
      // The guest has left, and the next one is here: no need to wait for the first to come back.
      waiting = uid
      end(.cardRemoved)
    case .idle, .closing, .settling, .recording:
      waiting = uid
    }
  }

  mutating func cardRemoved(_ uid: UID, silence: Duration) {
    cards.removeAll { $0 == uid }
    if waiting == uid { waiting = nil }
    guard pour?.card == uid else { return }
    switch stage {
    case .authorising, .readingMeter: abandon(nil)
    case .pouring:
      let deadline = now.advanced(by: max(.zero, settings.removalGrace - silence))
      pour?.removalDeadline = deadline
    case .idle, .closing, .settling, .recording: break
    }
  }

  mutating func readerFailed(_ message: String, since: MonotonicInstant) {
    readerFailedSince = min(readerFailedSince ?? now, since)
    log(.warning, "the card reader does not answer: \(message)")
    switch stage {
    case .authorising, .readingMeter: abandon(.readerFault)
    case .idle, .pouring, .closing, .settling, .recording: break
    }
  }

  mutating func cancelPour() {
    waiting = nil
    switch stage {
    case .authorising, .readingMeter: abandon(.cancelled)
    case .pouring: end(.cancelled)
    case .idle, .closing, .settling, .recording: break
    }
  }

  mutating func cardBlocked(_ uid: UID) {
    guard pour?.card == uid else { return }
    switch stage {
    case .authorising, .readingMeter: abandon(.blockedCard)
    case .pouring: end(.cardBlocked)
    case .idle, .closing, .settling, .recording: break
    }
  }

  /// Two cards on the reader: the first is served. The second must be taken away and presented again, so
  /// that nobody pays for a pour with a card that happened to lie there.
  private mutating func ignoreSecondCard(_ uid: UID) {
    secondCardUntil = now.advanced(by: settings.refusedScreen)
    log(.info, "a second card was laid on the reader and is ignored")
  }

  // MARK: Serving

  /// What keeps the tap from serving anybody, apart from what the ledger decides.
  var fault: TapScreen.Notice? {
    if valveHasFailed { return .valveFault }
    if meterHasFailed { return .meterFault }
    if readerFailedSince != nil { return .readerFault }
    if case .recording(let record) = stage, record.hasFailed { return ledgerNotice }
    if isShuttingDown { return .tapOutOfService }
    return nil
  }

  var ledgerNotice: TapScreen.Notice { ledgerFailure == .unreachable ? .serverUnreachable : .storageFault }

  /// Serves the card that waits, when the tap is free, or refuses it when the tap cannot be.
  mutating func serveWaitingCard() {
    guard let uid = waiting else { return }
    if let fault {
      switch stage {
      case .idle, .recording:
        waiting = nil
        refuse(fault)
      case .authorising, .readingMeter, .pouring, .closing, .settling:
        break
      }
      return
    }
    guard stage == .idle, valve.isClosed else { return }
    waiting = nil
    result = nil
    // What has leaked is not in the keg any more.
    recordStray(now: true)
    let id = PourID(using: &random)
    pour = Pour(id: id, card: uid, at: now)
    let request = ask(
      .authorise(
        HoldRequest(pour: id, tap: settings.tap, card: uid, usefulMicrolitres: usefulMicrolitres)))
    stage = .authorising(request, deadline: now.advanced(by: settings.authorisationTimeout))
  }

  /// The smallest limit that is worth opening the valve for.
  var usefulMicrolitres: Int64 {
    settings.minimumPourMicrolitres.addingClamped(status.afterFlow.predictedMicrolitres)
  }

  mutating func refuse(_ notice: TapScreen.Notice, balance: Money? = nil) {
    result = Result(
      phase: .refused, notice: notice, balance: balance?.price,
      until: now.advanced(by: settings.refusedScreen))
  }

  /// Gives up a pour whose valve has not opened.
  mutating func abandon(_ notice: TapScreen.Notice?) {
    guard let pour else { return }
    if let notice { refuse(notice) }
    record(.release(pour: pour.id))
  }
}
