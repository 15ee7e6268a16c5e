import PiHAL
import Testing

@testable import RC522

@Suite struct HealthTests {
  @Test("Chips and clones are known by their version register")
  func versions() throws {
    for (value, version) in [
      (UInt8(0x90), ChipVersion.mfrc522Version0), (0x91, .mfrc522Version1), (0x92, .mfrc522Version2),
      (0x88, .fm17522(0x88)), (0x89, .fm17522(0x89)), (0xB2, .fm17522(0xB2)), (0x12, .counterfeit),
      (0x45, .unknown(0x45)),
    ] {
      let bench = Bench()
      bench.chip.version = value
      bench.put("0102a4f3")
      #expect(try bench.poll() == [.appeared(UID("0102a4f3")!)])
      #expect(bench.driver.version == version)
      #expect(version.isGenuine == [0x90, 0x91, 0x92].contains(value))
    }
  }

  @Test(
    "Without a chip the error says what to check, and a chip that is plugged in later works",
    arguments: [0x00, 0xFF])
  func missing(level: UInt8) throws {
    let bench = Bench()
    bench.resetLine.cures = false
    bench.chip.isDead = level
    let (events, faults) = bench.poll(times: 100)
    #expect(events == [] && faults.count == 100)
    #expect(faults.allSatisfy { $0.kind == .readerMissing })
    #expect(faults.last?.description.contains("RC522 on the bench") == true)
    #expect(faults.last?.remedy.contains("3.3 V") == true)
    bench.chip.isDead = nil
    let card = bench.put("0102a4f3")
    #expect(bench.poll(times: 110).events == [.appeared(card.uid)])
  }

  @Test("A dead reader is tried less and less often")
  func boundedRate() throws {
    let bench = Bench()
    bench.resetLine.cures = false
    bench.chip.isDead = 0xFF
    _ = bench.poll(times: 600)
    let before = bench.chip.calls
    _ = bench.poll(times: 600)
    #expect(bench.chip.calls - before < 60)
  }

