import DaemonKit
import PiHAL
import RC522

@testable import coffeed

/// Keeps its own account of a lock, from what can be seen outside of the machine: events, effects, what is
/// durable, cards on the reader, the relays. It shares no code with what it judges, and names the rule that is
/// broken.
struct Auditor {
  enum Rule: String {
    /// Unlocked without a durable grant that is not over, and without the durable master.
    case right
    /// Unlocked for too long or too short a time.
    case time
    /// A lock-out that is not as described.
    case lockOut
    /// Activations and drinks that are not on record as they were.
    case entry
    /// One laying of a card counted twice, or none at all.
    case card
    /// Thirty or ninety seconds, whichever is right.
    case length
    /// An order to switch off that is not repeated.
    case off
    /// Always on that is not on.
    case master
    /// Lights and pages that do not tell the truth.
    case shown
  }

  struct Violation: CustomStringConvertible {
    let rule: Rule
    let description: String
  }

  private struct Grant {
    let token: Token
    let at: BootInstant
    let length: Duration
    let life: Int
    var answered: MonotonicInstant?
    var begun: MonotonicInstant?
    var onTime = Duration.zero
    /// Relays or a restart came in between.
    var isTroubled = false
    var drinks = 0
    /// Drinks could not be seen at some moment while the machine was unlocked for it.
    var mayHideDrinks = false
  }

  let settings: LockSettings
  private(set) var violations: [Violation] = []
  private(set) var grantCount = 0
  private(set) var lockOutCount = 0
  private(set) var continuedCount = 0

  // What is durable.
  /// The grants whose end is not on record.
  private var grants: [ActivationID: Grant] = [:]
  private var newestGrant: BootInstant?
  private var decided: Set<ActivationID> = []
  private var isMaster = false
  private var durableLockOut: BootInstant?
  private var refusals: [BootInstant] = []

  // Cards.
  private var layings: [Token: Int] = [:]
  private var layingsCounted: Set<Int> = []
  private var layingsOfMaster: Set<Int> = []
  private var layingAsked: [ActivationID: Int] = [:]

  // One life of the machine.
  private var boot = ""
  private var now = MonotonicInstant.zero
  private var life = 0
  private var born = MonotonicInstant.zero
  private var wasOff = false
  private var isShutDown = false
  private var asked: [EffectID: (request: LockRequest, first: MonotonicInstant)] = [:]
  private var answered: Set<EffectID> = []
  private var recorded: Set<EffectID> = []
  private var heardRefusals: [MonotonicInstant] = []
  private var lastHeardGrant: MonotonicInstant?
  private var lockedOutSince: MonotonicInstant?
  private var lastRight: MonotonicInstant?
  private var unconfirmedOff: (id: EffectID, sent: MonotonicInstant)?
  private var onOrder: EffectID?
  private var masterSince: MonotonicInstant?
  private var phase: LockView.Phase?
  private var lights: Lights?
  private var isKnownToBeOn = false
  private var drinksAreSeen = false
  /// The activations whose end the books were told, or will be.
  private var closed: Set<ActivationID> = []
  private var masterShown: MonotonicInstant?
  private var relayTroubleUntil = MonotonicInstant.zero

  init(settings: LockSettings) { self.settings = settings }

  private mutating func check(_ rule: Rule, _ holds: Bool, _ problem: @autoclosure () -> String) {
    if !holds {
      violations.append(Violation(rule: rule, description: "\(rule), \(boot), \(now): \(problem())"))
    }
  }

  // MARK: What happens around the machine

  mutating func laid(_ uid: UID, number: Int) { layings[Token(uid)] = number }

  mutating func relaysAreInTrouble(until end: MonotonicInstant) {
    // Long enough for the pauses after failures.
    relayTroubleUntil = max(relayTroubleUntil, end.advanced(by: settings.longestRelayPause + .seconds(4)))
    spoilGrants()
  }

  private mutating func spoilGrants() {
    for id in grants.keys where end(of: id) ?? .zero > now { grants[id]?.isTroubled = true }
  }

  mutating func machineStarted(boot: String, at now: MonotonicInstant) {
    self.now = now
    self.boot = boot
    life += 1
    born = now
    wasOff = false
    isShutDown = false
    asked = [:]
    answered = []
    recorded = []
    unconfirmedOff = nil
    onOrder = nil
    phase = nil
    lights = nil
    isKnownToBeOn = false
    drinksAreSeen = false
    masterShown = nil
    relayTroubleUntil = .zero
    masterSince = isMaster ? now : nil
    lastRight = nil
    for id in grants.keys { grants[id]?.isTroubled = true }
    lastHeardGrant = newestGrant.flatMap { $0.boot == boot ? $0.instant : nil }
    heardRefusals = refusals.filter { $0.boot == boot }.map(\.instant)
    lockedOutSince = rememberedLockOut
    if lockedOutSince != nil { heardRefusals = [] }
  }

