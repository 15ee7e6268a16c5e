import Dispatch
import JSONState
import PiHAL
import RC522
import Synchronization
import Testing
import VirtualPi

@testable import DaemonKit

/// How long it takes from a card laid on until the daemon knows of it, and what polling costs meanwhile: the reader's
/// thread as it is, on a clock that lays cards on while the thread sleeps.
@Suite(.timeLimit(.minutes(15))) struct CardToNoticeTests {
  /// A clock that somebody with a card goes by.
  final class World: MonotonicClock {
    private struct State {
      var due: MonotonicInstant?
      var laid = MonotonicInstant.zero
      var waits: [Duration] = []
    }

    private let clock = VirtualClock()
    private let state = Mutex(State())
    let card: VirtualCard
    let chip: VirtualMFRC522

    init(uid: UID) {
      card = VirtualCard(uid: uid.bytes)
      chip = VirtualMFRC522(clock: clock, airTime: true)
    }

    var now: MonotonicInstant { clock.now }
    var waits: [Duration] { state.withLock { $0.waits } }

    func layCard(after delay: Duration) { state.withLock { $0.due = clock.now.advanced(by: delay) } }

    func sleep(for duration: Duration) {
      let end = clock.now.advanced(by: duration)
      if let due = state.withLock({ $0.due }), due <= end {
        clock.advance(to: due)
        chip.place(card)
        state.withLock { state in
          state.due = nil
          state.laid = clock.now
        }
      }
      clock.advance(to: end)
    }

    func cardWasNoticed() {
      state.withLock { $0.waits.append($0.laid.duration(to: clock.now)) }
      chip.remove(card)
    }
  }

  @Test(arguments: ["04a1b2c3", "04a1b2c3d4e5f6"])
  func aCardIsKnownWithinThePaceOfThePolls(text: String) async throws {
    let uid = try #require(UID(text))
    let world = World(uid: uid)
    let dice = Mutex(SystemRandomNumberGenerator())
    let enough = DispatchSemaphore(value: 0)
    let thread = CardReaderThread(clock: world)
    world.layCard(after: .seconds(1))
    thread.start(
      every: CardReaderThread.interval, atRest: CardReaderThread.intervalAtRest,
      open: { RC522Reader(chip: MFRC522(spi: world.chip.spiDevice(), clock: world)) },
      prepare: { _ in },
      post: { notice in
        switch notice {
        case .appeared: world.cardWasNoticed()
        case .removed:
          if world.waits.count == 200 { enough.signal() }
          world.layCard(
            after: .microseconds(dice.withLock { Int64.random(in: 0..<100_000, using: &$0) }))
        case .failed, .recovered, .settled: break
        }
      })
    await onOwnThread {
      enough.wait()
      thread.stop()
    }
    let waits = world.waits.sorted()
    // The rest of the 50 ms is for the books and the valve.
    #expect(waits[waits.count * 99 / 100] < .milliseconds(33))
    #expect(try #require(waits.last) < .milliseconds(60), "the first card comes to a reader at rest")
  }

  /// 75 µs a message, which is what they cost in a kernel under user-mode Linux, come to 0.3 % of a core at rest.
  @Test(arguments: [(true, 70...80), (false, 36...40)])
  func anIdleReaderIsAskedSeldom(isInUse: Bool, messagesPerSecond: ClosedRange<Int>) async throws {
    let world = World(uid: try #require(UID("04a1b2c3")))
    let enough = DispatchSemaphore(value: 0)
    let thread = CardReaderThread(clock: world)
    if isInUse { world.layCard(after: .seconds(1)) }
    let messages = Mutex<[UInt64: Int]>([:])
    thread.start(
      every: CardReaderThread.interval, atRest: CardReaderThread.intervalAtRest,
      open: { RC522Reader(chip: MFRC522(spi: world.chip.spiDevice(), clock: world)) },
      prepare: { _ in
        let second = world.now.nanoseconds / 1_000_000_000
        messages.withLock { $0[second] = world.chip.traffic.ioctls }
        if second == 16 { enough.signal() }
      },
      post: { if case .appeared = $0 { world.cardWasNoticed() } })
    await onOwnThread {
      enough.wait()
      thread.stop()
    }
    let (before, after) = messages.withLock { ($0[5], $0[15]) }
    #expect(messagesPerSecond.contains((try #require(after) - #require(before)) / 10))
  }

  @Test func aReaderRestsWhenNobodyHasComeForTenMinutes() {
    let pace = PollingPace(inUse: .milliseconds(25), atRest: .milliseconds(50))
    let card = MonotonicInstant(nanoseconds: 5_000_000_000)
    #expect(pace.pause(lastCard: nil, at: card) == .milliseconds(50))
    #expect(pace.pause(lastCard: card, at: card.advanced(by: .seconds(599))) == .milliseconds(25))
    #expect(pace.pause(lastCard: card, at: card.advanced(by: .seconds(600))) == .milliseconds(50))
  }
}
