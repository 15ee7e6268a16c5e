import ArgumentParser
import JSONState

/// What reading every byte of the state found.
public struct VerificationReport: Codable, Equatable, Sendable {
  public var entries: Int
  /// What is wrong, with file and line.
  public var damages: [String]
  /// Numbers of entries that an earlier repair had to give up.
  public var lost: EntryNumbers
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
      lines.append("an earlier repair gave up \(lost.count) entries: \(lost)")
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
      let kept = file.keptAs.map { "; the damaged one is kept as \($0)" } ?? ""
      lines.append(
        file.isGone
          ? "\(file.file) was set aside as \(file.keptAs ?? ""): its entries stand in other files"
          : "\(file.file) was replaced\(kept)")
    }
    if damages.isEmpty { return lines + ["Nothing is wrong; nothing was changed."] }
    if !lost.isEmpty {
      lines.append("\(lost.count) entries could not be saved: \(lost).")
    }
    if !lostBefore.isEmpty {
      lines.append("An earlier repair gave up \(lostBefore.count) entries: \(lostBefore).")
    }
    if let doubt {
      let known = lost.isEmpty && lostBefore.isEmpty ? "All entries up to \(lastNumber) are there. " : ""
      lines.append("\(known)Later ones, if there were any, are lost without a trace: \(doubt).")
    } else if lost.isEmpty {
      lines.append("No \(lostBefore.isEmpty ? "" : "further ")entry was lost; the last is \(lastNumber).")
    }
    if !lostFromState.isEmpty {
      lines.append("Entries \(lostFromState) are missing in \(sums): \(remedy).")
    } else if !lost.isEmpty {
      lines.append("What they did is in \(sums) all the same, through the snapshot.")
    }
    return lines
  }

  /// - Throws: a failing exit code, 2, when the state lacks entries, or may lack some because the journal's end is gone or
  ///   is of another history. That only an orderly end is missing, as after a crash, is no failure.
  public func failIfIncomplete() throws {
    if !lostFromState.isEmpty || isEndDamaged { throw ExitCode(2) }
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
