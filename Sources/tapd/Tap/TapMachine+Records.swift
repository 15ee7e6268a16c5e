import DaemonKit
import PiHAL
import RC522

extension TapMachine {
  // MARK: The pour's end

  mutating func record(_ request: LedgerRequest) {
    stage = .recording(Record(id: ask(request), request: request, sent: now))
  }

  /// Asks again for what was not acknowledged.
  mutating func repeatRecords() {
    if case .recording(var record) = stage, record.sent.duration(to: now) >= settings.recordRetry {
      record.sent = now
      stage = .recording(record)
      emit(.ask(record.id, record.request))
    }
    if var record = strayRecord, record.sent.duration(to: now) >= settings.recordRetry {
      record.sent = now
      strayRecord = record
      emit(.ask(record.id, record.request))
    }
    if var record = leak.record, record.sent.duration(to: now) >= settings.recordRetry {
      record.sent = now
      leak.record = record
      emit(.ask(record.id, record.request))
    }
  }

  // MARK: Marks

  /// Leaves a durable mark of a running pour, from time to time; only one is on its way at a time. One that
  /// got lost or failed is followed by another, also when nothing flows any more.
  mutating func markPour() {
    guard let pour, stage == .pouring || stage == .closing || stage == .settling else { return }
    let microlitres = pouredMicrolitres
    let unmarked = microlitres - pour.markedMicrolitres
    let sinceLast = pour.markSent.duration(to: now)
    let isDue: Bool
    if pour.markUnderWay != nil {
      isDue = sinceLast >= settings.recordRetry
    } else {
      let isMuch = unmarked >= settings.markMicrolitres && ledgerFailure == nil
      isDue = isMuch || sinceLast >= settings.markInterval
    }
    guard unmarked > 0, isDue else { return }
    let id = ask(.mark(pour: pour.id, microlitres: microlitres))
    self.pour?.markUnderWay = Mark(id: id, microlitres: microlitres)
    self.pour?.markSent = now
  }

  // MARK: Answers

  mutating func answered(_ id: EffectID, _ answer: LedgerAnswer) {
    guard isAwaited(id) else { return }
    if case .failed(let failure) = answer {
      if ledgerFailure == nil { log(.alarm, "the ledger cannot record: \(failure.message)") }
      ledgerFailure = failure.kind
    } else if ledgerFailure != nil {
      ledgerFailure = nil
      log(.info, "the ledger records again")
    }
    if strayRecord?.id == id { return strayAnswered(answer) }
    if leak.record?.id == id { return leakAnswered(answer) }
    if let mark = pour?.markUnderWay, mark.id == id {
      pour?.markUnderWay = nil
      if answer == .recorded { pour?.markedMicrolitres = mark.microlitres }
      return
    }
    if pour?.extensionUnderWay == id { return extensionAnswered(answer) }
    switch stage {
    case .authorising: authorisationAnswered(answer)
    case .recording(let record): recordAnswered(record, answer)
    case .idle, .readingMeter, .pouring, .closing, .settling: break
    }
  }

  /// Answers that come late or twice are not awaited any more.
  private func isAwaited(_ id: EffectID) -> Bool {
    switch stage {
    case .authorising(id, _): return true
    case .recording(let record) where record.id == id: return true
    default:
      return strayRecord?.id == id || leak.record?.id == id || pour?.markUnderWay?.id == id
        || pour?.extensionUnderWay == id
    }
  }

  private mutating func authorisationAnswered(_ answer: LedgerAnswer) {
    switch answer {
    case .granted(let grant) where grant.pour == pour?.id:
      granted(grant)
    case .refused(let refusal):
      if let pour { log(.info, "card \(pour.card) is refused: \(refusal.reason.rawValue)") }
      pour = nil
      stage = .idle
      refuse(refusal.reason.notice, balance: refusal.balance)
    case .failed:
      abandon(ledgerNotice)
    case .granted, .recorded, .settled:
      log(.alarm, "the ledger answered an authorisation with something else")
      abandon(.storageFault)
    }
  }

