import DaemonKit
import Foundation
import JSONState
import PiHAL
import RC522
import Synchronization
import Testing
import VirtualPi

@Suite(.timeLimit(.minutes(15))) struct HardwareTests {
  static let broken = RC522Error(.noAnswer, place: "reader", problem: "does not answer")

  /// Fails on order; else reports a card each time.
  final class ScriptedReader: CardReader {
    private let isBroken: @Sendable () -> Bool
    private let uid: UID
    let silenceBeforeRemoval: Duration

    init(uid: UID, silenceBeforeRemoval: Duration = .zero, isBroken: @escaping @Sendable () -> Bool) {
      self.uid = uid
      self.silenceBeforeRemoval = silenceBeforeRemoval
      self.isBroken = isBroken
    }

    func poll() throws(RC522Error) -> [CardEvent] {
      if isBroken() { throw HardwareTests.broken }
      return [.appeared(uid)]
    }
  }

  @Test func aFailingReaderIsToldOnceAndSoIsItsRecovery() async throws {
    let uid = try #require(UID("04a1b2c3"))
    let isBroken = Mutex(true)
    let polls = Mutex(0)
    let inbox = Inbox<CardReaderThread.Notice>()
    let thread = CardReaderThread(clock: SystemClock())
    thread.start(
      every: .milliseconds(1),
      open: {
        ScriptedReader(uid: uid) {
          polls.withLock { $0 += 1 }
          return isBroken.withLock { $0 }
        }
      }, prepare: { _ in }, post: { inbox.post($0) })
    func next() async -> [CardReaderThread.Notice] {
      await onOwnThread { inbox.take(waiting: .seconds(250)) }
    }
    guard case .failed(let words, _)? = await next().first else {
      Issue.record("nothing is told")
      return
    }
    #expect(words == "\(Self.broken)")
    while polls.withLock({ $0 }) < 5 { try await Task.sleep(for: .milliseconds(2)) }
    #expect(inbox.take(waiting: .zero).isEmpty, "the same failure is told once")
    isBroken.withLock { $0 = false }
    guard case .recovered? = await next().first else {
      Issue.record("its recovery is not told")
      return
    }
    await onOwnThread { thread.stop() }
    let last = polls.withLock { $0 }
    try await Task.sleep(for: .milliseconds(20))
    #expect(polls.withLock { $0 } == last, "it has ended")
  }

  /// A card that lay there before the start is told before that: a serial reader may be silent for a second.
  @Test(arguments: [(Duration.zero, 0, 5), (.seconds(1), 0, 11), (.zero, 3, 8), (.seconds(1), 6, 17)])
  func aReaderHasSettledWhenACardThatLiesThereHasBeenTold(
    silence: Duration, brokenPoll: Int, looks: Int
  ) async throws {
    let uid = try #require(UID("04a1b2c3"))
    let polls = Mutex(0)
    let settled = Mutex<[Int]>([])
    let enough = DispatchSemaphore(value: 0)
    let thread = CardReaderThread(clock: VirtualClock())
    thread.start(
      every: .milliseconds(100),
      open: {
        ScriptedReader(uid: uid, silenceBeforeRemoval: silence) {
          polls.withLock {
            $0 += 1
            if $0 == 100 { enough.signal() }
            return $0 == brokenPoll
          }
        }
      }, prepare: { _ in },
      post: { notice in
        if case .settled = notice { settled.withLock { $0.append(polls.withLock { $0 }) } }
      })
    await onOwnThread {
      enough.wait()
      thread.stop()
    }
    #expect(settled.withLock { $0 } == [looks])
  }

  /// The reader hangs in a transfer, which then ends in an error, and later is well.
  @Test func aReaderThatHungIsWellOnlyWhenItSaysSo() async throws {
    let uid = try #require(UID("04a1b2c3"))
    let isBroken = Mutex(false)
    let (mayPoll, hasPolled) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let isEnding = Mutex(false)
    let clock = VirtualClock()
    let inbox = Inbox<CardReaderThread.Notice>()
    let thread = CardReaderThread(clock: clock)
    thread.start(
      every: .zero, open: { ScriptedReader(uid: uid) { isBroken.withLock { $0 } } },
      prepare: { _ in
        hasPolled.signal()
        if !isEnding.withLock({ $0 }) { mayPoll.wait() }
      }, post: { inbox.post($0) })
    /// One poll, from the pause before it to the pause after it.
    func poll() async {
      await onOwnThread {
        mayPoll.signal()
        hasPolled.wait()
      }
    }
    await onOwnThread { hasPolled.wait() }
    await poll()
    let last = clock.now
    #expect(thread.watch(at: clock.now) == nil)
    clock.sleep(for: .milliseconds(2100))
    guard case .failed(_, let since) = thread.watch(at: clock.now) else {
      Issue.record("nobody notices that it hangs")
      return
    }
    #expect(since == last, "a pour ends three seconds after that")
    clock.sleep(for: .milliseconds(1900))
    #expect(thread.watch(at: clock.now) == nil, "that is told once")
    isBroken.withLock { $0 = true }
    await poll()
    #expect(thread.watch(at: clock.now) == nil, "it answers, but it is not well")
    clock.sleep(for: .seconds(4))
    #expect(thread.watch(at: clock.now) != nil)
    isBroken.withLock { $0 = false }
    await poll()
    #expect(thread.watch(at: clock.now) == .recovered)
    isEnding.withLock { $0 = true }
    mayPoll.signal()
    await onOwnThread { thread.stop() }
  }

  /// A loose contact has another reason each time; a reader that was replaced has one other.
  @Test func anotherReasonIsToldButNotAtEachPoll() async throws {
    let clock = VirtualClock()
    let polls = Mutex(0)
    let told = Mutex<[String]>([])
    let enough = DispatchSemaphore(value: 0)
    let thread = CardReaderThread(clock: clock)
    thread.start(
      every: .milliseconds(100),
      open: {
        let poll = polls.withLock { count in
          count += 1
          return count
        }
        if poll == 60 { enough.signal() }
        // One second a poll: twenty with one reason and other words each time, then another reason each time.
        throw RC522Error(
          .readerHung, place: "reader", problem: poll <= 20 ? "hangs" : "says \(poll)", remedy: "wait \(poll)"
        )
      }, prepare: { _ in },
      post: { notice in
        guard case .failed(let words, _) = notice, polls.withLock({ $0 }) <= 60 else { return }
        told.withLock { $0.append(words) }
      })
    await onOwnThread {
      enough.wait()
      thread.stop()
    }
    let words = told.withLock { $0 }
    #expect(words.prefix(2) == ["reader hangs: wait 1", "reader says 21: wait 21"])
    #expect((4...7).contains(words.count))
  }

  @Test func aReaderThatCannotBeOpenedIsTriedAgain() async throws {
    let uid = try #require(UID("04a1b2c3"))
    let attempts = Mutex(0)
    let inbox = Inbox<CardReaderThread.Notice>()
    let thread = CardReaderThread(clock: SystemClock())
    thread.start(
      every: .milliseconds(1),
      open: {
        let attempt = attempts.withLock { count in
          count += 1
          return count
        }
        guard attempt > 1 else { throw HardwareTests.broken }
        return ScriptedReader(uid: uid) { false }
      }, prepare: { _ in }, post: { inbox.post($0) })
    var notices: [CardReaderThread.Notice] = []
    while !notices.contains(where: { if case .appeared(uid) = $0 { true } else { false } }) {
      notices += await onOwnThread { inbox.take(waiting: .seconds(1)) }
    }
    await onOwnThread { thread.stop() }
    guard case .failed? = notices.first, notices.count > 2, case .recovered = notices[1] else {
      Issue.record("failed, recovered, card; not \(notices)")
      return
    }
  }

  @Test func anInboxGivesAllThatCameInItsOrder() {
    let inbox = Inbox<Int>()
    for number in 1...3 { inbox.post(number) }
    #expect(inbox.take(waiting: .zero) == [1, 2, 3])
    #expect(inbox.take(waiting: .zero).isEmpty)
  }

  @Test func whatWasTakenOutWakesNobodyLater() async {
    let inbox = Inbox<Int>()
    for number in 1...3 { inbox.post(number) }
    #expect(inbox.take(waiting: .zero).count == 3)
    let clock = SystemClock()
    let begin = clock.now
    #expect(await onOwnThread { inbox.take(waiting: .milliseconds(30)) }.isEmpty)
    #expect(begin.duration(to: clock.now) >= .milliseconds(30), "three posts are one waking")
  }

  @Test func theEndOfTheThreadDoesNotWaitForAPause() async throws {
    final class Held: Sendable {
      let isGone: Monitor<Bool>
      init(_ isGone: Monitor<Bool>) { self.isGone = isGone }
      deinit { isGone.change { $0 = true } }
    }
    let uid = try #require(UID("04a1b2c3"))
    let isGone = Monitor(false)
    let thread = CardReaderThread(clock: SystemClock())
    let inbox = Inbox<CardReaderThread.Notice>()
    thread.start(
      every: .seconds(3600),
      open: {
        let held = Held(isGone)
        return ScriptedReader(uid: uid) { held.isGone !== isGone }
      }, prepare: { _ in }, post: { inbox.post($0) })
    await onOwnThread {
      _ = inbox.take(waiting: .seconds(250))
      thread.stop()
    }
    #expect(isGone.change { $0 }, "the reader is closed, as the thread has ended")
  }

  @Test func anUnguardedOutputDrivesItsLines() throws {
    let board = VirtualBoard(clock: SystemClock())
    let output = UnguardedOutput(try board.output(lines: [17, 27], activeLow: true, consumer: "test"))
    try output.set(active: [true, false])
    #expect(!board.level(of: 17))
    #expect(board.level(of: 27))
    try output.renewLease()
  }
}

@Suite struct DoctorTests {
  static func run(_ directory: String) -> [Finding] {
    SystemChecks(
      stateDirectory: directory, fullDisk: "nothing can be brewed", wrongClock: "every date is wrong"
    ).run()
  }

  @Test func aStateDirectoryIsThereOrCanBeMade() async throws {
    try await Scratch.with { scratch in
      #expect(Self.run(scratch.path).first?.outcome == .good)
      #expect(Self.run(scratch.path + "/new").first?.detail == "is made at the first start")
    }
  }

  @Test func whatIsNoDirectoryIsNamed() async throws {
    try await Scratch.with { scratch in
      let file = try scratch.write("", to: "file")
      let finding = try #require(Self.run(file).first)
      #expect(finding.outcome == .failed)
      #expect(finding.subject.contains(file))
      #expect(Self.run("/proc/none/state").first?.outcome == .failed)
    }
  }

  @Test func aFindingIsALine() {
    #expect(Finding.failed("valve (GPIO18)", "is held").line == "FAIL  valve (GPIO18): is held")
    #expect(Finding.good("clock", "ticks").line == "ok    clock: ticks")
  }
}
