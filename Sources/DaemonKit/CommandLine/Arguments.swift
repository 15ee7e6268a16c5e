import ArgumentParser
import Logging
import RC522

extension UID {
  /// Reads an argument: `@Argument(transform: UID.argument)`.
  /// - Throws: what a UID looks like.
  @Sendable public static func argument(_ text: String) throws -> UID {
    guard let uid = UID(text) else {
      throw ValidationError("a UID is 8, 14 or 20 hexadecimal digits, such as 04a1b2c3")
    }
    return uid
  }
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
