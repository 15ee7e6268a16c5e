import DaemonKit
import ArgumentParser
import Foundation
import RC522

/// Where the configuration is; every command takes these.
struct ConfigurationOptions: ParsableArguments {
  @Option(name: .shortAndLong, help: "The JSON configuration file (default: /etc/tapd/tapd.json, if there).")
  var config: String?

  @Option(help: "The file with environment variables (default: .env or /etc/tapd/.env, if there).")
  var envFile: String?

  func load() async throws -> TapdConfiguration {
    try await TapdConfiguration.load(
      ConfigurationFiles(file: config, environmentFile: envFile),
      environment: ProcessInfo.processInfo.environment)
  }
}

/// A program's wish for JSON in place of a table.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON, for programs.")
  var json = false

  func print(_ value: some Encodable, table: () -> [String]) throws {
    guard json else { return table().forEach { Swift.print($0) } }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    Swift.print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

extension UID: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// A decimal number as people type it, exactly: `6.5`, `6,50`.
struct DecimalAmount: ExpressibleByArgument, Sendable {
  /// All digits, without the point.
  private let digits: Int64
  private let decimals: Int

  init?(argument: String) {
    let text = argument.replacing(",", with: ".")
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
      let digits = Int64(parts.joined())
    else { return nil }
    self.digits = digits
    decimals = parts.count == 2 ? parts[1].count : 0
  }

  /// The number times ten to the power of `places`; nil when that is no whole number or too large.
  func scaled(by places: Int) -> Int64? {
    guard decimals <= places else { return nil }
    var value = digits
    for _ in decimals..<places {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product
    }
    return value
  }

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

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}

extension Money {
  /// As people read it, with the currency's decimals: `2.50`.
  func text(decimals: Int) -> String {
    let sign = minorUnits < 0 ? "-" : ""
    let digits = String(minorUnits.magnitude)
    guard decimals > 0 else { return sign + digits }
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }
}

/// A volume as people read it: `0.250 l`.
func litresText(_ microlitres: Int64) -> String {
  let millilitres = microlitres / 1000
  let rest = String(millilitres % 1000)
  return "\(millilitres / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest) l"
}

/// Lines of a table whose columns are as wide as their longest cell.
func tableLines(_ header: [String], _ rows: [[String]]) -> [String] {
  let all = [header] + rows
  let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
  return all.map { row in
    zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
      .joined(separator: "  ").trimmingSuffix(" ")
  }
}

extension String {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return text
  }
}
