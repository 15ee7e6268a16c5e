import ArgumentParser
import DaemonKit

typealias TapdOptions = ConfigurationOptions<TapdConfiguration>

extension DecimalAmount {
  /// An amount of money in minor units.
  /// - Parameter name: what the user gave it as, for the complaint: `--balance`.
  func money(_ basis: LedgerBasis, _ name: String) throws -> Money {
    guard let minor = scaled(by: basis.decimals) else {
      throw ValidationError(
        "\(name) has more than \(basis.decimals) decimals, which is what \(basis.currency) has here, or is too large"
      )
    }
    return Money(minor)
  }

  /// A volume given in litres.
  func microlitres(_ name: String) throws -> Int64 {
    guard let volume = scaled(by: 6) else {
      throw ValidationError("\(name) has more than 6 decimals or is too large")
    }
    return volume
  }
}

/// A volume as people read it: `0.250 l`.
func litresText(_ microlitres: Int64) -> String { decimalText(microlitres / 1000, decimals: 3) + " l" }
