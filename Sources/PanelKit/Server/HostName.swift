import HTTPTypes
import Hummingbird
import NIOCore

/// The name by which a browser asked for this server.
struct HostName {
  /// In lower case, without port and brackets.
  let text: String

  init(authority: String) {
    var host = authority[...]
    if host.hasPrefix("[") {
      host = host.dropFirst().prefix { $0 != "]" }
    } else if let colon = host.lastIndex(of: ":") {
      host = host[..<colon]
    }
    text = host.lowercased()
  }

  /// Whether no stranger can own the name: an address, a name without a dot, or one that only local networks
  /// know (RFC 6762, 8375, 9476).
  var isLocal: Bool {
    if (try? SocketAddress(ipAddress: text, port: 0)) != nil { return true }
    let name = text.hasSuffix(".") ? text.dropLast() : text[...]
    guard !name.isEmpty else { return false }
    return !name.contains(".")
      || [".local", ".localhost", ".internal", ".home.arpa", ".lan", ".fritz.box"].contains {
        name.hasSuffix($0)
      }
  }
}

extension Request {
  /// Whether a proxy has passed the request on, or its sender wants to make believe that.
  var isForwarded: Bool {
    [.forwarded, .xForwardedFor, .named("X-Forwarded-Host"), .named("X-Real-IP"), .via]
      .contains { headers.contains($0) }
  }
}

extension HTTPField.Name {
  static let forwarded = HTTPField.Name.named("Forwarded")
  static let xForwardedFor = HTTPField.Name.named("X-Forwarded-For")
}
