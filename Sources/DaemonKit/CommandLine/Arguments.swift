import ArgumentParser
import Logging
import RC522

extension UID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension WallTime: ExpressibleByArgument {
  /// A date (`2026-12-31`, from its start) or a time (`2026-12-31T18:00`) where this machine stands, or a time in UTC
  /// (`2026-12-31T18:00:00Z`).
  public init?(argument: String) {
    let calendar = LocalCalendar.system
    if let date = CivilDate(argument) {
      self = calendar.start(of: date)
    } else if let time = CivilTime(argument) {
      self = calendar.time(time)
    } else {
      self.init(argument)
    }
  }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
