import PiHAL

/// A ``CardReader`` on an MFRC522: watches the cards in its field and the health of the chip.
///
/// An empty field costs two SPI transfers a poll. A card that stays costs four (4-byte UID) or five (7-byte):
/// unhalted cards are asked for, then the known one is woken, selected and halted again. A known one that stays silent
/// is asked several times in a poll, so that answers that get lost do not remove it.
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
  /// How patient the reader is; the defaults fit ten polls a second and more.
  public struct Configuration: Equatable, Sendable {
    /// In how many polls a card must be silent before it counts as removed; at least 1.
    public var silentPollsBeforeRemoval = 3
    /// For how long it must be silent. It takes longer while its answers get lost, as far as the reader has seen that
    /// before: so long that lost answers alone cannot be the reason.
    public var silenceBeforeRemoval = Duration.milliseconds(250)
    /// A card that was not heard for so long counts as removed, also where answers get lost or a neighbour answers with
    /// damaged bytes.
    public var longestSilence = Duration.seconds(3)
    /// How often version and settings of the chip are compared, in a transfer that happens anyway.
    public var probeInterval = Duration.seconds(1)
    /// How often, while cards are there, the field is searched for halted ones that are not known.
    public var searchInterval = Duration.seconds(1)
    /// For how long the field may sound damaged, without one readable answer, before that is a fault. The chip is reset
    /// then, and again as often.
    public var noiseTolerance = Duration.seconds(2)
    /// How often the chip is reset although it seems well; chips have been seen to go deaf without a sign.
    public var resetInterval = Duration.seconds(30 * 60)
    /// The same, when no card has been read meanwhile.
    public var idleResetInterval = Duration.seconds(15 * 60)
    /// How many cards are tracked at a time; at least 1.
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
  /// Since when nothing but damaged bytes is heard, and what is said about it when that has lasted.
  private var noisySince: MonotonicInstant?
  private var noise: RC522Error?
  private var turn = 0

  /// Touches nothing: the first ``poll()`` initialises the chip.
  public init(chip: MFRC522, configuration: Configuration = Configuration()) {
    self.chip = chip
    var configuration = configuration
    configuration.silentPollsBeforeRemoval = max(1, configuration.silentPollsBeforeRemoval)
    configuration.maximumCards = max(1, configuration.maximumCards)
    self.configuration = configuration
    clock = chip.clock
    ladder = RecoveryLadder(hasResetLine: chip.hasResetLine, canReopen: chip.canReopen)
    tracker = PresenceTracker(
      silentLooksBeforeRemoval: configuration.silentPollsBeforeRemoval,
      silenceBeforeRemoval: configuration.silenceBeforeRemoval, longestSilence: configuration.longestSilence,
      capacity: configuration.maximumCards)
  }

  /// The cards in the field, in the order in which they appeared.
  public var presentCards: [UID] { tracker.present }

  /// As configured.
  public var silenceBeforeRemoval: Duration { configuration.silenceBeforeRemoval }

  public func silence(of uid: UID) -> Duration { tracker.silences[uid] ?? silenceBeforeRemoval }

  /// The last look in which something could be read, or nobody answered.
  public private(set) var lastCertainty: MonotonicInstant?

  public func poll() throws(RC522Error) -> [CardEvent] {
    let events: [CardEvent]
    do {
      var now = clock.now
      if try putInOrder(at: now) { now = clock.now }
      events = try look(at: now)
    } catch {
      throw noted(error)
    }
    // The chip is in order, so it goes on being polled at full pace.
    if let noise { throw noise }
    return events
  }

  // MARK: Looking

  private struct Look {
    var seen: [UID] = []
    var isClear = true
    /// How often each known card was asked.
    var questions: [UID: Int] = [:]

    var isEmpty: Bool { isClear && seen.isEmpty }
  }

  private func look(at began: MonotonicInstant) throws(RC522Error) -> [CardEvent] {
    if lastProbe.duration(to: began) >= configuration.probeInterval {
      chip.isProbeDue = true
      lastProbe = began
    }
    var look = Look()
    if tracker.present.isEmpty || lastSearch.duration(to: began) >= configuration.searchInterval {
      lastSearch = began
      try discover(.allCards, into: &look)
      for uid in tracker.present where !look.seen.contains(uid) {
        guard try confirm(uid, into: &look) else { break }
      }
      // A search disturbs the cards that it does not find: how often they are asked then says nothing about the air.
      for uid in look.seen { look.questions[uid] = nil }
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
    // An empty field takes no time that matters.
    let now = look.isEmpty && tracker.present.isEmpty ? began : clock.now
    let events = tracker.look(seen: look.seen, isClear: look.isClear, questions: look.questions, at: now)
    if !look.seen.isEmpty { lastCard = began }
    judgeNoise(look, at: now)
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

  /// Asks for a known card until it answers, several times at most.
  /// - Returns: false when nobody at all answered, so that other cards need not be asked for.
  private func confirm(
    _ uid: UID, hasBegun: Bool = false, into look: inout Look
  ) throws(RC522Error) -> Bool {
    var isEmpty = true
    var isClear = true
    for question in 1...tracker.questions(for: uid) {
      look.questions[uid] = question
      switch try chip.confirm(uid, halting: true, hasBegun: hasBegun && question == 1) {
      case .present:
        look.seen.append(uid)
        return true
      case .silent: isEmpty = false
      case .unclear: (isEmpty, isClear) = (false, false)
      case .emptyField: break
      }
    }
    if !isClear { look.isClear = false }
    return !isEmpty
  }

  private func judgeNoise(_ look: Look, at now: MonotonicInstant) {
    guard !look.isClear, look.seen.isEmpty else {
      noisySince = nil
      noise = nil
      lastCertainty = now
      return
    }
    let since = noisySince ?? now
    noisySince = since
    guard noise == nil, since.duration(to: now) >= configuration.noiseTolerance else { return }
    noise = RC522Error(
      .corruptAnswer, place: chip.place,
      problem: "has heard nothing but damaged answers for \(configuration.noiseTolerance)",
      remedy: blamingOthers("look for metal, a second reader or a power supply near the antenna"))
  }

  /// Another program on the bus explains most faults.
  private func blamingOthers(_ remedy: String) -> String {
    let others = chip.otherUsers
    guard !others.isEmpty else { return remedy }
    let stop = "stop \(others.joined(separator: " and ")), which uses the reader too"
    return remedy.isEmpty ? stop : "\(stop); else \(remedy)"
  }

  // MARK: Resets

  /// - Returns: whether there was anything to do.
  private func putInOrder(at now: MonotonicInstant) throws(RC522Error) -> Bool {
    if !hasStarted || fault != nil {
      try recover()
    } else if isPeriodicResetDue(at: now) {
      try reset(.softReset)
    } else if isNoiseResetDue(at: now) {
      try reset(chip.hasResetLine ? .hardReset : .softReset)
    } else {
      return false
    }
    return true
  }

  private func isNoiseResetDue(at now: MonotonicInstant) -> Bool {
    noise != nil && lastReset.duration(to: now) >= configuration.noiseTolerance
  }

  private func isPeriodicResetDue(at now: MonotonicInstant) -> Bool {
    guard allowsPeriodicReset, tracker.present.isEmpty else { return false }
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
    case .reopen: try chip.reopen()
    }
    try chip.initialize()
    hasWorked = true
    let now = clock.now
    lastReset = now
    lastProbe = now
    // Resets switch the carrier off for a moment; what was silent meanwhile is not gone.
    tracker.forgiveSilence()
  }

  /// Remembers a fault, sets the next step's time and says both.
  private func noted(_ error: RC522Error) -> RC522Error {
    let now = clock.now
    if let fault, ladder.pause(at: now) > .zero { return fault }
    let isBusLost = if case .bus = error.kind { true } else { false }
    ladder.failed(isBusLost: isBusLost, at: now)
    let kind: RC522Error.Kind =
      switch error.kind {
      case .readerHung where !hasWorked: .readerMissing
      case .readerMissing where hasWorked: .readerHung
      default: error.kind
      }
    let next = "next comes \(ladder.step) in \(ladder.pause(at: now))"
    let remedy = blamingOthers(error.remedy)
    let noted = RC522Error(
      kind, place: error.place, problem: error.problem, remedy: remedy.isEmpty ? next : remedy + "; " + next)
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
    _ uid: UID, _ body: (SelectedCard) throws -> Result
  ) throws -> Result {
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
