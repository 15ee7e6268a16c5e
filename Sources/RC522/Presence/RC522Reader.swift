import PiHAL

/// A ``CardReader`` on an MFRC522: watches the cards in its field and the health of the chip.
///
/// An empty field costs two SPI transfers a poll. A card that stays costs four (4-byte UID) or five (7-byte):
/// unhalted cards are asked for, then the known one is woken, selected and halted again.
///
/// ```swift
/// let clock = SystemClock()
/// let chip = MFRC522(spi: device, reset: resetLine, clock: clock, place: "RC522 at /dev/spidev0.0")
/// let reader = RC522Reader(chip: chip)
/// while true {
///   do throws(RC522Error) {
///     for event in try reader.poll() { print(event) }
///   } catch {
///     print(error)  // The reader recovers by itself: go on polling.
///   }
///   clock.sleep(for: .milliseconds(100))
/// }
/// ```
public final class RC522Reader: CardReader {
  /// How patient the reader is; the defaults fit ten polls a second.
  public struct Configuration: Equatable, Sendable {
    /// In how many polls a card must be silent before it counts as removed; at least 1.
    public var silentPollsBeforeRemoval = 3
    /// For how long it must be silent.
    public var silenceBeforeRemoval = Duration.milliseconds(250)
    /// How often version and settings of the chip are compared, in a transfer that happens anyway.
    public var probeInterval = Duration.seconds(1)
    /// How often, while cards are there, the field is searched for halted ones that are not known.
    public var searchInterval = Duration.seconds(1)
    /// For how long the field may sound damaged, without one readable answer, before the chip is reset.
    public var noiseTolerance = Duration.seconds(5)
    /// How often the chip is reset although it seems well; chips have been seen to go deaf without a sign.
    public var resetInterval = Duration.seconds(30 * 60)
    /// The same, when no card has been read meanwhile.
    public var idleResetInterval = Duration.seconds(15 * 60)
    /// How many cards are tracked at a time.
    public var maximumCards = 8

    public init() {}
  }

  /// The chip underneath. What is done with it between two polls must leave it initialised.
  public let chip: MFRC522
  public let configuration: Configuration
  /// Whether the periodic reset may happen now. Set it to false while a card is being served. A reader that
  /// has failed is reset all the same, and with a card in the field no periodic reset happens anyway.
  public var allowsPeriodicReset = true

  private let clock: any MonotonicClock
  private var tracker: PresenceTracker
  private var ladder: RecoveryLadder
  /// Set while the chip is not in order, also before its first use.
  private var fault: RC522Error?
  private var hasStarted = false
  private var hasWorked = false
  private var lastProbe = MonotonicInstant.zero
  private var lastSearch = MonotonicInstant.zero
  private var lastReset = MonotonicInstant.zero
  private var lastCard = MonotonicInstant.zero
  private var noisySince: MonotonicInstant?
  private var turn = 0

  /// Touches nothing: the first ``poll()`` initialises the chip.
  public init(chip: MFRC522, configuration: Configuration = Configuration()) {
    self.chip = chip
    self.configuration = configuration
    clock = chip.clock
    ladder = RecoveryLadder(hasResetLine: chip.hasResetLine)
    tracker = PresenceTracker(
      silentLooksBeforeRemoval: max(1, configuration.silentPollsBeforeRemoval),
      silenceBeforeRemoval: configuration.silenceBeforeRemoval, capacity: max(1, configuration.maximumCards))
  }

  /// The cards in the field, in the order in which they appeared.
  public var presentCards: [UID] { tracker.present }

  /// As configured.
  public var silenceBeforeRemoval: Duration { configuration.silenceBeforeRemoval }

  public func poll() throws(RC522Error) -> [CardEvent] {
    do {
      if !hasStarted || fault != nil {
        try recover()
      } else if isPeriodicResetDue {
        try reset(.softReset)
      }
      return try look()
    } catch {
      throw noted(error)
    }
  }

  // MARK: Looking

  private struct Look {
    var seen: [UID] = []
    var isClear = true
  }

  private func look() throws(RC522Error) -> [CardEvent] {
    let now = clock.now
    if lastProbe.duration(to: now) >= configuration.probeInterval {
      chip.isProbeDue = true
      lastProbe = now
    }
    var look = Look()
    if tracker.present.isEmpty || lastSearch.duration(to: now) >= configuration.searchInterval {
      lastSearch = now
      try discover(.allCards, into: &look)
      for uid in tracker.present where !look.seen.contains(uid) {
        guard try confirm(uid, into: &look) else { break }
      }
    } else {
      try chip.stopCrypto()
      let idle = WakeUp.idleCards.request
      try chip.begin(idle)
      // Cards that answer here are new, or were without power for a moment. The WUPA that already follows
      // sends them back to idle, and they are asked again below.
      let hasIdleCards = try chip.finish(idle, beginning: WakeUp.allCards.request) != .silent
      var hasBegun = true
      for uid in tracker.present {
        guard try confirm(uid, hasBegun: hasBegun, into: &look) else { break }
        hasBegun = false
      }
      if hasIdleCards { try discover(.idleCards, into: &look) }
    }
    let events = tracker.look(seen: look.seen, isClear: look.isClear, at: clock.now)
    if !look.seen.isEmpty { lastCard = now }
    try judgeNoise(look)
    return events
  }

