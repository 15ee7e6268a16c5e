import FlowControl
import PiHAL
import Testing
import VirtualPi

@Suite struct RelayBankTests {
  @Test func allRelaysAreOffFromTheStart() throws {
    let output = FakeOutput(lineCount: 4, active: true)
    let bank = try RelayBank(output, at: .zero)
    #expect(output.active == [false, false, false, false])
    #expect(bank.active == output.active)
    #expect(bank.relays.map(\.name) == ["relay 0", "relay 1", "relay 2", "relay 3"])
    #expect(bank.nextDeadline == nil)
  }

  @Test func aPulseEndsInTime() throws {
    let output = FakeOutput(lineCount: 2)
    let bank = try RelayBank(output, at: .zero)
    try bank.pulse(1, for: .milliseconds(300), at: .milliseconds(100))
    #expect(output.active == [false, true])
    #expect(bank.nextDeadline == .milliseconds(400))
    #expect(bank.update(at: .milliseconds(399)) == [])
    #expect(bank.update(at: .milliseconds(400)) == [.pulseEnded(1)])
    #expect(output.active == [false, false])
  }

  @Test func aHoldEndsAtItsMaximumHoweverOftenItIsAskedFor() throws {
    let output = FakeOutput()
    let relay = try Relay(output, maximumOnTime: .seconds(10), at: .zero)
    for second in 0..<10 {
      try relay.switchOn(at: .milliseconds(second * 1000))
      try relay.pulse(for: .seconds(9), at: .milliseconds(second * 1000))
      #expect(relay.update(at: .milliseconds(second * 1000 + 999)) == [])
      #expect(relay.isOn == true)
    }
    #expect(relay.update(at: .milliseconds(10_000)) == [.maximumOnTimeReached(0)])
    #expect(output.active == [false])
    #expect(relay.nextDeadline == nil)
  }

  @Test func aRelayOfTheGroupIsRefusedWhileAnotherIsOn() throws {
    let output = FakeOutput(lineCount: 3)
    let bank = try RelayBank(
      output, relays: [RelaySettings(name: "up"), RelaySettings(name: "down"), RelaySettings(name: "lamp")],
      interlocks: [Interlock([0, 1], deadTime: .milliseconds(50))], at: .zero)
    try bank.switchOn(0, at: .milliseconds(100))
    let error = #expect(throws: FlowControlError.self) { try bank.switchOn(1, at: .milliseconds(200)) }
    #expect(error?.kind == .interlocked)
    #expect(error?.description == "down may not be on together with up: switch up off first")
    try bank.switchOn(2, at: .milliseconds(200))
    #expect(output.active == [true, false, true])

    try bank.switchOff(0, at: .milliseconds(300))
    try bank.pulse(1, for: .milliseconds(20), at: .milliseconds(310))
    #expect(output.active == [false, false, true])
    #expect(bank.nextDeadline == .milliseconds(350))
    #expect(bank.update(at: .milliseconds(349)) == [])
    #expect(bank.update(at: .milliseconds(350)) == [.switchedOn(1)])
    #expect(output.active == [false, true, true])
    // The pulse has its whole length, from when the relay was on.
    #expect(bank.nextDeadline == .milliseconds(370))
  }

  @Test func aSequenceRunsStepByStep() throws {
    let output = FakeOutput(lineCount: 3)
    let bank = try RelayBank(output, at: .zero)
    try bank.switchOn(2, at: .zero)
    try bank.run(
      [
        RelayStep([0], for: .seconds(1)), RelayStep([], for: .seconds(1)),
        RelayStep([0, 1], for: .seconds(2)),
      ],
      at: .zero)
    #expect(output.active == [true, false, true])
    #expect(bank.update(at: .milliseconds(1000)) == [.stepStarted(1)])
    #expect(output.active == [false, false, true])
    // A late caller: the third step still has its two seconds.
    #expect(bank.update(at: .milliseconds(9000)) == [.stepStarted(2), .switchedOn(0), .switchedOn(1)])
    #expect(bank.update(at: .milliseconds(10_999)) == [])
    #expect(output.active == [true, true, true])
    #expect(bank.update(at: .milliseconds(11_000)) == [.sequenceFinished])
    #expect(output.active == [false, false, true])
    #expect(bank.nextDeadline == nil)
  }

