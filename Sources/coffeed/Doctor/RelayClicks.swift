import DaemonKit
import PiHAL

/// Closes one relay after another for a moment, each when somebody has said yes, and asks what they heard and see: so
/// a wrong wire and a wrong polarity are found. Waits.
struct RelayClicks {
  let relays: [PinUse]
  /// What the configuration says of the relays' polarity.
  let isActiveLow: Bool
  /// Asks a question; nil when nobody answers any more.
  let ask: (String) -> String?
  let output: any LeasedOutput
  let pause: (Duration) -> Void

  static let length = Duration.milliseconds(500)

  func run() -> [Finding] {
    var findings: [Finding] = []
    for (place, relay) in relays.enumerated() {
      guard let answer = ask("Close the \(relay.subject) for half a second? [y/N] ") else {
        return findings
          + relays[place...].map {
            .warning($0.subject, "was not clicked, for nobody answers: run this at a terminal")
          }
      }
      guard Self.isYes(answer) == true else {
        findings.append(.good(relay.subject, "was left alone"))
        continue
      }
      do {
        try close(place)
      } catch {
        findings.append(.failed(relay.subject, "\(error)"))
        continue
      }
      // With a wrong polarity a relay clicks all the same: it opens for half a second, and closes again.
      switch question("Did the \(relay.role) click?") {
      case nil: findings.append(.warning(relay.subject, "was closed; nobody said whether it clicked"))
      case false?:
        findings.append(
          .failed(
            relay.subject,
            "did not click: look whether the board has its supply and shares its ground with this machine, and "
              + "whether GPIO\(relay.pin) is wired to that relay; else set \(relay.key) to the pin that is"))
      case true?:
        let isOn = question("Is it on now, as its LED or the machine shows?")
        findings.append(Self.finding(relay, isOn: isOn, isActiveLow: isActiveLow))
        // All relays of a board have one polarity.
        if isOn == true { return findings }
      }
    }
    return findings
  }

  private static func finding(_ relay: PinUse, isOn: Bool?, isActiveLow: Bool) -> Finding {
    switch isOn {
    case nil: .warning(relay.subject, "clicked; nobody said whether it is on now")
    case false?: .good(relay.subject, "clicks, and is off now")
    case true?:
      .failed(
        relay.subject,
        "is on when it should be off, so the polarity is wrong: switch the relay board off, set "
          + "pins.relaysActiveLow to \(!isActiveLow) and run this again")
    }
  }

  private func close(_ place: Int) throws(PiHALError) {
    let open = relays.map { _ in false }
    var closed = open
    closed[place] = true
    do {
      // Should this program be stopped meanwhile, the relay opens all the same.
      try output.set(active: closed, atMost: Self.length * 2)
      pause(Self.length)
      try output.set(active: open)
    } catch {
      try? output.set(active: open)
      throw error
    }
  }

  /// Asks until it is answered; nil when nobody does.
  private func question(_ text: String) -> Bool? {
    while let answer = ask("\(text) [y/n] ") {
      if let isYes = Self.isYes(answer) { return isYes }
    }
    return nil
  }

  private static func isYes(_ answer: String) -> Bool? {
    switch answer.lowercased() {
    case "y", "yes": true
    case "n", "no": false
    default: nil
    }
  }
}

extension PinUse {
  fileprivate var subject: String { "\(role) (GPIO\(pin))" }
}
