#if os(Linux)
  import Testing
  import VirtualPi

  @testable import PiHAL

  @Suite struct GuardLeaseTests {
    private let orders = GuardOrders(
      lines: OutputLines(chip: .test, lines: [17, 18], safe: [false, true]), lease: .seconds(1),
      maximumActive: [.seconds(60), .seconds(5)])

    private func seconds(_ value: Double) -> MonotonicInstant {
      MonotonicInstant(nanoseconds: UInt64(value * 1e9))
    }

    @Test func aLeaseThatIsNotRenewedMakesEverythingSafe() {
      var lease = GuardLease(orders, at: seconds(10))
      #expect(lease.active == [false, true])
      #expect(lease.deadline == nil)
      #expect(lease.set([true, true], epoch: 0, at: seconds(20)) == .accepted)
      #expect(lease.deadline == seconds(21))
      lease.renew(at: seconds(20.5))
      #expect(lease.pass(to: seconds(21.4)) == nil)
      #expect(lease.active == [true, true])
      #expect(lease.pass(to: seconds(21.5)) == .leaseExpired)
      #expect(lease.active == [false, true])
      #expect(lease.deadline == nil)
    }

    @Test func renewalsAloneOpenNothingAgain() {
      var lease = GuardLease(orders, at: seconds(0))
      _ = lease.set([true, true], epoch: 0, at: seconds(0))
      #expect(lease.pass(to: seconds(3)) == .leaseExpired)
      lease.renew(at: seconds(3))
      #expect(lease.pass(to: seconds(3)) == nil)
      #expect(lease.active == [false, true])
      #expect(lease.set([true, true], epoch: 0, at: seconds(3)) == .stale)
      #expect(lease.active == [false, true])
      #expect(lease.set([true, true], epoch: 1, at: seconds(3)) == .accepted)
      #expect(lease.active == [true, true])
    }

    @Test func aLineEndsAtItsMaximumTimeHoweverOftenItIsRenewedOrSet() {
      var lease = GuardLease(orders, at: seconds(0))
      _ = lease.set([true, false], epoch: 0, at: seconds(0))
      for step in 1..<10 {
        #expect(lease.pass(to: seconds(Double(step) / 2)) == nil)
        #expect(lease.set([true, false], epoch: 0, at: seconds(Double(step) / 2)) == .accepted)
      }
      #expect(lease.pass(to: seconds(5)) == .maximumTime(line: 1))
      #expect(lease.active == [true, true])
      #expect(lease.set([true, false], epoch: 0, at: seconds(5.1)) == .stale)
    }

    @Test func anOrderThatBringsItsTimeCountsAnew() {
      var lease = GuardLease(orders, at: seconds(0))
      for step in 0..<20 {
        #expect(lease.pass(to: seconds(Double(step))) == nil)
        _ = lease.set([true, false], epoch: 0, longest: .milliseconds(1800), at: seconds(Double(step)))
        lease.renew(at: seconds(Double(step) + 0.9))
      }
      // An order without a time does not lengthen it, and none is longer than the maximum time.
      _ = lease.set([true, false], epoch: 0, at: seconds(20))
      #expect(lease.pass(to: seconds(20.7)) == nil)
      #expect(lease.pass(to: seconds(20.8)) != nil)
      var other = GuardLease(orders, at: seconds(0))
      _ = other.set([true, false], epoch: 0, longest: .seconds(3600), at: seconds(0))
      for step in 0..<10 { other.renew(at: seconds(Double(step) / 2)) }
      #expect(other.pass(to: seconds(4.9)) == nil)
      #expect(other.pass(to: seconds(5)) == .maximumTime(line: 1))
    }

    @Test func makingSafeIsNeverStale() {
      var lease = GuardLease(orders, at: seconds(0))
      _ = lease.set([true, true], epoch: 0, at: seconds(0))
      lease.makeSafe()
      #expect(lease.set([false, true], epoch: 77, at: seconds(0)) == .accepted)
      #expect(lease.set([false], epoch: 1, at: seconds(0)) == .malformed)
    }

    /// Whatever is ordered and whenever: no line is away from safe without a lease or beyond its maximum time.
    @Test func noOrderOfEventsKeepsALineOnTooLong() {
      var random = SeededRandom(seed: 7)
      var now = MonotonicInstant.zero
      var lease = GuardLease(orders, at: now)
      var heard = now
      var ends: [MonotonicInstant?] = [nil, nil]
      for _ in 0..<100_000 {
        now = now.advanced(by: .milliseconds(Int.random(in: 0...700, using: &random)))
        // A guard looks at the clock before anything else.
        while lease.pass(to: now) != nil {}
        for line in 0..<2 where lease.active[line] == orders.lines.safe[line] { ends[line] = nil }
        var longest: Duration?
        if Bool.random(using: &random) {
          lease.renew(at: now)
          heard = now
        } else {
          let next = [Bool.random(using: &random), Bool.random(using: &random)]
          let epoch = Bool.random(using: &random) ? lease.epoch : lease.epoch &- 1
          if Bool.random(using: &random) { longest = .milliseconds(Int.random(in: 1...9000, using: &random)) }
          if lease.set(next, epoch: epoch, longest: longest, at: now) == .accepted {
            heard = now
          } else {
            longest = nil
          }
        }
        for line in 0..<2 {
          guard lease.active[line] != orders.lines.safe[line] else {
            ends[line] = nil
            continue
          }
          if ends[line] == nil || longest != nil {
            ends[line] = now.advanced(by: min(longest ?? .seconds(1000), orders.maximumActive[line]))
          }
          #expect(heard.duration(to: now) < orders.lease)
          if let end = ends[line] { #expect(now < end) }
        }
      }
    }
  }

  @Suite struct GuardMessageTests {
    private var requests: [GuardRequest] {
      [
        .start(
          GuardOrders(
            lines: OutputLines(
              chip: .test, lines: [17, 4], isActiveLow: true, drive: .openDrain, safe: [false, true],
              consumer: "ü"), lease: .milliseconds(1500), maximumActive: [.seconds(1), .seconds(7200)])),
        .set(number: 7, epoch: .max, active: [true, false, true]),
        .set(number: 8, epoch: 0, active: [true], longest: .milliseconds(31_000)),
        .renew(number: 4_000_000_000),
      ]
    }

    private var reports: [GuardReport] {
      [
        .ready, .done(number: 1), .stale(number: 2), .renewed(number: 3),
        .refused(PiHALError(.busy, place: "GPIO17", problem: "is held", remedy: "free it", errorNumber: 16)),
        .failed(number: 9, PiHALError(.disconnected, place: "GPIO17", problem: "is gone")),
        .wentSafe(epoch: 3, reason: .leaseExpired, active: [false]),
        .wentSafe(epoch: 3, reason: .maximumTime(line: 2), active: [false, true, false]),
        .wentSafe(epoch: 3, reason: .terminated, active: [false]),
        .wentSafe(epoch: 3, reason: .protocolError, active: []),
      ]
    }

    @Test func messagesSurviveTheWire() {
      for request in requests { #expect(GuardRequest(decoding: request.encoded()) == request) }
      for report in reports { #expect(GuardReport(decoding: report.encoded()) == report) }
    }

    @Test func messagesCutShortOrTooLongAreNone() {
      for packet in requests.map({ $0.encoded() }) {
        for length in packet.indices { #expect(GuardRequest(decoding: Array(packet[..<length])) == nil) }
        #expect(GuardRequest(decoding: packet + [0]) == nil)
      }
      for packet in reports.map({ $0.encoded() }) {
        for length in packet.indices { #expect(GuardReport(decoding: Array(packet[..<length])) == nil) }
        #expect(GuardReport(decoding: packet + [0]) == nil)
      }
    }

    @Test func noiseNeverCrashes() {
      var random = SeededRandom(seed: 3)
      for _ in 0..<20_000 {
        var packet = (0..<Int.random(in: 0...80, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        }
        if !packet.isEmpty { packet[0] = UInt8.random(in: 0...9, using: &random) }
        _ = GuardRequest(decoding: packet)
        _ = GuardReport(decoding: packet)
      }
    }
  }
#endif