  @Test func aRelayOfARunningSequenceIsItsOwn() throws {
    let output = FakeOutput(lineCount: 3)
    let bank = try RelayBank(output, interlocks: [Interlock([1, 2])], at: .zero)
    let steps = [RelayStep([0], for: .seconds(1)), RelayStep([1], for: .seconds(1))]
    try bank.run(steps, at: .zero)
    #expect(kind { () throws(FlowControlError) in try bank.switchOn(1, at: .zero) } == .invalidRequest)
    #expect(kind { () throws(FlowControlError) in try bank.switchOn(2, at: .zero) } == .interlocked)
    #expect(kind { () throws(FlowControlError) in try bank.run(steps, at: .zero) } == .invalidRequest)
    try bank.switchOff(1, at: .zero)
    #expect(output.active == [false, false, false])
    #expect(bank.update(at: .milliseconds(1000)) == [])
    try bank.switchOn(2, at: .zero)
    #expect(kind { () throws(FlowControlError) in try bank.run(steps, at: .zero) } == .interlocked)
  }

  @Test func aSequenceThatCannotBeIsRefusedBeforeItsFirstStep() throws {
    let output = FakeOutput(lineCount: 3)
    let bank = try RelayBank(
      output, interlocks: [Interlock([0, 1], deadTime: .milliseconds(100))], at: .zero)
    let before = output.history
    func refusal(_ steps: [RelayStep]) -> FlowControlError.Kind? {
      kind { () throws(FlowControlError) in try bank.run(steps, at: .zero) }
    }
    let good = RelayStep([2], for: .seconds(1))
    #expect(refusal([]) == .invalidRequest)
    #expect(refusal([good, RelayStep([2], for: .zero)]) == .invalidRequest)
    #expect(refusal([good, RelayStep([3], for: .seconds(1))]) == .invalidRequest)
    #expect(refusal([good, RelayStep([-1], for: .seconds(1))]) == .invalidRequest)
    #expect(refusal([good, RelayStep([0, 1], for: .seconds(1))]) == .interlocked)
    #expect(refusal([good, RelayStep([0], for: .milliseconds(100))]) == .invalidRequest)
    #expect(output.history == before)
    #expect(refusal([good, RelayStep([0], for: .milliseconds(101))]) == nil)
  }

  @Test func whatIsNotThereIsRefused() throws {
    let output = FakeOutput(lineCount: 2)
    let bank = try RelayBank(output, at: .zero)
    for relay in [-1, 2, .max] {
      #expect(kind { () throws(FlowControlError) in try bank.switchOn(relay, at: .zero) } == .invalidRequest)
      #expect(kind { () throws(FlowControlError) in try bank.switchOff(relay, at: .zero) } == .invalidRequest)
    }
    let noLength = kind { () throws(FlowControlError) in try bank.pulse(0, for: .zero, at: .zero) }
    #expect(noLength == .invalidRequest)
    let tooFew = kind { () throws(FlowControlError) in
      _ = try RelayBank(output, relays: [RelaySettings(name: "one")], at: .zero)
    }
    #expect(tooFew == .invalidRequest)
    let stranger = kind { () throws(FlowControlError) in
      _ = try RelayBank(output, interlocks: [Interlock([1, 2])], at: .zero)
    }
    #expect(stranger == .invalidRequest)
    let negative = kind { () throws(FlowControlError) in
      _ = try RelayBank(output, interlocks: [Interlock([0, 1], deadTime: .seconds(-1))], at: .zero)
    }
    #expect(negative == .outOfRange)
  }

  @Test func aFailedOrderDropsEverythingAndIsTriedAgain() throws {
    let output = FakeOutput(lineCount: 2)
    let bank = try RelayBank(
      output, interlocks: [Interlock([0, 1], deadTime: .milliseconds(50))], at: .zero)
    try bank.pulse(0, for: .seconds(1), at: .milliseconds(100))
    output.isBroken = true
    let events = bank.update(at: .milliseconds(1100))
    #expect(events.first == .pulseEnded(0))
    guard case .failed(let error) = events.last, case .hardware = error.kind else {
      Issue.record("the failure was not reported")
      return
    }
    #expect(bank.active == nil)
    #expect(bank.update(at: .milliseconds(1200)) == [])
    #expect(kind { () throws(FlowControlError) in try bank.switchOn(1, at: .milliseconds(1200)) } != nil)
    output.isBroken = false
    #expect(bank.update(at: .milliseconds(1300)) == [.recovered])
    #expect(output.active == [false, false])
    // Relay 0 may have been on until now: its rival waits from here.
    try bank.switchOn(1, at: .milliseconds(1310))
    #expect(output.active == [false, false])
    #expect(bank.update(at: .milliseconds(1350)) == [.switchedOn(1)])
  }

