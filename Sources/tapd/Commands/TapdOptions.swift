import ArgumentParser
import DaemonKit

typealias TapdOptions = ConfigurationOptions<TapdConfiguration>

extension DecimalAmount {
  /// An amount of money in minor units.
  func money(decimals: Int) throws -> Money {
    guard let minor = scaled(by: decimals) else {
      throw ValidationError("the amount has more than \(decimals) decimals, or is too large")
    }
    return Money(minor)
  }

  /// A volume given in litres.
  func microlitres() throws -> Int64 {
    guard let volume = scaled(by: 6) else { throw ValidationError("the volume is too large or too fine") }
    return volume
  }
}

extension Money {
  /// As people read it, with the currency's decimals: `2.50`.
  func text(decimals: Int) -> String { decimalText(minorUnits, decimals: decimals) }
}

/// A volume as people read it: `0.250 l`.
func litresText(_ microlitres: Int64) -> String { decimalText(microlitres / 1000, decimals: 3) + " l" }
