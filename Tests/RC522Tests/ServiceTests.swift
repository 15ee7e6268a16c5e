import DaemonTesting
import PiHAL
import Testing
import VirtualPi

@testable import RC522

/// How soon a reader serves again, and what it says meanwhile.
@Suite(.ownThreads) struct ServiceTests {
  private final class Board {
    let clock = VirtualClock()
    let chip: VirtualMFRC522
    let reader: RC522Reader
    private(set) var openings = 0
    /// Whether the bus's device is there.
    private let isThere = Flag()

    init(hasResetLine: Bool = true) throws {
      chip = VirtualMFRC522(clock: clock)
      let (chip, isThere) = (chip, isThere)
      let driver = try MFRC522(clock: clock, place: "RC522 on the board") { () throws(PiHALError) in
        guard isThere.value else {
          throw PiHALError(.missing, place: "the virtual bus", problem: "is not there")
        }
        return (chip.spiDevice(), hasResetLine ? ResetPin(chip: chip) : nil)
      }
      reader = RC522Reader(chip: driver)
    }

    var busIsThere: Bool {
      get { isThere.value }
      set { isThere.value = newValue }
    }

    /// Polls as the daemons do.
    func poll(for duration: Duration = .milliseconds(25)) -> (events: [CardEvent], faults: [RC522Error]) {
      var events: [CardEvent] = []
      var faults: [RC522Error] = []
      let start = clock.now
      repeat {
        clock.advance(by: .milliseconds(25))
        do throws(RC522Error) { events += try reader.poll() } catch { faults.append(error) }
      } while start.duration(to: clock.now) < duration
      return (events, faults)
    }

    /// How long it takes until a poll succeeds; a minute at most.
    func timeUntilServed() -> Duration {
      let start = clock.now
      while !poll().faults.isEmpty, start.duration(to: clock.now) < .seconds(60) {}
      return start.duration(to: clock.now)
    }
  }

  private final class Flag {
    var value = true
  }

  private final class ResetPin: DigitalOutput {
    let chip: VirtualMFRC522
    private(set) var active = [false]
    init(chip: VirtualMFRC522) { self.chip = chip }
    var lineCount: Int { 1 }
    func set(active: [Bool]) throws(PiHALError) {
      self.active = active
      chip.setResetPin(!active[0])
    }
  }

  private let uid = UID("04a1b2c3d4e5f6")!

  // MARK: Faults

  @Test("Short hangs with good service in between do not add up", arguments: [true, false])
  func shortHangs(hasResetLine: Bool) throws {
    let board = try Board(hasResetLine: hasResetLine)
    board.chip.place(VirtualCard(uid: uid.bytes))
    #expect(board.poll().events == [.appeared(uid)])
    board.chip.setRecurringFault(.stuck(0xFF), lasting: .milliseconds(300), pause: .seconds(7))
    for round in 1...5 {
      let served = board.timeUntilServed()
      #expect(served < .seconds(1), "hang \(round)")
      let service: Duration = .milliseconds(7200) - served
      let (events, faults) = board.poll(for: service)
      #expect(events == [] && faults.isEmpty, "service \(round)")
      while board.chip.fault == nil { _ = board.poll() }
    }
  }

  @Test(
    "A reader that works again serves within three seconds, whatever was before",
    arguments: [0.3, 1, 2, 30])
  func longFaults(seconds: Double) throws {
    for fault in [VirtualMFRC522.Fault.absent(0xFF), .frozen] {
      for pause in [Duration.milliseconds(700), .seconds(2), .seconds(5)] {
        let board = try Board()
        _ = board.poll()
        for _ in 1...3 {
          board.chip.setRecurringFault(fault, lasting: .seconds(seconds), pause: .seconds(100_000))
          _ = board.poll(for: .seconds(seconds))
          board.chip.repair()
          let card = VirtualCard(uid: uid.bytes)
          board.chip.place(card)
          let start = board.clock.now
          while board.poll().events.isEmpty, start.duration(to: board.clock.now) < .seconds(10) {}
          #expect(start.duration(to: board.clock.now) < .seconds(3), "\(fault), \(pause)")
          _ = board.poll(for: pause)
          board.chip.remove(card)
          while board.reader.presentCards != [] { _ = board.poll() }
        }
      }
    }
  }

