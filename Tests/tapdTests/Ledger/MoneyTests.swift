import DaemonKit
import DaemonTesting
import Testing

@testable import tapd

@Suite struct PricingTests {
  @Test(arguments: [
    (Int64(250_000), Int64(1000), Int64(250)), (499, 1000, 0), (500, 1000, 1), (1499, 1000, 1),
    (1500, 1000, 2),
    (0, 1000, 0), (-5, 1000, 0), (333_333, 650, 217), (1_000_000, 0, 0), (.max, .max, .max),
  ])
  func aChargeIsRoundedHalfUpOnce(microlitres: Int64, price: Int64, charge: Int64) {
    #expect(Pricing.charge(microlitres: microlitres, pricePerLitre: Money(price)) == Money(charge))
  }

  /// The largest volume is the last one that the amount pays for.
  @Test func theLargestVolumeIsTheLastThatCanBePaid() throws {
    var dice = Dice(seed: 1)
    for _ in 0..<20_000 {
      let price = Money(Int64(dice.roll(1...dice.pick([10, 1000, 1_000_000]))))
      let amount = Money(Int64(dice.roll(0...dice.pick([3, 1000, 10_000_000]))))
      let volume = try #require(Pricing.largestVolume(for: amount, pricePerLitre: price))
      if amount > .zero {
        #expect(Pricing.charge(microlitres: volume, pricePerLitre: price) <= amount)
        #expect(Pricing.charge(microlitres: volume + 1, pricePerLitre: price) > amount)
      } else {
        #expect(volume == 0)
      }
    }
    #expect(Pricing.largestVolume(for: Money(5), pricePerLitre: .zero) == nil)
    #expect(Pricing.largestVolume(for: Money(.max), pricePerLitre: Money(1)) == .max)
  }

  @Test func sumsStopAtTheirEndsRatherThanTrap() {
    #expect(Money(.max) + Money(1) == Money(.max))
    #expect(Money(.min) - Money(1) == Money(.min))
    #expect(Money(.min) + Money(-1) == Money(.min))
  }
}

@Suite struct WallTimeTests {
  @Test(arguments: [
    "1970-01-01T00:00:00.000Z", "2000-02-29T12:00:00.001Z", "2026-11-21T19:30:00.250Z",
    "2100-02-28T23:59:59.999Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z",
    "0000-01-01T00:00:00.000Z",
  ])
  func itsTextComesBack(text: String) throws {
    #expect(try #require(WallTime(text)).description == text)
  }

  @Test func itCountsAsTheCalendarDoes() {
    #expect(WallTime("1970-01-02T00:00:00Z")?.milliseconds == 86_400_000)
    #expect(WallTime("2000-01-01T00:00:00Z")?.milliseconds == 946_684_800_000)
    #expect(WallTime(milliseconds: 1_700_000_000_123).description == "2023-11-14T22:13:20.123Z")
  }

  @Test(arguments: [
    "", "2026", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
    "2026-11-21T24:00:00Z",
    "2026-11-21 19:30:00Z", "2026-11-21T19:30:00", "2026-11-21T19:30:00+00:00", "2026-11-2xT19:30:00Z",
    "2026-11-21T19:30:00.25Z", "2100-02-29T00:00:00Z",
  ])
  func whatIsNoTimeIsRefused(text: String) { #expect(WallTime(text) == nil) }

  @Test func extremesDoNotTrap() {
    #expect(WallTime(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
    #expect(WallTime(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
  }
}
