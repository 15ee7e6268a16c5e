import Testing

@testable import PanelKit

@Suite struct LoginThrottleTests {
  private let start = ContinuousClock.now

  @Test func anAddressWaitsLongerEachTimeUpToABound() {
    var throttle = LoginThrottle(limits: .init(), at: start)
    var now = start
    var waits: [Int64] = []
    for _ in 0..<25 {
      while true {
        guard case .wait(let time) = throttle.begin("a", at: now) else { break }
        waits.append(time.components.seconds)
        now += time
      }
      throttle.finish("a", isRight: false, at: now)
    }
    #expect(waits.prefix(11) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900])
    #expect(waits.dropFirst(10).allSatisfy { $0 == 900 })
  }

  @Test func manyAtOnceGainNothing() {
    var throttle = LoginThrottle(limits: .init(), at: start)
    let answers = (0..<100).map { _ in throttle.begin("a", at: start) }
    #expect(answers.filter { $0 == .go }.count == 5)
  }

  @Test func onlySomeRunAtOnce() {
    var throttle = LoginThrottle(limits: .init(), at: start)
    let answers = (0..<20).map { throttle.begin("address \($0)", at: start) }
    #expect(answers.filter { $0 == .go }.count == 8)
    throttle.finish("address 0", isRight: false, at: start)
    #expect(throttle.begin("another", at: start) == .go)
  }

  @Test func manyAddressesShareAStoreThatRefills() {
    var throttle = LoginThrottle(limits: .init(), at: start)
    var tried = 0
    func attempt(_ name: String, at now: ContinuousClock.Instant, isRight: Bool = false) -> Bool {
      guard throttle.begin(name, at: now) == .go else { return false }
      throttle.finish(name, isRight: isRight, at: now)
      return true
    }
    // Somebody has logged in from here before.
    #expect(attempt("home", at: start, isRight: true))
    for number in 0..<1000 where attempt("address \(number)", at: start) { tried += 1 }
    #expect(tried == 29)
    #expect(!attempt("new", at: start))
    #expect(attempt("home", at: start))
    // In an hour a crowd has 900 attempts, however large it is.
    tried = 0
    for second in 0..<3600 {
      for number in 0..<3 where attempt("\(second) \(number)", at: start + .seconds(second)) { tried += 1 }
    }
    #expect((899...901).contains(tried))
  }

  @Test func theNumberOfAddressesIsBounded() {
    var limits = LoginThrottle.Limits()
    limits.addresses = 10
    limits.storeOverAll = 1000
    var throttle = LoginThrottle(limits: limits, at: start)
    _ = throttle.begin("known", at: start)
    throttle.finish("known", isRight: true, at: start)
    for number in 0..<500 {
      _ = throttle.begin("address \(number)", at: start)
      throttle.finish("address \(number)", isRight: false, at: start)
    }
    #expect(throttle.addressCount == 10)
  }

  @Test(arguments: [
    ("10.1.2.3", "::ffff:10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
    ("2001:db8::1", "2001:db8:0:0:ffff::9", true), ("2001:db8::1", "2001:db8:0:1::1", false),
  ])
  func aClientIsAnAddressOrANetworkOf64Bits(one: String, other: String, isSame: Bool) {
    #expect((AddressRange.client(one) == AddressRange.client(other)) == isSame)
  }
}

@Suite struct AddressRangeTests {
  @Test(arguments: [
    ("192.168.1.0/24", "192.168.1.255", true), ("192.168.1.0/24", "192.168.2.1", false),
    ("192.168.1.0/24", "::ffff:192.168.1.7", true), ("10.0.0.0/8", "10.255.0.1", true),
    ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "::1", false),
    ("192.168.1.7", "192.168.1.7", true), ("192.168.1.7", "192.168.1.8", false),
    ("172.16.0.0/12", "172.31.255.255", true), ("172.16.0.0/12", "172.32.0.0", false),
    ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe80::1", false), ("::1", "::1", true),
    ("192.168.1.0/24", "nonsense", false),
    ("192.168.1.0/24", "", false),
  ])
  func whatLiesInANetwork(network: String, address: String, isInside: Bool) throws {
    #expect(try #require(AddressRange(network)).contains(address) == isInside)
  }

  @Test(arguments: [
    "", "/", "192.168.1", "192.168.1.0/", "192.168.1.0/33", "192.168.1.0/-1", "192.168.1.0/+8",
    "192.168.1.1/24",
    "192.168.1.0/24/24", "fd00::/129", "fd00::1/8", "example.org", "192.168.1.0 /24", "300.0.0.0/8",
  ])
  func whatIsNoNetwork(text: String) { #expect(AddressRange(text) == nil) }

  @Test(arguments: ["192.168.1.0/24", "10.0.0.1", "fd00::/8", "::1"])
  func itIsWrittenAsItWasRead(text: String) { #expect(AddressRange(text)?.description == text) }
}
