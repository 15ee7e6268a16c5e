import ArgumentParser
import JSONState

/// What reading every byte of the state found.
public struct VerificationReport: Codable, Equatable, Sendable {
  public var entries: Int
  /// What is wrong, with file and line.
  public var damages: [String]
  /// Numbers of entries that an earlier repair had to give up.
  public var lost: [Int]
  public var notices: [String]

  public init(_ verification: Verification) {
    entries = verification.entries
    damages = verification.damages.map(\.description)
    lost = verification.lost
    notices = verification.notices
  }

  /// For people, a line each.
  public var lines: [String] {
    var lines = damages + notices
    if !lost.isEmpty {
      lines.append("an earlier repair gave up \(lost.count) entries: \(lost.prefix(20))")
    }
    return lines + ["\(entries) entries, \(damages.isEmpty ? "all sound" : "damaged")"]
  }
}

extension StateStore {
  /// Verifies an open state.
  public func verificationReport() async throws -> VerificationReport {
    try await VerificationReport(onOwnThread { [self] in try verify() })
  }

  /// Verifies a directory that nobody has open. It need not be fit to be opened.
  /// - Parameter check: see `verify(directory:fileSystem:and:)`.
  public static func verificationReport(
    of directory: String,
    and check: @escaping @Sendable (State) throws(JSONStateError) -> [Damage] = { _ in [] }
  ) async throws -> VerificationReport {
    try await VerificationReport(onOwnThread { try verify(directory: directory, and: check) })
  }

  /// Repairs a directory that nobody has open.
  public static func repairReport(of directory: String) async throws -> RepairReport {
    try await onOwnThread { try repair(directory: directory) }
  }
}

extension RepairReport {
  /// For people, a line each.
  /// - Parameters:
  ///   - sums: what the entries add up to: `the balances`.
  ///   - remedy: what to do about entries that are missing in it: `check those cards by hand`.
  public func lines(sums: String, remedy: String) -> [String] {
    var lines = damages.map(\.description)
    for file in replaced {
      lines.append(
        "\(file.file) was replaced\(file.keptAs.map { "; the damaged one is kept as \($0)" } ?? "")")
    }
    if damages.isEmpty { return lines + ["Nothing is wrong; nothing was changed."] }
    if lost.isEmpty { return lines + ["No entry was lost."] }
    lines.append("\(lost.count) entries could not be saved: \(lost.prefix(20))")
    lines.append(
      lostFromState.isEmpty
        ? "Their effect is in \(sums) all the same, through the snapshot."
        : "\(lostFromState.count) of them are missing in \(sums): \(remedy).")
    return lines
  }
}

extension OutputOptions {
  /// Prints what a verification found.
  /// - Throws: a failing exit code when something is damaged.
  public func print(_ report: VerificationReport) throws {
    try print(report) { report.lines }
    if !report.damages.isEmpty { throw ExitCode.failure }
  }
}