  @Test(
    "After good service a fault of two seconds is over within less than three",
    arguments: [1, 5, 9, 10, 14, 19, 20])
  func faultsDuringAPour(tenths: Int) throws {
    let board = try Board()
    let fault = Duration.milliseconds(tenths * 100)
    board.chip.place(VirtualCard(uid: uid.bytes))
    #expect(board.poll().events == [.appeared(uid)])
    for _ in 1...3 {
      board.chip.setRecurringFault(.absent(), lasting: fault, pause: .seconds(100_000))
      let certain = try #require(board.reader.lastCertainty)
      #expect(board.poll(for: fault).events == [])
      #expect(board.timeUntilServed() + fault < .milliseconds(2800))
      #expect(try #require(board.reader.lastCertainty) > certain)
      #expect(board.poll(for: .seconds(4)).events == [])
    }
  }

  @Test("A card that leaves a reader which fails again and again is missed all the same")
  func flapping() throws {
    let board = try Board()
    let card = VirtualCard(uid: uid.bytes)
    board.chip.place(card)
    #expect(board.poll().events == [.appeared(uid)])
    board.chip.setRecurringFault(.stuck(0xFF), lasting: .milliseconds(100), pause: .milliseconds(200))
    #expect(board.poll(for: .seconds(10)).events == [], "one that stays is not")
    board.chip.remove(card)
    #expect(board.poll(for: .seconds(20)).events == [.removed(uid)])
  }

  @Test("A bus that is lost for good is opened again, and cards that left meanwhile are reported")
  func reboundBus() throws {
    let board = try Board()
    let card = VirtualCard(uid: uid.bytes)
    board.chip.place(card)
    #expect(board.poll().events == [.appeared(uid)])
    board.chip.rebindBus()
    #expect(board.timeUntilServed() < .seconds(1))
    #expect(board.poll(for: .seconds(2)).events == [])
    #expect(board.reader.presentCards == [uid])

    board.chip.rebindBus()
    board.busIsThere = false
    let (events, faults) = board.poll(for: .seconds(10))
    #expect(events == [])
    #expect(faults.last?.description.contains("is not there") == true, "the present reason")
    #expect(faults.last?.description.contains("opening it again") == true)
    board.chip.remove(card)
    board.busIsThere = true
    #expect(board.timeUntilServed() < .seconds(3))
    #expect(board.poll(for: .seconds(1)).events == [.removed(uid)])
  }

  @Test("A reader that was replaced is taken", arguments: [UInt8(0x88), 0x91, 0xB2, 0x12])
  func replaced(version: UInt8) throws {
    let board = try Board(hasResetLine: false)
    board.chip.place(VirtualCard(uid: uid.bytes))
    #expect(board.poll().events == [.appeared(uid)])
    board.chip.setFault(.stuck(0xFF))
    #expect(!board.poll(for: .seconds(5)).faults.isEmpty)
    board.chip.replaceChip(version: version)
    #expect(board.timeUntilServed() < .seconds(3))
    let (events, faults) = board.poll(for: .seconds(10))
    #expect(events == [] && faults.isEmpty)
    #expect(board.reader.chip.version == ChipVersion(register: version))
    // Between two polls, with nothing to see but the version and the lost settings.
    board.chip.replaceChip(version: 0x92)
    #expect(board.poll(for: .seconds(2)).faults.count == 1)
    #expect(board.poll(for: .seconds(10)).faults.isEmpty)
    #expect(board.reader.presentCards == [uid])
  }

  // MARK: Damaged answers

  @Test("Nothing but damaged answers is a fault after two seconds, until something can be read")
  func damaged() throws {
    let bench = try Bench.started()
    bench.interval = .milliseconds(25)
    let card = bench.put("0102a4f3")
    _ = try bench.poll()
    for _ in 1...2 {
      let certain = try #require(bench.reader.lastCertainty)
      bench.chip.isNoisy = true
      let start = bench.clock.now
      while bench.poll(times: 1).faults.isEmpty {}
      #expect(start.duration(to: bench.clock.now) < .milliseconds(2200))
      let (events, faults) = bench.poll(times: 100)
      #expect(events == [] && faults.count == 100, "it does not end by a reset")
      #expect(faults.allSatisfy { $0.kind == .corruptAnswer })
      #expect(bench.reader.lastCertainty == certain)
      bench.chip.isNoisy = false
      let quiet = bench.poll(times: 20)
      #expect(quiet.events == [] && quiet.faults.isEmpty)
    }
    #expect(bench.reader.presentCards == [card.uid])
  }

