import DaemonKit

/// In which month's file of the archive entries stand: the journal goes to the next month with the clock, and
/// never back.
struct ArchiveMonths: Codable, Equatable, Sendable {
  /// The month of the newest entry, such as `2026-11`.
  private(set) var current = ""
  /// From which usage on they stand in which month.
  private(set) var starts: [Start] = []

  struct Start: Codable, Equatable, Sendable {
    var usage: Int
    var month: String
  }

  mutating func note(entryAt time: WallTime) {
    let month = CivilDate(utc: time).month
    if month > current { current = month }
  }

  mutating func note(usage: Int) {
    if starts.last?.month != current { starts.append(Start(usage: usage, month: current)) }
  }

  /// Where a usage stands, and the first one that stands there.
  func start(ofUsage number: Int) -> Start? { starts.last { $0.usage <= number } }
}
