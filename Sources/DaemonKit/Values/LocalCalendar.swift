import Foundation

/// Days and times of day where the machine stands. Records are kept in UTC; people and their days are not.
public struct LocalCalendar: Sendable, Equatable {
  private let zone: TimeZone

  /// The system's time zone, as it is at this moment.
  public static var system: LocalCalendar { LocalCalendar(.current) }
  public static let utc = LocalCalendar(.gmt)

  private init(_ zone: TimeZone) { self.zone = zone }

  /// A zone by its name in the tz database, such as `Europe/Zurich`.
  public init?(zone name: String) {
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.zone = zone
  }

  /// The zone's name.
  public var name: String { zone.identifier }

  /// How far the zone's clocks are ahead of UTC.
  public func secondsFromUTC(at time: WallTime) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
  }

  /// The same at a second since 1970-01-01T00:00:00Z.
  public func secondsFromUTC(atSecond second: Int64) -> Int {
    zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))
  }

  /// What the zone's clocks show.
  public func civil(_ time: WallTime) -> CivilTime {
    let seconds = floorDivide(Int(clamping: time.milliseconds), 1000) + secondsFromUTC(at: time)
    let day = floorDivide(seconds, 86_400)
    return CivilTime(date: CivilDate(number: day), secondOfDay: seconds - day * 86_400)
  }

  public func date(_ time: WallTime) -> CivilDate { civil(time).date }

  /// When the zone's clocks show this: the first time, when they do so twice; as much later as they are set
  /// ahead, when they never do.
  public func time(_ civil: CivilTime) -> WallTime {
    let local = Int64(civil.date.number) * 86_400 + Int64(civil.secondOfDay)
    // The offset before and after a change near by: one day is longer than any change.
    let before = offset(local - 86_400)
    let after = offset(local + 86_400)
    let first = local - before
    if offset(first) == before { return WallTime(milliseconds: first * 1000) }
    let second = local - after
    if offset(second) == after { return WallTime(milliseconds: second * 1000) }
    return WallTime(milliseconds: first * 1000)
  }

  /// When a day begins: at midnight, or at its first moment where midnight is left out.
  public func start(of date: CivilDate) -> WallTime { time(CivilTime(date: date)) }

  private func offset(_ second: Int64) -> Int64 { Int64(secondsFromUTC(atSecond: second)) }
}

private func floorDivide(_ value: Int, _ divisor: Int) -> Int {
  value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
}