  @Test("A bus that fails is a bus error and recovers")
  func bus() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    bench.chip.isUnplugged = true
    let (events, faults) = bench.poll(times: 30)
    #expect(events == [] && faults.count == 30)
    guard case .bus(let error) = faults[0].kind else {
      Issue.record("\(faults[0].kind) is no bus error")
      return
    }
    #expect(error.kind == .disconnected)
    bench.chip.isUnplugged = false
    #expect(bench.poll(times: 60).events == [])
    #expect(bench.reader.presentCards == [card.uid])
  }

  @Test(
    "A chip that lost its registers is noticed within a second and set up again", arguments: [true, false])
  func brownOut(withCard: Bool) throws {
    let bench = try Bench.started()
    if withCard { bench.put("0102a4f3") }
    _ = bench.poll(times: 15)
    bench.chip.brownOut()
    let (events, faults) = bench.poll(times: 11)
    #expect(events == [])
    #expect(faults.count == 1)
    #expect(faults[0].kind == .readerHung)
    // Back in order: the same card is not new, another one is.
    let other = bench.put("deadbeef")
    #expect(bench.poll(times: 20).events == [.appeared(other.uid)])
    #expect(bench.resetLine.pulses == 1)
  }

  @Test(
    "A single changed register is noticed",
    arguments: [Register.tMode, .tPrescaler, .txControl, .txASK, .rfCfg, .coll])
  func changedRegister(register: Register) throws {
    let bench = try Bench.started()
    _ = bench.poll(times: 15)
    let value = try bench.driver.read([register])[0]
    _ = try bench.chip.transfer([[register.writeAddress, value ^ 0xD3]])
    let (_, faults) = bench.poll(times: 12)
    #expect(faults.count == 1)
    #expect(faults.first?.problem.contains("\(register)") == true)
    #expect(bench.poll(times: 50).faults.isEmpty)
  }

  @Test("A hung chip gets stronger resets until one helps; a card that is still there is not new")
  func hung() throws {
    let bench = try Bench.started()
    let card = bench.put("04a1b2c3d4e5f6")
    _ = try bench.poll()
    bench.chip.isHung = true
    let (events, faults) = bench.poll(times: 30)
    #expect(events == [])
    #expect(!faults.isEmpty)
    #expect(faults.allSatisfy { $0.kind == .readerHung })
    #expect(faults.contains { $0.remedy.contains("a reset by its line") })
    #expect(bench.resetLine.pulses == 2)
    #expect(bench.poll(times: 50).faults.isEmpty)
    #expect(bench.reader.presentCards == [card.uid])
  }

  @Test("A card taken away while the reader was dead is reported when it is back")
  func removedMeanwhile() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    bench.chip.isDead = 0x00
    bench.resetLine.cures = false
    #expect(bench.poll(times: 5).events == [])
    bench.take(card)
    #expect(bench.poll(times: 30).events == [])
    bench.chip.isDead = nil
    #expect(bench.poll(times: 120).events == [.removed(card.uid)])
  }

  @Test("Another gain and a switched antenna survive the probe, and the gain a reset")
  func gain() throws {
    let bench = try Bench.started()
    for gain in MFRC522.Gain.allCases {
      try bench.driver.setGain(gain)
      #expect(try bench.driver.read([.rfCfg]) == [gain.rawValue])
      #expect(bench.poll(times: 15).faults.isEmpty)
      try bench.driver.hardReset()
      try bench.driver.initialize()
      #expect(try bench.driver.read([.rfCfg]) == [gain.rawValue])
    }
    bench.put("0102a4f3")
    try bench.driver.setAntenna(on: false)
    let off = bench.poll(times: 15)
    #expect(off.events == [] && off.faults.isEmpty)
    try bench.driver.setAntenna(on: true)
    #expect(bench.poll(times: 1).events.count == 1)
  }

  @Test("Silence before a fault does not count after it")
  func silenceIsForgiven() throws {
    let bench = try Bench.started()
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    card.isShielded = true
    #expect(bench.poll(times: 2).events == [])
    bench.chip.isUnplugged = true
    #expect(bench.poll(times: 10).faults.count == 10)
    bench.chip.isUnplugged = false
    while !bench.poll(times: 1).faults.isEmpty {}
    #expect(bench.poll(times: 1).events == [])
    card.isShielded = false
    #expect(bench.poll(times: 20).events == [])
    #expect(bench.reader.presentCards == [card.uid])
  }

  @Test("The chip is reset every half hour and after 15 idle minutes, and never while that is forbidden")
  func periodicReset() throws {
    let bench = try Bench.started()
    bench.interval = .seconds(10)
    func resets(minutes: Int) -> Int {
      let before = bench.chip.resets
      #expect(bench.poll(times: minutes * 6).faults.isEmpty)
      return bench.chip.resets - before
    }
    #expect(resets(minutes: 14) == 0)
    #expect(resets(minutes: 2) == 1)
    // A card every ten minutes: not idle, so every half hour.
    var total = 0
    for _ in 0..<12 {
      let card = bench.put("0102a4f3")
      total += resets(minutes: 1)
      bench.take(card)
      total += resets(minutes: 9)
    }
    #expect((3...4).contains(total))
    bench.reader.allowsPeriodicReset = false
    #expect(resets(minutes: 45) == 0)
    bench.reader.allowsPeriodicReset = true
    #expect(resets(minutes: 1) == 1)
    // A card in the field forbids it too.
    bench.put("0102a4f3")
    #expect(resets(minutes: 45) == 0)
  }

  @Test("The ladder climbs while faults follow each other and starts anew after a good while")
  func ladder() {
    var ladder = RecoveryLadder(hasResetLine: true)
    var now = MonotonicInstant.zero
    var steps: [RecoveryLadder.Step] = []
    var pauses: [Duration] = []
    for _ in 0..<10 {
      ladder.failed(at: now)
      steps.append(ladder.step)
      pauses.append(ladder.pause(at: now))
      now = now.advanced(by: ladder.pause(at: now))
      // A short success does not count.
      ladder.recovered(at: now)
      now = now.advanced(by: .seconds(1))
    }
    #expect(steps.prefix(3) == [.initialize, .softReset, .hardReset])
    #expect(steps.dropFirst(2).allSatisfy { $0 == .hardReset })
    #expect(pauses == pauses.sorted() && pauses.last == .seconds(2))
    ladder.recovered(at: now)
    now = now.advanced(by: RecoveryLadder.probation)
    ladder.failed(at: now)
    #expect(ladder.step == .initialize)
    var without = RecoveryLadder(hasResetLine: false)
    for _ in 0..<5 { without.failed(at: now) }
    #expect(without.step == .softReset)
  }

  @Test(
    "The self-test compares with the version's reference", arguments: [0x90, 0x91, 0x92, 0x88, 0x89, 0xB2])
  func selfTest(version: UInt8) throws {
    let bench = Bench()
    bench.chip.version = version
    #expect(try bench.driver.selfTest() == .passed)
    bench.chip.brokenSelfTestByte = 42
    #expect(try bench.driver.selfTest() == .failed(differences: [42]))
    let unknown = Bench()
    unknown.chip.version = 0x77
    #expect(try unknown.driver.selfTest() == .noReference(output: Array(repeating: 7, count: 64)))
  }

  @Test("Whatever the wire says, nothing crashes and nobody appears")
  func fuzz() {
    let bench = Bench()
    let wire = RandomWire()
    let reader = RC522Reader(
      chip: MFRC522(spi: wire, reset: bench.resetLine, clock: bench.clock, place: "RC522 on the bench"))
    for round in 0..<(isThorough ? 100_000 : 5_000) {
      bench.clock.sleep(for: .milliseconds(100))
      wire.style = round % 4
      #expect((try? reader.poll()) ?? [] == [])
    }
  }

  @Test("Bytes that are changed on the way neither crash the reader nor make cards")
  func garbled() throws {
    for share in [2, 10, 100, 1000] {
      let bench = Bench()
      let uids = [UID("0102a4f3")!, UID("04a1b2c3d4e5f6")!]
      for uid in uids { bench.put(uid.description) }
      var random = Random(state: UInt64(share))
      bench.chip.garble = { byte in
        Int.random(in: 0..<share, using: &random) == 0 ? UInt8.random(in: 0...255, using: &random) : byte
      }
      var appeared: Set<UID> = []
      for event in bench.poll(times: isThorough ? 1500 : 300).events {
        if case .appeared(let uid) = event { appeared.insert(uid) }
      }
      #expect(appeared.isSubset(of: uids))
    }
  }
}

