import PageTesting
import PanelKit
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct MachineTests {
  @Test func theHeaderOfEveryPageSaysHowTheMachineIs() async throws {
    let office = try await Office()
    office.board.show(LockView(phase: .active, secondsLeft: 23, userName: "ada", isScanMode: false))
    try await office.visit { visit in
      let page = try await visit.get("/leaderboard")
      #expect(page.text.contains("<span data-machine>unlocked for ada · 23\u{A0}s</span>"))
      #expect(page.text.contains(#"data-phase="active""#))
      let german = try await visit.get("/leaderboard?lang=de")
      #expect(german.text.contains("freigegeben für ada"))
    }
  }

  @Test(arguments: Language.allCases, LockView.Phase.allCases)
  func everyStateHasWords(language: Language, phase: LockView.Phase) {
    for notice in LockView.Notice.allCases {
      let view = MachineBoard.View(
        lock: LockView(phase: phase, notice: notice, secondsLeft: 3, userName: "ada", isScanMode: true))
      let line = MachineLine(view, language: language, isFull: false)
      #expect(line.text.contains(MachineWords.in(language).notice(notice)))
      #expect(line.text.contains(MachineWords.in(language).phase(phase)))
      #expect(!line.text.contains("ada"))
    }
  }

  @Test func aScanIsToldOnlyToWhoMayNameIt() throws {
    let token = Token.of("a1b2c3d4")
    var view = MachineBoard.View(lock: LockView(phase: .ready, isScanMode: true))
    view.scan = MachineBoard.Scan(token: token, time: .init(milliseconds: 0), instant: .zero)
    let first = MachineLine(view, language: .english, isFull: true)
    #expect(first.scan?.token == "a1b2c3d4")
    // The same token shown again is news.
    view.scan?.time = .init(milliseconds: 1)
    #expect(MachineLine(view, language: .english, isFull: true).scan != first.scan)
    #expect(MachineLine(view, language: .english, isFull: false).scan == nil)
    view.lock.isScanMode = false
    #expect(MachineLine(view, language: .english, isFull: true).scan == nil)
  }
}
