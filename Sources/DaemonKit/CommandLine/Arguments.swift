import ArgumentParser
import Logging
import RC522

extension UID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension WallTime: ExpressibleByArgument {
  /// A date (`2026-12-31`, from its start in UTC) or a time (`2026-12-31T18:00:00Z`).
  public init?(argument: String) { self.init(argument.count == 10 ? argument + "T00:00:00Z" : argument) }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
