import DaemonKit
import Testing

@Suite struct WallTimeTests {
  @Test func comesBackAsItWas() {
    #expect(WallTime("2026-11-25T10:00:00.250Z")?.description == "2026-11-25T10:00:00.250Z")
  }

  @Test func refusesDaysThatDoNotExist() { #expect(WallTime("2026-02-30T10:00:00Z") == nil) }
}
