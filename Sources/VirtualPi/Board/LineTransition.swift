import PiHAL

/// A change of a line's electrical level.
public struct LineTransition: Equatable, Sendable {
  /// The line's BCM number.
  public let line: Int
  /// The level after the change; `true` is high.
  public let level: Bool
  /// When it changed.
  public let instant: MonotonicInstant

  public init(line: Int, level: Bool, instant: MonotonicInstant) {
    self.line = line
    self.level = level
    self.instant = instant
  }
}

/// What can be wrong with a line.
public enum LineFault: Sendable, Equatable {
  /// The chip has gone (an unplugged expander, an unloaded driver): no request finds the line.
  case missing
  /// Every access ends in an input/output error.
  case inputOutputError
  /// Another function of the chip owns the pin, as SPI does its pins.
  case usedByKernel(consumer: String)
}
