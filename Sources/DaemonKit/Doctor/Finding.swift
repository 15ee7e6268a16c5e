import ArgumentParser

/// What one check of a daemon's `doctor` found.
public struct Finding: Codable, Equatable, Sendable {
  public enum Outcome: String, Codable, Sendable {
    case good
    /// The daemon works, and something is not as it should be.
    case warning
    /// The daemon will not work like this.
    case failed
  }

  /// What was looked at: `valve (GPIO18)`.
  public var subject: String
  public var outcome: Outcome
  /// What was found, and what to do about it unless it is good.
  public var detail: String

  public init(subject: String, outcome: Outcome, detail: String) {
    self.subject = subject
    self.outcome = outcome
    self.detail = detail
  }

  public static func good(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, outcome: .good, detail: detail)
  }
  public static func warning(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, outcome: .warning, detail: detail)
  }
  public static func failed(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, outcome: .failed, detail: detail)
  }

  /// For people.
  public var line: String {
    let mark =
      switch outcome {
      case .good: "ok  "
      case .warning: "warn"
      case .failed: "FAIL"
      }
    return "\(mark)  \(subject): \(detail)"
  }
}

extension OutputOptions {
  /// Prints what the checks found.
  /// - Throws: a failing exit code when one of them failed.
  public func print(_ findings: [Finding]) throws {
    try print(findings) { findings.map(\.line) }
    if findings.contains(where: { $0.outcome == .failed }) { throw ExitCode.failure }
  }
}
