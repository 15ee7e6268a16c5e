#if os(Linux)
  import CLinuxIO
  import Glibc
  import Synchronization
  import Testing

  @testable import PiHAL

  private func milliseconds(_ value: UInt64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: value * 1_000_000)
  }

  @Suite struct EdgeTallyTests {
    @Test func aGapInTheNumbersIsTheLoss() {
      var tally = EdgeTally(minimumInterval: .zero)
      tally.add(number: 1, at: milliseconds(1))
      tally.add(number: 2, at: milliseconds(2))
      tally.add(number: 987, at: milliseconds(3))
      #expect(
        tally.count == EdgeCount(total: 987, restored: 984, rejected: 0, newestEdge: milliseconds(3)))
    }

    @Test func edgesLostBeforeTheFirstEventCountToo() {
      var tally = EdgeTally(minimumInterval: .zero)
      tally.add(number: 11, at: milliseconds(1))
      #expect(tally.count.total == 11)
      #expect(tally.count.restored == 10)
    }

    @Test(arguments: [(UInt32.max - 3, 4), (UInt32.max, 0), (UInt32.max - 1, 700)] as [(UInt32, UInt32)])
    func numbersWrapAt32Bits(before: UInt32, after: UInt32) {
      var tally = EdgeTally(minimumInterval: .zero)
      // Up to the last number before the wrap in steps that no tally takes for a backward jump.
      for number in [UInt32(0x7000_0000), 0xE000_0000, before] { tally.add(number: number, at: .zero) }
      #expect(tally.count.total == UInt64(before))
      tally.add(number: after, at: .zero)
      #expect(tally.count.total == UInt64(UInt32.max) + 1 + UInt64(after))
    }

    @Test func aNumberThatRunsBackwardCountsOnlyItsEvent() {
      var tally = EdgeTally(minimumInterval: .zero)
      tally.add(number: 5, at: milliseconds(1))
      tally.add(number: 3, at: milliseconds(2))
      tally.add(number: 3, at: milliseconds(3))
      #expect(tally.count.total == 7)
      #expect(tally.count.restored == 4)
    }

    @Test func edgesThatComeTooSoonAreRejected() {
      var tally = EdgeTally(minimumInterval: .milliseconds(2))
      tally.add(number: 1, at: milliseconds(10))
      tally.add(number: 2, at: milliseconds(11))
      tally.add(number: 3, at: milliseconds(12))
      #expect(
        tally.count == EdgeCount(total: 2, restored: 0, rejected: 1, newestEdge: milliseconds(12)))
    }

    @Test func edgesThatCannotBeJudgedCount() {
      var tally = EdgeTally(minimumInterval: .milliseconds(2))
      tally.add(number: 1, at: milliseconds(10))
      tally.add(number: 4, at: milliseconds(11))
      #expect(tally.count.total == 4)
      #expect(tally.count.restored == 2)
      #expect(tally.count.rejected == 0)
    }
  }

  @Suite struct ButtonDebounceTests {
    @Test func aBouncingPressIsOneEventDatedAtItsFirstEdge() {
      var debounce = ButtonDebounce(quietTime: .milliseconds(10), isActive: false)
      for (time, level) in [(100, true), (101, false), (103, true)] as [(UInt64, Bool)] {
        #expect(debounce.edge(toActive: level, at: milliseconds(time)) == nil)
      }
      #expect(debounce.deadline == milliseconds(113))
      #expect(debounce.settle(at: milliseconds(112)) == nil)
      #expect(
        debounce.settle(at: milliseconds(113)) == ButtonEvent(isActive: true, instant: milliseconds(100)))
      #expect(debounce.settle(at: milliseconds(200)) == nil)
      #expect(debounce.deadline == nil)
    }

    @Test func aPulseShorterThanTheQuietTimeIsNothing() {
      var debounce = ButtonDebounce(quietTime: .milliseconds(10), isActive: false)
      #expect(debounce.edge(toActive: true, at: milliseconds(100)) == nil)
      #expect(debounce.edge(toActive: false, at: milliseconds(105)) == nil)
      #expect(debounce.settle(at: milliseconds(200)) == nil)
    }

    @Test func aLateReaderStillSeesEveryRestedChange() {
      var debounce = ButtonDebounce(quietTime: .milliseconds(10), isActive: false)
      #expect(debounce.edge(toActive: true, at: milliseconds(100)) == nil)
      #expect(
        debounce.edge(toActive: false, at: milliseconds(150))
          == ButtonEvent(isActive: true, instant: milliseconds(100)))
      #expect(
        debounce.settle(at: milliseconds(500)) == ButtonEvent(isActive: false, instant: milliseconds(150)))
    }
  }

  /// A line whose events come through a socket, as the kernel's come through a descriptor.
  private struct FakeLine {
    let mine: Int32
    let kernel: Kernel

    init(queueSizes: Journal = Journal()) throws {
      var ends: [Int32] = [-1, -1]
      try #require(
        socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
      mine = ends[0]
      let its = ends[1]
      var kernel = Kernel.system
      kernel.requestEdges = { _, _, size in
        queueSizes.add("\(size)")
        return its
      }
      kernel.readEdgeLine = { _ in false }
      self.kernel = kernel
    }

    func send(_ numbers: ClosedRange<UInt32>, interval: UInt64 = 1_000_000) {
      for number in numbers {
        var event = gpio_v2_line_event()
        event.timestamp_ns = UInt64(number) * interval
        event.line_seqno = number
        event.id =
          number % 2 == 1 ? GPIO_V2_LINE_EVENT_RISING_EDGE.rawValue : GPIO_V2_LINE_EVENT_FALLING_EDGE.rawValue
        withUnsafeBytes(of: event) { bytes in
          var poller = pollfd(fd: mine, events: Int16(POLLOUT), revents: 0)
          poll(&poller, 1, -1)
          _ = write(mine, bytes.baseAddress, bytes.count)
        }
      }
    }
  }

  @Suite struct LinuxEdgeCounterTests {
    @Test func readingTellsTheEdgesUpToThisMoment() throws {
      let sizes = Journal()
      let line = try FakeLine(queueSizes: sizes)
      let counter = try LinuxEdgeCounter(
        InputLines(chip: .test, lines: [24]), edge: .rising, minimumInterval: .zero, kernel: line.kernel)
      #expect(try counter.read() == EdgeCount())
      line.send(1...500)
      #expect(try counter.read().total == 500)
      line.send(1500...1600)
      let count = try counter.read()
      #expect(count.total == 1600)
      #expect(count.restored == 999)
      #expect(sizes.all == ["1024"])
      close(line.mine)
    }

    @Test func manyReadersNeverSeeTheCountFall() async throws {
      let line = try FakeLine()
      let counter = try LinuxEdgeCounter(
        InputLines(chip: .test, lines: [24]), edge: .rising, minimumInterval: .zero, kernel: line.kernel)
      let fell = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 {
          group.addTask {
            var before: UInt64 = 0
            while before < 5000 {
              guard let count = try? counter.read().total, count >= before else { return true }
              before = count
              await Task.yield()
            }
            return false
          }
        }
        line.send(1...5000)
        return await group.contains(true)
      }
      #expect(!fell)
      #expect(try counter.read().total == 5000)
      close(line.mine)
    }

    @Test func aLineThatIsGoneIsAnErrorAndTheThreadEnds() throws {
      var kernel = try FakeLine().kernel
      kernel.read = { _, _ throws(SystemError) in throw SystemError(number: ENODEV) }
      let counter = try LinuxEdgeCounter(
        InputLines(chip: .test, lines: [24]), edge: .rising, minimumInterval: .zero, kernel: kernel)
      let error = #expect(throws: PiHALError.self) { try counter.read() }
      #expect(error?.kind == .disconnected)
    }

    @Test func aCounterTakesOneLine() throws {
      let line = try FakeLine()
      #expect(throws: PiHALError.self) {
        try LinuxEdgeCounter(
          InputLines(chip: .test, lines: [24, 25]), edge: .rising, minimumInterval: .zero,
          kernel: line.kernel)
      }
    }
  }

  @Suite struct ButtonEventsTests {
    @Test func aSlowReaderFindsTheNewestEventsAndHowManyItMissed() async throws {
      let line = try FakeLine()
      let button = try ButtonEvents(
        InputLines(chip: .test, lines: [5]), quietTime: .milliseconds(1), capacity: 4, kernel: line.kernel)
      #expect(!button.isActiveAtStart)
      // 100 ms apart: each is a change that rests.
      line.send(1...10, interval: 100_000_000)
      while button.dropped < 6 { await Task.yield() }
      var seen: [Bool] = []
      for await event in button.events.prefix(4) { seen.append(event.isActive) }
      #expect(seen == [true, false, true, false])
      #expect(button.dropped == 6)
      close(line.mine)
    }

    @Test func theStreamEndsWithItsObject() async throws {
      let line = try FakeLine()
      var button: ButtonEvents? = try ButtonEvents(
        InputLines(chip: .test, lines: [5]), quietTime: .milliseconds(1), capacity: 4, kernel: line.kernel)
      let events = try #require(button?.events)
      button = nil
      for await _ in events { Issue.record("an event came from nowhere") }
    }
  }
#endif
