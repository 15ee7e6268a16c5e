import Foundation
import PiHAL

/// A point in time on the clock that counts since boot, and which boot it was. It survives a restart of the
/// daemon and says when it has lost its meaning: after a reboot nobody knows how long ago it was.
public struct BootInstant: Codable, Equatable, Sendable {
  /// The boot's id: ``BootID``.
  public var boot: String
  public var instant: MonotonicInstant

  public init(boot: String, instant: MonotonicInstant) {
    self.boot = boot
    self.instant = instant
  }
}

/// Which boot of this machine it is.
public enum BootID {
  /// Where the kernel tells it.
  public static let standardFile = "/proc/sys/kernel/random/boot_id"

  /// Reads the id, a text that no other boot has.
  /// - Throws: ``BootIDError`` when the kernel does not tell it.
  public static func read(from path: String = standardFile) throws(BootIDError) -> String {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw BootIDError(place: path, problem: "cannot be read: mount /proc, or let this service see it")
    }
    let id = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard UUID(uuidString: id) != nil else {
      throw BootIDError(place: path, problem: "holds \"\(id.prefix(60))\", which is no boot's id")
    }
    return id
  }
}

public struct BootIDError: Error, Equatable, CustomStringConvertible {
  public let place: String
  public let problem: String

  public var description: String { "\(place) \(problem)" }
}