  @Test func aForgottenBankSwitchesOff() throws {
    let output = FakeOutput(lineCount: 2)
    do {
      let bank = try RelayBank(output, at: .zero)
      try bank.switchOn(1, at: .zero)
      _ = bank
    }
    #expect(output.active == [false, false])
  }

  /// Random calls on random banks, over lines that are driven one by one, in either direction, and fail now
  /// and then: never two relays of a group at once, never one sooner than the dead time allows, never one
  /// longer than its maximum.
  @Test(arguments: 1...25)
  func noSequenceOfCallsBreaksAnInterlockOrAMaximum(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let count = Int.random(in: 2...8, using: &random)
    let maxima: [Duration?] = (0..<count).map { _ in
      Bool.random(using: &random) ? .milliseconds(Int.random(in: 50...3000, using: &random)) : nil
    }
    let interlocks = (0..<Int.random(in: 1...3, using: &random)).map { _ in
      Interlock(
        Set((0..<count).filter { _ in Bool.random(using: &random) }),
        deadTime: .milliseconds(Bool.random(using: &random) ? 0 : Int.random(in: 1...200, using: &random)))
    }
    let output = FakeOutput(lineCount: count)
    output.drivesBackwards = Bool.random(using: &random)
    let bank = try RelayBank(
      output, relays: maxima.map { RelaySettings(name: "relay", maximumOnTime: $0) }, interlocks: interlocks,
      at: .zero)
    var now = MonotonicInstant.zero
    var seen = 0
    var previous = output.active
    var onSince: [MonotonicInstant?] = Array(repeating: nil, count: count)
    var offSince: [MonotonicInstant?] = Array(repeating: nil, count: count)
    var switchings = 0
    for _ in 0..<3000 {
      let pause = Duration.milliseconds(Int.random(in: 0...100, using: &random))
      // Never later than the bank asked for.
      now =
        bank.active == nil
        ? now.advanced(by: pause)
        : min(now.advanced(by: pause), max(now, bank.nextDeadline ?? .init(nanoseconds: .max)))
      output.isBroken = Int.random(in: 0..<100, using: &random) == 0
      let relay = Int.random(in: -1...count, using: &random)
      switch Int.random(in: 0..<12, using: &random) {
      case 0...3: try? bank.switchOn(relay, at: now)
      case 4...5:
        try? bank.pulse(relay, for: .milliseconds(Int.random(in: -10...500, using: &random)), at: now)
      case 6: try? bank.switchOff(relay, at: now)
      case 7 where Int.random(in: 0..<10, using: &random) == 0: try? bank.switchAllOff(at: now)
      case 8:
        let steps = (0..<Int.random(in: 1...4, using: &random)).map { _ in
          RelayStep(
            Set(
              (0..<Int.random(in: 0...2, using: &random)).map { _ in Int.random(in: 0..<count, using: &random)
              }),
            for: .milliseconds(Int.random(in: 1...400, using: &random)))
        }
        try? bank.run(steps, at: now)
      default: break
      }
      _ = bank.update(at: now)
      for levels in output.history[seen...] {
        for relay in 0..<count where levels[relay] != previous[relay] {
          switchings += 1
          if levels[relay] {
            onSince[relay] = now
            for interlock in interlocks where interlock.relays.contains(relay) {
              for rival in interlock.relays where rival != relay {
                #expect(!levels[rival], "\(relay) and \(rival) were on at once")
                if let off = offSince[rival] { #expect(off.duration(to: now) >= interlock.deadTime) }
              }
            }
          } else {
            onSince[relay] = nil
            offSince[relay] = now
          }
        }
        previous = levels
      }
      seen = output.history.count
      if let active = bank.active {
        #expect(active == output.active)
        for relay in 0..<count {
          if let since = onSince[relay], let maximum = maxima[relay] {
            #expect(since.duration(to: now) < maximum)
          }
        }
      }
    }
    #expect(switchings > 100, "the test hardly did anything")
  }
}
