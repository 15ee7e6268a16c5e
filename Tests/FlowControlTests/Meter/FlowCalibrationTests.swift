import FlowControl
import Testing
import VirtualPi

@Suite struct FlowCalibrationTests {
  static let samples: [FlowCalibration] = {
    var random = SeededRandom(seed: 11)
    var samples = [FlowCalibration.yfS201]
    while samples.count < 200 {
      let pulses = UInt64.random(in: 1...9_999_999, using: &random)
      let microlitres = UInt64.random(in: 1...9_999_999_999, using: &random)
      if let sample = try? FlowCalibration(pulses: pulses, microlitres: microlitres) {
        samples.append(sample)
      }
    }
    return samples
  }()

  @Test func theThreeWaysOfSayingItAgree() throws {
    #expect(try FlowCalibration(pulsesPerLitre: "450") == .yfS201)
    #expect(try FlowCalibration(hertzPerLitrePerMinute: "7.5") == .yfS201)
    #expect(try FlowCalibration(pulses: 900, microlitres: 2_000_000) == .yfS201)
    #expect(
      try FlowCalibration(hertzPerLitrePerMinute: "6.5") == FlowCalibration(pulsesPerLitre: "390.000"))
  }

  @Test func aDecimalFactorIsExact() throws {
    // 0.1 has no binary fraction. 60 × 0.1 is 6 pulses a litre, so 6 × 10^9 pulses are 10^9 litres exactly.
    let calibration = try FlowCalibration(hertzPerLitrePerMinute: "0.1")
    #expect(calibration.microlitres(fromPulses: 6_000_000_000) == 1_000_000_000_000_000)
    #expect(calibration.microlitres(fromPulses: 5_999_999_999) == 999_999_999_833_333)
  }

  @Test(arguments: [
    "", "-1", "0", "0.0", "0.999999", "100000.1", "abc", "4 50", "450,5", "450.", ".5", "1e3", "1234567890",
    "1.1234567", "٤٥٠", "1.2.3",
  ])
  func aFigureOutOfRangeIsRefused(text: String) {
    #expect(
      kind { () throws(FlowControlError) in _ = try FlowCalibration(pulsesPerLitre: text) } == .outOfRange)
  }

  @Test(arguments: ["1", "1.0", "100000", "99999.999999", "000000450"])
  func aFigureInRangeIsTaken(text: String) {
    #expect(kind { () throws(FlowControlError) in _ = try FlowCalibration(pulsesPerLitre: text) } == nil)
  }

  @Test(
    arguments: [
      (0, 1), (1, 0), (1, 1_000_001), (100_001, 1_000_000), (UInt64.max, 1), (1, UInt64.max),
      (UInt64.max, UInt64.max),
    ] as [(UInt64, UInt64)])
  func aMeasuredPairOutOfRangeIsRefused(pulses: UInt64, microlitres: UInt64) {
    let kind = kind { () throws(FlowControlError) in
      _ = try FlowCalibration(pulses: pulses, microlitres: microlitres)
    }
    #expect(kind == .outOfRange)
  }

  @Test func partsAddUpToTheWholeOverABillionPulses() {
    var random = SeededRandom(seed: 12)
    for calibration in Self.samples {
      var count: UInt64 = 0
      var sum: Int64 = 0
      while count < 1_000_000_000 {
        let next = count + UInt64.random(in: 0...20_000_000, using: &random)
        sum += calibration.microlitres(fromPulses: count, to: next)
        count = next
      }
      #expect(sum == calibration.microlitres(fromPulses: count))
      // Never a whole microlitre away from the exact fraction.
      let exact = UInt128(count) * UInt128(calibration.microlitres)
      let counted = UInt128(sum) * UInt128(calibration.pulses)
      #expect(counted <= exact && exact - counted < UInt128(calibration.pulses))
    }
  }

  @Test func volumesAndPulsesInvertEachOther() {
    var random = SeededRandom(seed: 13)
    for calibration in Self.samples {
      for _ in 0..<50 {
        let volume = Int64.random(in: 1...100_000_000, using: &random)
        let reaching = calibration.pulses(reachingMicrolitres: volume)
        #expect(calibration.microlitres(fromPulses: reaching) >= volume)
        #expect(calibration.microlitres(fromPulses: reaching - 1) < volume)
        let within = calibration.pulses(withinMicrolitres: volume)
        #expect(calibration.microlitres(fromPulses: within) <= volume)
        #expect(calibration.microlitres(fromPulses: within + 1) > volume)
      }
    }
  }

  @Test func theEndsOfTheRangeDoNotTrap() {
    for calibration in Self.samples {
      _ = calibration.pulses(reachingMicrolitres: .max)
      _ = calibration.pulses(withinMicrolitres: .max)
      #expect(calibration.microlitres(fromPulses: .max) > 0)
      #expect(calibration.microlitres(fromPulses: .max, to: 0) < 0)
      #expect(calibration.pulses(reachingMicrolitres: .min) == 0)
      #expect(calibration.pulses(withinMicrolitres: -1) == 0)
      #expect(calibration.pulses(withinMicrolitres: 0) == 0)
      #expect(calibration.pulses(reachingMicrolitres: 0) == 0)
    }
  }

  @Test func itIsReadable() throws {
    #expect(FlowCalibration.yfS201.description == "450 pulses per litre")
    #expect(try FlowCalibration(pulsesPerLitre: "437.05").description == "437.05 pulses per litre")
  }
}
