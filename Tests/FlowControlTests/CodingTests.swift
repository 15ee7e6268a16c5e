import FlowControl
import Foundation
import Testing

/// What a daemon keeps in its state comes back as it was, and nothing that could not have been written.
@Suite struct CodingTests {
  @Test func aCalibrationComesBack() throws {
    for calibration in FlowCalibrationTests.samples {
      let data = try JSONEncoder().encode(calibration)
      #expect(try JSONDecoder().decode(FlowCalibration.self, from: data) == calibration)
    }
  }

  @Test(arguments: [
    #"{"pulses": 0, "microlitres": 1000000}"#, #"{"pulses": 450, "microlitres": 0}"#,
    #"{"pulses": -450, "microlitres": 1000000}"#, #"{"pulses": 1, "microlitres": 1000001}"#, #"{}"#,
  ])
  func aDamagedCalibrationIsRefused(json: String) {
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(FlowCalibration.self, from: Data(json.utf8))
    }
  }

  @Test func anAfterFlowComesBack() throws {
    var flow = AfterFlow(initialMicrolitres: 7000, maximumMicrolitres: 50_000)
    for microlitres in [12_000, 60_000, 9000] as [Int64] {
      flow.learn(
        .init(
          microlitres: microlitres, microlitresPerSecondAtClosing: 30_000, openTime: .seconds(4),
          settled: true))
    }
    let data = try JSONEncoder().encode(flow)
    #expect(try JSONDecoder().decode(AfterFlow.self, from: data) == flow)
  }

  /// Once the memory of a new tap was full of the value that it starts with.
  @Test func anAfterFlowOfAnEarlierVersionIsRead() throws {
    let json =
      #"{"maximumMicrolitres": 100000, "recent": [20000,20000,20000,20000,20000,20000,3000,2500,4000]}"#
    let flow = try JSONDecoder().decode(AfterFlow.self, from: Data(json.utf8))
    #expect(flow.predictedMicrolitres == 3000)
  }

  @Test(arguments: [
    #"{"maximumMicrolitres": 10, "recent": []}"#,
    #"{"maximumMicrolitres": 10, "recent": [1,2,3,4,5,6,7,8]}"#,
    #"{"maximumMicrolitres": 10, "recent": [1,2,3,4,5,6,7,8,11]}"#,
    #"{"maximumMicrolitres": 10, "recent": [1,2,3,4,5,6,7,8,-1]}"#,
    #"{"maximumMicrolitres": -1, "recent": [0,0,0,0,0,0,0,0,0]}"#,
  ])
  func aDamagedAfterFlowIsRefused(json: String) {
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(AfterFlow.self, from: Data(json.utf8)) }
  }
}
