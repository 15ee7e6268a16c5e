/// What one check of `tapd doctor` found.
struct Finding: Codable, Equatable, Sendable {
  enum Outcome: String, Codable, Sendable {
    case good
    /// The tap works, and something is not as it should be.
    case warning
    /// The tap will not work like this.
    case failed
  }

  /// What was looked at: `valve (GPIO18)`.
  var subject: String
  var outcome: Outcome
  /// What was found, and what to do about it unless it is good.
  var detail: String

  static func good(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, outcome: .good, detail: detail)
  }
  static func warning(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, outcome: .warning, detail: detail)
  }
  static func failed(_ subject: String, _ detail: String) -> Finding {
    Finding(subject: subject, outcome: .failed, detail: detail)
  }
}
