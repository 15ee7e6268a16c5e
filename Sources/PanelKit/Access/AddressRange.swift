import NIOCore

/// A network such as `192.168.1.0/24` or `fd00::/8`, or one address.
public struct AddressRange: Equatable, Sendable, LosslessStringConvertible {
  private let bytes: [UInt8]
  private let bits: Int

  /// nil when it is no network; bits that are set behind its length are a mistake, too.
  public init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard let first = parts.first, let bytes = Self.bytes(of: String(first)), parts.count <= 2 else {
      return nil
    }
    var bits = bytes.count * 8
    if parts.count == 2 {
      guard let length = Int(parts[1]), (0...bits).contains(length), parts[1].utf8.allSatisfy({ $0 != 0x2b })
      else { return nil }
      bits = length
    }
    guard Self.masked(bytes, bits) == bytes else { return nil }
    self.bytes = bytes
    self.bits = bits
  }

  public var description: String {
    let address = NIOCore.SocketAddress.text(of: bytes)
    return bits == bytes.count * 8 ? address : "\(address)/\(bits)"
  }

  /// Whether an address as the kernel writes it lies in the network.
  public func contains(_ address: String) -> Bool {
    guard let other = Self.bytes(of: address), other.count == bytes.count else { return false }
    return Self.masked(other, bits) == bytes
  }

  /// What an address is known by where a client could have many: an IPv6 network of 64 bits is one client.
  static func client(_ address: String) -> String {
    guard let bytes = bytes(of: address) else { return address }
    return hex(bytes.count == 16 ? masked(bytes, 64) : bytes)
  }

  private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
    bytes.enumerated().map { index, byte in
      let kept = min(8, max(0, bits - index * 8))
      return kept == 0 ? 0 : byte & (0xff << (8 - kept))
    }
  }

  /// Four bytes for IPv4, also where it is written as IPv6; else sixteen.
  private static func bytes(of address: String) -> [UInt8]? {
    guard let parsed = try? NIOCore.SocketAddress(ipAddress: address, port: 0) else { return nil }
    switch parsed {
    case .v4(let address):
      return withUnsafeBytes(of: address.address.sin_addr) { Array($0) }
    case .v6(let address):
      let bytes = withUnsafeBytes(of: address.address.sin6_addr) { Array($0) }
      return bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) ? Array(bytes[12...]) : bytes
    case .unixDomainSocket:
      return nil
    }
  }
}

extension NIOCore.SocketAddress {
  fileprivate static func text(of bytes: [UInt8]) -> String {
    let packed = ByteBuffer(bytes: bytes)
    return (try? SocketAddress(packedIPAddress: packed, port: 0))?.ipAddress ?? ""
  }
}