  private var rememberedLockOut: MonotonicInstant? {
    if let durableLockOut {
      guard durableLockOut.boot == boot else { return now }
      return durableLockOut.instant.advanced(by: settings.lockOut) > now ? durableLockOut.instant : nil
    }
    guard let last = refusals.last else { return nil }
    let newest = refusals.filter { $0.boot == last.boot }.map(\.instant)
    guard Self.isTooMany(newest, settings) else { return nil }
    guard last.boot == boot else { return now }
    let newestInstant = newest.max() ?? now
    return newestInstant.advanced(by: settings.lockOut) > now ? newestInstant : nil
  }

  private static func isTooMany(_ tokens: [MonotonicInstant], _ settings: LockSettings) -> Bool {
    guard let newest = tokens.max() else { return false }
    return tokens.count { $0.duration(to: newest) <= settings.attemptWindow } > settings.invalidTokens
  }

  /// The books have carried a request out, for the first time or again.
  mutating func isDurable(_ request: LockRequest, _ answer: LockAnswer) {
    switch request {
    case .present(let presentation): isDurable(presentation, answer)
    case .setMaster(let isOn, let id, _, _):
      guard decided.insert(id).inserted else { return }
      isMaster = isOn
      if !isOn { masterSince = nil }
      durableLockOut = nil
      refusals = []
    case .lockOut(let id, let at):
      guard decided.insert(id).inserted else { return }
      durableLockOut = at
      refusals = []
    case .endLockOut(let id):
      if decided.insert(id).inserted { durableLockOut = nil }
    case .brewed(let id, _, let number):
      guard let before = grants[id]?.drinks else { return }
      check(.entry, number <= before + 1, "drink \(number) comes after drink \(before)")
      grants[id]?.drinks = max(before, number)
    case .activationEnded(let id, let drinks, let allSeen):
      check(.entry, grants[id].map { $0.drinks == drinks } ?? true, "\(drinks) drinks in the end")
      if allSeen, let grant = grants[id] {
        // An answer that came too late unlocked nothing.
        let isSure = !grant.mayHideDrinks || grant.isTroubled
        check(.entry, isSure && grant.life == life, "a drink may have been missed")
      }
      if let grant = grants[id], grant.life != life, let end = end(of: id) {
        check(.time, now >= end, "the rest of an activation is lost")
      }
      grants[id] = nil
    }
  }

  private mutating func isDurable(_ presentation: Presentation, _ answer: LockAnswer) {
    guard decided.insert(presentation.id).inserted else { return }
    if let laying = layingAsked[presentation.id] {
      check(.card, layingsCounted.insert(laying).inserted, "a card that lay there counts again")
    }
    switch answer {
    case .granted:
      grantCount += 1
      check(
        .entry, grants.isEmpty,
        "an activation begins before the end of the one before is on record")
      grants[presentation.id] = Grant(
        token: presentation.token, at: presentation.at, length: .milliseconds(presentation.milliseconds),
        life: life)
      newestGrant = presentation.at
    case .refused: refusals.append(presentation.at)
    case .enrolled, .recorded, .failed: break
    }
  }

  // MARK: Rights

  /// When the time of a grant is over; nil when it is not of this boot.
  private func end(of id: ActivationID) -> MonotonicInstant? {
    guard let grant = grants[id], grant.at.boot == boot else { return nil }
    if grant.life != life { return grant.at.instant.advanced(by: grant.length) }
    return (grant.begun ?? grant.answered ?? now).advanced(by: grant.length)
  }

  private var lastEnd: MonotonicInstant? {
    grants.keys.compactMap { end(of: $0) }.max()
  }

  private var isRightful: Bool { isMaster || lastEnd.map { now < $0 } ?? false }

  // MARK: Time

  mutating func timePassed(to now: MonotonicInstant, relaysAreOn: Bool, step: Duration) {
    self.now = max(self.now, now)
    if isRightful { lastRight = now }
    let isTroubled = now <= relayTroubleUntil
    if relaysAreOn {
      let overrun = lastRight.map { $0.duration(to: now) } ?? .seconds(1000)
      check(
        .time, overrun <= (isTroubled ? .milliseconds(1600) : .milliseconds(350)),
        "on for \(overrun) too long")
    }
    for (id, grant) in grants where grant.at.boot == boot {
      if relaysAreOn, grant.answered != nil, now <= (end(of: id) ?? .zero).advanced(by: .milliseconds(200)) {
        grants[id]?.onTime += step
      }
      checkTime(of: id, grant, relaysAreOn: relaysAreOn)
    }
    if let masterSince, !isTroubled, !isShutDown,
      max(masterSince, born).duration(to: now) > .seconds(3), !relaysAreOn
    {
      check(.master, false, "the machine is not on")
    }
    if let unconfirmedOff {
      check(
        .off, unconfirmedOff.sent.duration(to: now) <= settings.relayRetry * 2 + .milliseconds(100),
        "an order to switch off is not repeated")
    }
  }

