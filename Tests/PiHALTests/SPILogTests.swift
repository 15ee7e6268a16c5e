import PiHAL
import Testing

/// Answers each byte with its complement, and fails when told to.
private final class ComplementDevice: SPIDevice {
  var failure: PiHALError?

  func transfer(_ frames: [[UInt8]]) throws(PiHALError) -> [[UInt8]] {
    if let failure { throw failure }
    return frames.map { $0.map { ~$0 } }
  }
}

@Suite struct SPILogTests {
  @Test func whatWasRecordedPlaysBackFromItsText() throws {
    let device = ComplementDevice()
    let recorder = RecordingSPIDevice(device)
    #expect(try recorder.transfer([[0x6E, 0x00], [0x01]]) == [[0x91, 0xFF], [0xFE]])
    #expect(try recorder.transfer([[0xA0]]) == [[0x5F]])
    device.failure = PiHALError(.disconnected, place: "/dev/spidev0.0", problem: "is gone")
    #expect(throws: PiHALError.self) { try recorder.transfer([[0x02], [0x03]]) }

    let text = recorder.log.description
    #expect(text.contains("6E 00 > 91 FF"))
    let log = try SPILog(parsing: text)
    #expect(log == recorder.log)

    let playback = PlaybackSPIDevice(log)
    #expect(try playback.transfer([[0x6E, 0x00], [0x01]]) == [[0x91, 0xFF], [0xFE]])
    #expect(try playback.transfer([[0xA0]]) == [[0x5F]])
    let error = #expect(throws: PiHALError.self) { try playback.transfer([[0x02], [0x03]]) }
    #expect(error?.kind == .disconnected)
    #expect(error?.problem.contains("/dev/spidev0.0 is gone") == true)
    try playback.finish()
  }

  @Test func aFrameThatWasNotRecordedIsAnError() throws {
    let log = try SPILog(parsing: "spi-log 1\n6E 00 > 00 92\n")
    let wrong = #expect(throws: PiHALError.self) { try PlaybackSPIDevice(log).transfer([[0x6E, 0x01]]) }
    #expect(wrong?.kind == .unexpected)
    #expect(wrong?.problem == "sent [6E 00], the driver now sends [6E 01]")
    // The same bytes cut into frames in another way are other traffic.
    #expect(throws: PiHALError.self) { try PlaybackSPIDevice(log).transfer([[0x6E], [0x00]]) }

    let playback = PlaybackSPIDevice(log)
    _ = try playback.transfer([[0x6E, 0x00]])
    let extra = #expect(throws: PiHALError.self) { try playback.transfer([[0x6E, 0x00]]) }
    #expect(extra?.kind == .unexpected)
  }

  @Test func framesLeftOverAreAnError() throws {
    let log = try SPILog(parsing: "spi-log 1\n01 > 02\n\n03 > 04\n")
    let playback = PlaybackSPIDevice(log)
    _ = try playback.transfer([[0x01]])
    let error = #expect(throws: PiHALError.self) { try playback.finish() }
    #expect(error?.kind == .unexpected)
    _ = try playback.transfer([[0x03]])
    try playback.finish()
  }

  @Test(arguments: [
    ("", 1), ("spi-log 2\n", 1), ("spi-log 1\n01 02 > 03\n", 2), ("spi-log 1\n# note\n1 > 02\n", 3),
    ("spi-log 1\n01 > 0G\n", 2), ("spi-log 1\n01\n", 2), ("spi-log 1\n01 > 02\n\n > \n", 4),
  ])
  func aDamagedLogNamesItsLine(text: String, line: Int) {
    let error = #expect(throws: PiHALError.self) { try SPILog(parsing: text) }
    #expect(error?.place == "line \(line)")
    #expect(error?.kind == .invalidRequest)
  }

  @Test func aRecorderKeepsTheNewestCalls() throws {
    let recorder = RecordingSPIDevice(ComplementDevice(), capacity: 3)
    for byte in UInt8(0)..<100 { _ = try recorder.transfer([[byte]]) }
    #expect((3...6).contains(recorder.log.calls.count))
    #expect(recorder.log.calls.last == .answered([SPILog.Frame(sent: [99], received: [~99])]))
  }
}