  @Test("A card that leaves beside a garbled neighbour is missed", arguments: [0, 17, 20, 23])
  func garbledNeighbour(bits: Int) throws {
    let bench = try Bench.started()
    bench.interval = .milliseconds(25)
    let (staying, leaving) = (bench.put("0102a4f3"), bench.put("04a1b2c3d4e5f6"))
    #expect(bench.poll(times: 2).events.count == 2)
    let neighbour = bench.put("deadbeef")
    neighbour.tornAfterBits = bits
    /// A neighbour with little power starts anew each time, so that it is heard in every poll.
    func poll() throws -> [CardEvent] {
      neighbour.powerOff()
      return try bench.poll()
    }
    for _ in 0..<60 { #expect(try poll() == []) }
    bench.take(leaving)
    let start = bench.clock.now
    var events: [CardEvent] = []
    while events.isEmpty, start.duration(to: bench.clock.now) < .seconds(10) { events = try poll() }
    #expect(events == [.removed(leaving.uid)])
    #expect(start.duration(to: bench.clock.now) < .milliseconds(3300))
    for _ in 0..<60 { #expect(try poll() == []) }
    #expect(bench.reader.presentCards == [staying.uid])
  }

  // MARK: Words

  @Test("A reader that is not wired is not told to wire its reset pin", arguments: [UInt8(0x00), 0xFF])
  func notWired(level: UInt8) throws {
    let bench = Bench(hasResetLine: false)
    bench.chip.isDead = level
    let faults = bench.poll(times: 100).faults
    #expect(faults.count == 100)
    for fault in faults {
      #expect(fault.kind == .readerMissing)
      #expect(fault.problem.contains("0x\(level == 0 ? "00" : "FF")"))
      #expect(fault.remedy.contains("MISO"))
      #expect(!fault.description.contains("reset by line"))
    }
  }

  @Test("Another program that has the bus open is named before anything else")
  func otherUser() throws {
    let bench = Bench()
    let shared = SharedBus(bench.chip)
    let reader = RC522Reader(
      chip: MFRC522(spi: shared, reset: bench.resetLine, clock: bench.clock, place: "RC522 on the bench"))
    _ = try reader.poll()
    _ = try bench.chip.transfer([[Register.tMode.writeAddress, 0x00]])
    bench.clock.sleep(for: .seconds(1))
    let alone = #expect(throws: RC522Error.self) { try reader.poll() }
    #expect(alone?.remedy.hasPrefix("look for another program") == true)
    _ = try reader.poll()
    shared.otherUsers = ["\"python3\" (process 4711)"]
    _ = try bench.chip.transfer([[Register.tMode.writeAddress, 0x00]])
    bench.clock.sleep(for: .seconds(1))
    let both = #expect(throws: RC522Error.self) { try reader.poll() }
    #expect(both?.remedy.hasPrefix("stop \"python3\" (process 4711), which uses the reader too") == true)
  }

  private final class SharedBus: SPIDevice {
    let chip: ScriptedChip
    var otherUsers: [String] = []
    init(_ chip: ScriptedChip) { self.chip = chip }
    func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] { try chip.transfer(frames) }
  }

  @Test("A nonsensical number of cards or polls is the smallest that makes sense", arguments: [-5, 0, 1])
  func nonsense(number: Int) throws {
    var configuration = RC522Reader.Configuration()
    configuration.maximumCards = number
    configuration.silentPollsBeforeRemoval = number
    let bench = try Bench.started(configuration: configuration)
    let card = bench.put("0102a4f3")
    #expect(try bench.poll() == [.appeared(card.uid)])
    bench.put("0102a4f2")
    #expect(bench.poll(times: 50).events == [])
    #expect(bench.reader.configuration.maximumCards == 1)
  }
}