  /// Whoever was granted gets the whole time, and what is left of it after a restart.
  private mutating func checkTime(of id: ActivationID, _ grant: Grant, relaysAreOn: Bool) {
    guard !isShutDown, now > relayTroubleUntil, let end = end(of: id) else { return }
    if grant.life != life {
      if born.duration(to: now) > .seconds(1), now < end, !relaysAreOn {
        check(.time, false, "the rest of an activation is lost")
      } else if relaysAreOn, now < end {
        continuedCount += 1
      }
      return
    }
    guard !grant.isTroubled, let answered = grant.answered else { return }
    if grant.begun == nil {
      check(.time, answered.duration(to: now) < .seconds(1), "granted, and not unlocked")
    } else if now > end.advanced(by: .milliseconds(100)), now < end.advanced(by: .milliseconds(400)) {
      check(
        .time, grant.onTime >= grant.length - .milliseconds(100),
        "only \(grant.onTime) of \(grant.length)")
    }
  }

  // MARK: Events

  mutating func willHandle(_ event: LockEvent, at now: MonotonicInstant) {
    self.now = max(self.now, now)
    if let since = lockedOutSince, since.advanced(by: settings.lockOut) <= now { lockedOutSince = nil }
    switch event {
    case .answered(let id, let answer): willHear(id, answer)
    case .cardAppeared(let uid) where Token(uid) == settings.masterToken:
      masterShown = now
      masterSince = nil
    case .relaysFailed: isKnownToBeOn = false
    case .drinksAreSeen(let areSeen):
      drinksAreSeen = areSeen
      if !areSeen { hideDrinks() }
    case .locked(let id):
      if unconfirmedOff?.id == id {
        unconfirmedOff = nil
        wasOff = true
        isKnownToBeOn = false
      }
    case .unlocked(let id):
      guard onOrder == id else { break }
      isKnownToBeOn = true
      for (id, grant) in grants
      where grant.life == life && grant.answered != nil && grant.begun == nil {
        grants[id]?.begun = now
      }
    case .shutDown:
      isShutDown = true
      spoilGrants()
    default: break
    }
  }

  /// Of a time that is over no drink is expected any more, nor once the next card was laid, though its end may take
  /// long to be on record.
  private mutating func hideDrinks() {
    for (id, grant) in grants where grant.answered != nil && !closed.contains(id) {
      if let end = end(of: id), now > end.advanced(by: settings.drinkGrace) { continue }
      grants[id]?.mayHideDrinks = true
    }
  }

  private mutating func willHear(_ id: EffectID, _ answer: LockAnswer) {
    guard let (request, first) = asked[id] else { return }
    let isFirst = answered.insert(id).inserted
    switch (request, answer) {
    case (.present(let presentation), .granted):
      guard let grant = grants[presentation.id], grant.begun == nil else { return }
      // A grant that comes late may find nobody there: the patience counts from when the card was laid.
      let isPrompt =
        isFirst && first.duration(to: now) <= .seconds(1)
        && presentation.at.instant.duration(to: now) < settings.askTimeout
      if !isPrompt || isShutDown { grants[presentation.id]?.isTroubled = true }
      grants[presentation.id]?.answered = now
      if !drinksAreSeen { grants[presentation.id]?.mayHideDrinks = true }
      // In always-on mode the relays are on already.
      if isKnownToBeOn { grants[presentation.id]?.begun = now }
      if isPrompt { lastHeardGrant = presentation.at.instant }
    case (.present(let presentation), .refused):
      // One that comes when the question has been given up may count or not.
      guard isFirst, first.duration(to: now) < settings.askTimeout - .seconds(1),
        presentation.at.instant.duration(to: now) < settings.askTimeout, !isShutDown
      else { return }
      heardRefusals.append(presentation.at.instant)
      if lockedOutSince == nil, Self.isTooMany(heardRefusals, settings) { lockOutBegins() }
    case (.setMaster(let isOn, _, _, _), .recorded):
      // Told a second time, it ends no later lock-out.
      guard recorded.insert(id).inserted else { return }
      lockedOutSince = nil
      heardRefusals = []
      // Shown again before the books answered, it is turned off again.
      if isOn, isFirst, isMaster, masterShown.map({ $0 <= first }) ?? true { masterSince = now }
    default: break
    }
  }

