import DaemonKit
import PiHAL
import Testing
import VirtualPi

@testable import coffeed

/// `doctor --click` on a board whose relays are on at one level, with a configuration that may say another.
@Suite struct RelayClicksTests {
  private let board = VirtualBoard(clock: ManualClock())

  /// - Parameter answers: what is typed, in turn; then nobody answers any more.
  private func run(_ answers: [String], activeLow: Bool = false) throws -> (
    findings: [Finding], questions: [String]
  ) {
    let wiring = CoffeeWiring()
    var answers = answers[...]
    var questions: [String] = []
    let clicks = RelayClicks(
      relays: wiring.relays, isActiveLow: activeLow,
      ask: { question in
        questions.append(question)
        return answers.popFirst()
      },
      output: UnguardedOutput(try board.output(lines: wiring.relays.map(\.pin), activeLow: activeLow)),
      pause: { board.clock.sleep(for: $0) })
    return (clicks.run(), questions)
  }

  private func clicks(of pin: Int) -> [Bool] { board.transitions(of: pin).map(\.level) }

  @Test func eachRelayIsClosedForHalfASecondWhenSomebodySaysYes() throws {
    let (findings, questions) = try run(["y", "y", "n", "", "yes", "Y", "No", "n"])
    #expect(findings.map(\.outcome) == [.good, .good, .good, .good])
    #expect(findings.map(\.detail).map { $0.contains("clicks") } == [true, false, true, false])
    #expect(
      questions.count == 8 && questions[0] == "Close the power relay (GPIO17) for half a second? [y/N] ")
    #expect(clicks(of: 17) == [true, false] && clicks(of: 22) == [true, false])
    #expect(clicks(of: 27).isEmpty && clicks(of: 23).isEmpty)
    let times = board.transitions(of: 17).map(\.instant)
    #expect(times[0].duration(to: times[1]) == .milliseconds(500))
  }

  @Test func aRelayThatDoesNotClickIsLookedFor() throws {
    let (findings, _) = try run(["y", "n", "n", "n", "n"])
    #expect(findings.map(\.outcome) == [.failed, .good, .good, .good])
    #expect(findings[0].line.contains("GPIO17") && findings[0].detail.contains("did not click"))
    #expect(findings[0].detail.contains("set pins.relayPower"))
  }

  /// Then a relay clicks as well: it opens for half a second and is on before and after.
  @Test(arguments: [false, true])
  func aWrongPolarityIsExplainedAndNothingMoreClicked(activeLow: Bool) throws {
    let (findings, questions) = try run(["y", "y", "y", "y", "y"], activeLow: activeLow)
    #expect(findings.map(\.outcome) == [.failed] && questions.count == 3)
    #expect(findings[0].detail.contains("set pins.relaysActiveLow to \(!activeLow)"))
    #expect(clicks(of: 27).allSatisfy { $0 == activeLow }, "the others keep still")
  }

  @Test func anUnclearAnswerIsAskedForAgain() throws {
    let (findings, questions) = try run(["y", "", "what?", "y", "perhaps", "n"])
    #expect(findings.first?.outcome == .good)
    #expect(questions[1] == questions[2] && questions[2] == questions[3] && questions[4] == questions[5])
  }

  @Test(arguments: [
    ([], "was not clicked, for nobody answers"), (["y"], "was closed; nobody said whether it clicked"),
    (["y", "y"], "clicked; nobody said whether it is on now"),
  ])
  func whereNobodyAnswersNothingIsTakenForGood(answers: [String], detail: String) throws {
    let (findings, _) = try run(answers)
    #expect(findings.count == 4 && findings.allSatisfy { $0.outcome == .warning })
    #expect(findings[0].detail.hasPrefix(detail))
    #expect(clicks(of: 17) == (answers.isEmpty ? [] : [true, false]), "it is open at the end")
    #expect(clicks(of: 27).isEmpty)
  }

  @Test func aBrokenLineIsNamedAndTheOthersAreClickedAllTheSame() throws {
    let wiring = CoffeeWiring()
    final class Broken: LeasedOutput {
      var orders: [[Bool]] = []
      func set(active: [Bool], atMost longest: Duration?) throws(PiHALError) {
        orders.append(active)
        if active[0] { throw PiHALError(.unexpected, place: "GPIO17", problem: "is broken") }
      }
      func renewLease() throws(PiHALError) {}
    }
    let output = Broken()
    var answers = ["y", "y", "y", "n", "n", "n"][...]
    let findings = RelayClicks(
      relays: wiring.relays, isActiveLow: false, ask: { _ in answers.popFirst() }, output: output,
      pause: { _ in }
    ).run()
    #expect(findings.map(\.outcome) == [.failed, .good, .good, .good])
    #expect(findings[0].detail.contains("is broken"))
    #expect(output.orders[1] == [false, false, false, false], "opened after the failure")
  }
}
