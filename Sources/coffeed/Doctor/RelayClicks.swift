import DaemonKit
import PiHAL

/// Closes one relay after another for a moment, each when somebody has said yes, so that they hear and see whether
/// it is the right one. Waits.
struct RelayClicks {
  let relays: [PinUse]
  /// Asks a question; nil when nobody answers.
  let ask: (String) -> String?
  let output: any LeasedOutput
  let pause: (Duration) -> Void

  static let length = Duration.milliseconds(500)

  func run() -> [Finding] {
    var findings: [Finding] = []
    for (place, relay) in relays.enumerated() {
      let subject = "\(relay.role) (GPIO\(relay.pin))"
      guard let answer = ask("Close the \(subject) for half a second? [y/N] ") else { break }
      guard ["y", "yes"].contains(answer.lowercased()) else {
        findings.append(.good(subject, "was left alone"))
        continue
      }
      findings.append(click(place, subject))
    }
    return findings
  }

  private func click(_ place: Int, _ subject: String) -> Finding {
    let open = relays.map { _ in false }
    var closed = open
    closed[place] = true
    do {
      // Should this program be stopped meanwhile, the relay opens all the same.
      try output.set(active: closed, atMost: Self.length * 2)
      pause(Self.length)
      try output.set(active: open)
      return .good(subject, "was closed for half a second")
    } catch {
      try? output.set(active: open)
      return .failed(subject, "\(error)")
    }
  }
}
