import Foundation
import PiHAL
import Testing

@testable import tapd

/// The rules that never break, over random evenings.
@Suite struct EveningTests {
  static let isThorough = ProcessInfo.processInfo.environment["PI_DISPENSE_SLOW"] == "1"

  @Test(arguments: 1...(isThorough ? 200 : 20) as ClosedRange<UInt64>)
  func anEveningWithAllTroublesBreaksNoRule(seed: UInt64) {
    var evening = Evening(seed: seed)
    evening.run(events: 12_000)
    evening.closeDown()
    #expect(evening.hasFinished)
    #expect(evening.books.violations.isEmpty, "\(evening.books.violations.prefix(5))")
    #expect(evening.books.settledPours > 10)
  }
}