/// An SPI device that answers anything, now and then with frames of a wrong length.
final class RandomWire: SPIDevice {
  var style = 0
  private var random = Random(state: 1)

  func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    if Int.random(in: 0..<500, using: &random) == 0 { return [[]] }
    return frames.map { frame in
      var bytes = frame.map { _ in UInt8.random(in: 0...255, using: &random) }
      guard frame[0] & 0x80 != 0 else { return bytes }
      for index in 1..<max(1, bytes.count) {
        // Registers that let the driver go on, so that it gets to the bytes behind them.
        switch Register(rawValue: frame[index - 1] >> 1 & 0x3F) {
        case .version where style > 0: bytes[index] = 0x92
        case .comIrq where style > 0: bytes[index] = 0x21
        case .error where style == 2: bytes[index] = 0x08
        case .error where style == 3: bytes[index] = 0
        case .fifoLevel where style > 0: bytes[index] %= 66
        case .command: bytes[index] &= 0x0F
        case .txMode, .rxMode, .coll:
          if style > 0, frame.count > 9, frame[0] == Register.version.readAddress { bytes[index] = 0 }
        case .txASK: bytes[index] = 0x40
        case .tMode: bytes[index] = 0x80
        case .tPrescaler: bytes[index] = 169
        case .rfCfg: bytes[index] = 0x50
        case .txControl: bytes[index] = 0x83
        default: break
        }
      }
      return bytes
    }
  }
}
