#if os(Linux)
  import CLinuxIO
  import Glibc
  import Testing

  @testable import PiHAL

  /// Lines that write down what they were set to.
  private final class JournalOutput: DigitalOutput {
    private let journal: Journal
    private let failsToOpen: Bool
    private(set) var active: [Bool]
    var lineCount: Int { active.count }

    init(_ journal: Journal, active: [Bool], failsToOpen: Bool = false) {
      self.journal = journal
      self.failsToOpen = failsToOpen
      self.active = active
    }

    func set(active next: [Bool]) throws(PiHALError) {
      if failsToOpen && next == [true, true] {
        throw PiHALError(.disconnected, place: "GPIO17", problem: "is gone")
      }
      active = next
      journal.add(next.map { $0 ? "1" : "0" }.joined())
    }
  }

  /// The guard's service, told things that no holder of this program would say.
  @Suite struct GuardServiceTests {
    private let orders = GuardOrders(
      lines: OutputLines(chip: .test, lines: [17, 18], safe: [true, false]), lease: .seconds(60),
      maximumActive: [.seconds(60), .seconds(60)])

    /// Lets a guard read packets that are all there before it starts, then the end; returns what its lines did
    /// and what it reported.
    private func serve(
      _ packets: [[UInt8]], closing: Bool = true, failsToOpen: Bool = false
    ) throws -> (lines: [String], reports: [GuardReport]) {
      let (holder, its) = try PacketSocket.pair()
      let stop = eventfd(0, Int32(EFD_CLOEXEC))
      let journal = Journal()
      for packet in packets { holder.send(packet) }
      if closing { shutdown(holder.descriptor, Int32(SHUT_WR)) }
      OutputGuard.serve(its, stop: stop) { (lines: OutputLines) throws(PiHALError) in
        JournalOutput(journal, active: lines.safe, failsToOpen: failsToOpen)
      }
      its.close()
      var reports: [GuardReport] = []
      while case .packet(let packet) = holder.receive() {
        if let report = GuardReport(decoding: packet) { reports.append(report) }
      }
      holder.close()
      close(stop)
      return (journal.all, reports)
    }

    private var start: [UInt8] { GuardRequest.start(orders).encoded() }
    private var open: [UInt8] { GuardRequest.set(number: 1, epoch: 0, active: [true, true]).encoded() }

    @Test(
      arguments: [
        [0xFF], [9, 9, 9], [2, 1, 0, 0, 0, 0, 0, 0, 0, 1, 1], Array(repeating: 0, count: 5000),
      ] as [[UInt8]])
    func nonsenseMakesTheLinesSafe(packet: [UInt8]) throws {
      let served = try serve([start, open, packet], closing: false)
      #expect(served.lines == ["11", "10"])
      #expect(served.reports.first == .ready)
      #expect(served.reports.contains(.done(number: 1)))
      #expect(served.reports.last == .wentSafe(epoch: 1, reason: .protocolError, active: [true, false]))
    }

    @Test func aSecondStartIsNonsense() throws {
      #expect(try serve([start, open, start], closing: false).lines == ["11", "10"])
    }

    @Test func linesThatFailEndTheGuardWithTheReason() throws {
      let served = try serve([start, open], closing: false, failsToOpen: true)
      #expect(served.lines == ["10"])
      #expect(
        served.reports == [
          .ready, .failed(number: 1, PiHALError(.disconnected, place: "GPIO17", problem: "is gone")),
        ])
    }

    @Test func withoutOrdersNoLineIsTouched() throws {
      #expect(try serve([open, open]).lines == [])
      #expect(try serve([]).lines == [])
    }

    @Test func aDeadHoldersLastOrderIsNotCarriedOut() throws {
      let (holder, its) = try PacketSocket.pair()
      let stop = eventfd(0, Int32(EFD_CLOEXEC))
      let journal = Journal()
      holder.send(start)
      let open = open
      OutputGuard.serve(its, stop: stop) { (lines: OutputLines) throws(PiHALError) in
        // Dies between its order and the guard's look at it.
        holder.send(open)
        holder.close()
        return JournalOutput(journal, active: lines.safe)
      }
      its.close()
      close(stop)
      #expect(journal.all == ["10"])
    }
  }
#endif