  private mutating func lockOutBegins() {
    lockOutCount += 1
    lockedOutSince = now
    heardRefusals = []
  }

  // MARK: Effects

  /// The machine has answered an event with these effects.
  mutating func didHandle(_ effects: [LockEffect]) {
    for effect in effects {
      switch effect {
      case .ask(let id, let request): ask(id, request)
      case .unlock(let id, let longest): unlock(id, longest)
      case .lock(let id):
        unconfirmedOff = (id, now)
        onOrder = nil
      case .lights(let lights): self.lights = lights
      case .show(let view):
        phase = view.phase
        if view.phase == .lockedOut, lockedOutSince == nil { adoptLockOut() }
      case .scanned, .log: break
      }
    }
    checkShown()
  }

  private mutating func unlock(_ id: EffectID, _ longest: Duration) {
    check(.right, wasOff, "unlocked before the relays were known to be off")
    check(.right, isRightful, "unlocked without a right")
    check(.right, !isShutDown, "unlocked though the daemon ends")
    let rest = lastEnd.map { now.duration(to: $0) + settings.relayTimeout } ?? .zero
    let most = max(rest, isMaster ? settings.masterUnlock : .zero)
    check(.time, longest <= most, "unlocked for up to \(longest) where \(most) is right")
    onOrder = id
    unconfirmedOff = nil
  }

  private mutating func ask(_ id: EffectID, _ request: LockRequest) {
    let isNew = asked[id] == nil
    if isNew { asked[id] = (request, now) }
    switch request {
    case .present(let presentation):
      check(.lockOut, lockedOutSince == nil, "a token is asked for during a lock-out")
      guard isNew, layingAsked[presentation.id] == nil else { return }
      let laying = layings[presentation.token]
      check(.card, laying != nil, "a card is asked for that was never there")
      layingAsked[presentation.id] = laying
      checkLength(presentation)
    case .setMaster(true, _, _, _):
      guard isNew else { return }
      let laying = settings.masterToken.flatMap { layings[$0] }
      check(
        .card, laying.map { layingsOfMaster.insert($0).inserted } ?? false, "the master token counts again")
    case .lockOut:
      if lockedOutSince == nil, isNew { adoptLockOut() }
    case .activationEnded(let id, _, _): closed.insert(id)
    default: break
    }
  }

  /// A refusal that was heard late, or not at all, may count.
  private mutating func adoptLockOut() {
    let possible = refusals.filter { $0.boot == boot }.map(\.instant)
    check(.lockOut, Self.isTooMany(possible, settings), "a lock-out for no reason")
    lockOutBegins()
  }

  /// What counts is the moment in which the card was laid; until it is asked for, records may come first.
  private mutating func checkLength(_ presentation: Presentation) {
    let length = Duration.milliseconds(presentation.milliseconds)
    let laid = presentation.at.instant
    check(
      .length, presentation.at.boot == boot && laid <= now && laid.duration(to: now) <= settings.askTimeout,
      "a card that was laid at \(laid)")
    let heard = lastHeardGrant.map { $0.duration(to: laid) <= settings.coldAfter } ?? false
    let possible =
      newestGrant.map { $0.boot == boot && $0.instant.duration(to: laid) <= settings.coldAfter } ?? false
    switch length {
    case settings.activation: check(.length, possible, "a short time for a cold machine")
    case settings.coldActivation: check(.length, !heard, "a long time for a warm machine")
    default: check(.length, false, "\(length)")
    }
  }

  private mutating func checkShown() {
    if phase == .lockedOut { check(.lockOut, lockedOutSince != nil, "locked out for too long") }
    if phase == .ready { check(.lockOut, lockedOutSince == nil, "ready during a lock-out") }
    switch lights {
    case .ready: check(.shown, !isKnownToBeOn, "red, and the relays are on")
    case .active, .master:
      check(.shown, onOrder != nil || unconfirmedOff != nil, "green, and the relays are off")
    case .off, nil: break
    }
    if lockedOutSince != nil, !isMaster, phase != nil {
      check(.shown, lights == .off, "a light in a lock-out")
    }
  }

  /// Everybody has gone, the daemon has ended.
  mutating func dayEnded(relaysAreOn: Bool) {
    check(.off, !relaysAreOn, "the relays are on in the end")
    check(.entry, grants.isEmpty, "an activation's end is not on record")
  }
}
