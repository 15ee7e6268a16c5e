import PiHAL
import Testing
import VirtualPi

@Suite struct SerialLineTests {
  let clock = VirtualClock()
  let line: VirtualSerialLine

  init() { line = VirtualSerialLine(clock: clock) }

  @Test func silenceLastsAsLongAsAsked() throws {
    let start = clock.now
    #expect(try line.read(timeout: .zero) == [])
    #expect(clock.now == start)
    #expect(try line.read(timeout: .milliseconds(12)) == [])
    #expect(start.duration(to: clock.now) == .milliseconds(12))
  }

  @Test func bytesComeInOrderAndWhenTheyAreDue() throws {
    line.send([1, 2])
    line.send([3], at: clock.now.advanced(by: .milliseconds(7)))
    let start = clock.now
    #expect(try line.read(timeout: .seconds(1)) == [1, 2])
    #expect(clock.now == start)
    #expect(try line.read(timeout: .milliseconds(6)) == [])
    #expect(try line.read(timeout: .seconds(1)) == [3])
    #expect(start.duration(to: clock.now) == .milliseconds(7))
  }

  @Test func oneReadGivesAtMostFourKilobytes() throws {
    line.send([UInt8](repeating: 7, count: 5000))
    #expect(try line.read(timeout: .zero).count == 4096)
    #expect(try line.read(timeout: .zero).count == 904)
  }

  @Test func writtenBytesAreSeenOnce() throws {
    try line.write([1])
    try line.write([2, 3])
    #expect(line.takeWritten() == [1, 2, 3])
    #expect(line.takeWritten() == [])
  }

  @Test func unpluggingEndsEverything() throws {
    line.send([1])
    line.unplug()
    #expect(#expect(throws: PiHALError.self) { try line.read(timeout: .zero) }?.kind == .disconnected)
    #expect(#expect(throws: PiHALError.self) { try line.write([1]) }?.kind == .disconnected)
    line.plugIn()
    #expect(try line.read(timeout: .zero) == [])
  }
}