  /// Reads one card after the other, as long as there are signs of more.
  private func discover(_ wake: WakeUp, into look: inout Look) throws(RC522Error) {
    var wake = wake
    for _ in 0..<configuration.maximumCards {
      turn &+= 1
      let choice = BranchChoice(known: tracker.present + look.seen, turn: turn)
      switch try chip.search(wake, halting: true, choice: choice) {
      case .nobody:
        return
      case .unclear:
        look.isClear = false
        return
      case .card(let card, let hasCompany):
        if !look.seen.contains(card.uid) { look.seen.append(card.uid) }
        guard hasCompany else { return }
        // The others fell back: those that had been halted are found by a later search.
        wake = .idleCards
      }
    }
  }

  /// - Returns: false when nobody at all answered, so that other cards need not be asked for.
  private func confirm(
    _ uid: UID, hasBegun: Bool = false, into look: inout Look
  ) throws(RC522Error) -> Bool {
    switch try chip.confirm(uid, halting: true, hasBegun: hasBegun) {
    case .present: look.seen.append(uid)
    case .silent: break
    case .unclear: look.isClear = false
    case .emptyField: return false
    }
    return true
  }

  private func judgeNoise(_ look: Look) throws(RC522Error) {
    let now = clock.now
    guard !look.isClear, look.seen.isEmpty else {
      noisySince = nil
      return
    }
    let since = noisySince ?? now
    noisySince = since
    if since.duration(to: now) >= configuration.noiseTolerance {
      noisySince = nil
      throw RC522Error(
        .corruptAnswer, place: chip.place,
        problem: "has heard nothing but damaged answers for \(configuration.noiseTolerance)",
        remedy: "look for metal, a second reader or a power supply near the antenna")
    }
  }

  // MARK: Resets

  private var isPeriodicResetDue: Bool {
    guard allowsPeriodicReset, tracker.present.isEmpty else { return false }
    let now = clock.now
    let sinceReset = lastReset.duration(to: now)
    return sinceReset >= configuration.resetInterval
      || sinceReset >= configuration.idleResetInterval
        && lastCard.duration(to: now) >= configuration.idleResetInterval
  }

  private func recover() throws(RC522Error) {
    if let fault, ladder.pause(at: clock.now) > .zero { throw fault }
    // Never started: whoever used the chip before may have left it in any state.
    try reset(hasStarted ? ladder.step : chip.hasResetLine ? .hardReset : .softReset)
    ladder.recovered(at: clock.now)
    fault = nil
  }

  private func reset(_ step: RecoveryLadder.Step) throws(RC522Error) {
    hasStarted = true
    switch step {
    case .initialize: break
    case .softReset: try chip.softReset()
    case .hardReset: try chip.hardReset()
    }
    try chip.initialize()
    hasWorked = true
    let now = clock.now
    lastReset = now
    lastProbe = now
    noisySince = nil
    // Resets switch the carrier off for a moment; what was silent meanwhile is not gone.
    tracker.forgiveSilence()
  }

  /// Remembers a fault, sets the next step's time and says both.
  private func noted(_ error: RC522Error) -> RC522Error {
    let now = clock.now
    if let fault, ladder.pause(at: now) > .zero { return fault }
    ladder.failed(at: now)
    let kind: RC522Error.Kind =
      switch error.kind {
      case .readerHung where !hasWorked: .readerMissing
      case .readerMissing where hasWorked: .readerHung
      default: error.kind
      }
    let next = "next comes \(ladder.step) in \(ladder.pause(at: now))"
    let noted = RC522Error(
      kind, place: error.place, problem: error.problem,
      remedy: error.remedy.isEmpty ? next : error.remedy + "; " + next)
    fault = noted
    return noted
  }

  // MARK: Working with a card

  /// Selects a card, lets `body` talk to it and halts it again.
  ///
  /// A card that refuses something (a NAK, a wrong key) falls asleep: whatever comes after needs another
  /// `withCard`.
  /// - Throws: ``RC522Error`` `noAnswer` when the card is not there, `corruptAnswer`, what `body` throws, and
  ///   the faults that ``poll()`` throws.
  public func withCard<Result>(
    _ uid: UID, _ body: (SelectedCard) throws(RC522Error) -> Result
  ) throws(RC522Error) -> Result {
    if let fault { throw fault }
    switch try chip.confirm(uid, halting: false) {
    case .present(let card):
      let result: Result
      do {
        result = try body(card)
      } catch {
        try? chip.deselect()
        throw error
      }
      try chip.deselect()
      return result
    case .silent, .emptyField:
      throw RC522Error(.noAnswer, place: "card \(uid)", problem: "is not on the reader")
    case .unclear:
      throw RC522Error(.corruptAnswer, place: "card \(uid)", problem: "answered with damaged bytes")
    }
  }
}

extension MFRC522 {
  /// Halts the selected card and ends an enciphered talk.
  func deselect() throws(RC522Error) {
    try begin(.halt)
    _ = try finish(.halt)
    try stopCrypto()
  }
}