  private mutating func recordAnswered(_ record: Record, _ answer: LedgerAnswer) {
    switch answer {
    case .settled(let receipt):
      finish(receipt)
    case .failed(let failure) where failure.kind == .rejected:
      // Asking again is no use; what flowed is kept on record.
      log(.alarm, "a pour could not be settled and is recorded as flow without a pour: \(failure.message)")
      if case .settle(let settlement) = record.request, settlement.pulses > 0 {
        addStray(settlement.pulses)
      }
      refuse(.storageFault)
      pour = nil
      stage = .idle
    case .failed:
      var failed = record
      failed.hasFailed = true
      stage = .recording(failed)
    case .recorded, .granted, .refused:
      pour = nil
      stage = .idle
    }
  }

  private mutating func finish(_ receipt: Receipt) {
    let isGuest = pour?.grant?.kind == .guest
    result = Result(
      phase: .done, notice: pour?.ending?.reason.notice(microlitres: receipt.microlitres),
      pour: TapScreen.Pour(
        microlitres: receipt.microlitres, microlitresPerSecond: 0,
        limitMicrolitres: pour?.grant?.limitMicrolitres, cost: isGuest ? receipt.charge.price : nil,
        balance: receipt.balance?.price),
      until: now.advanced(by: settings.doneScreen))
    settled = (receipt.pour, now)
    pour = nil
    stage = .idle
  }

  private mutating func extensionAnswered(_ answer: LedgerAnswer) {
    pour?.extensionUnderWay = nil
    guard case .granted(let grant) = answer, grant.pour == pour?.id, let old = pour?.grant,
      grant.limitMicrolitres ?? 0 >= old.limitMicrolitres ?? 0
    else { return }
    pour?.grant = grant
  }

  // MARK: Changes in the ledger

  mutating func tapChanged(_ status: TapStatus) {
    self.status = status
    guard !status.inService, let grant = pour?.grant, grant.kind == .guest else { return }
    switch stage {
    case .readingMeter: abandon(.tapOutOfService)
    case .pouring: end(.tapOutOfService)
    case .idle, .authorising, .closing, .settling, .recording: break
    }
  }

  mutating func balanceChanged(_ uid: UID) {
    guard stage == .pouring, let pour, pour.card == uid, pour.grant?.kind == .guest else { return }
    let id = ask(.extend(pour: pour.id))
    self.pour?.extensionUnderWay = id
  }

  // MARK: Time

  /// Does all that is due by now.
  mutating func advance() {
    checkValve()
    switch stage {
    case .authorising(_, let deadline):
      if now >= deadline {
        log(.warning, "the ledger did not answer in time")
        abandon(.serverUnreachable)
      }
    case .readingMeter(let deadline):
      if now >= deadline { meterFailed("no reading for \(settings.meterTimeout)") }
    case .pouring, .closing, .settling, .idle, .recording:
      if !meterHasFailed, tally.lastReading.duration(to: now) >= settings.meterTimeout {
        meterFailed("no reading for \(settings.meterTimeout)")
      }
    }
    watchSilence()
    if stage == .pouring {
      if let pour, let deadline = pour.removalDeadline, now >= deadline { end(.cardRemoved) }
      if let since = readerFailedSince, since.duration(to: now) >= settings.readerFaultGrace {
        end(.readerFault)
      }
      if isAtLimit { end(pour?.grant?.limitedBy == .keg ? .kegReserveReached : .limitReached) }
    }
    // That nothing flows any more is only believed from a reading, as long as there may be one.
    if stage == .pouring || hasWaitedLongForTheEndOfTheFlow { watchFlow() }
    watchLeak()
    markPour()
    recordStray()
    repeatRecords()
    serveWaitingCard()
  }
}
