import HTTPTypes
import Hummingbird

/// Lets a request pass only from a browser on this very machine, and a change only from a page of this server.
///
/// Checks against one way in each: the connection comes from a loopback address (a neighbour on the network)
/// and was not passed on by a proxy; the name asked for is a loopback name (DNS rebinding: a foreign name that
/// points here); the origin is this server and the body is declared as JSON (cross-site request forgery: a
/// foreign page that sends the request from the user's own browser).
enum LocalOnly {
  static func check(_ request: Request, from address: String?, changes: Bool) throws(HTTPError) {
    guard let address, isLoopback(address: address), !request.isForwarded else {
      throw HTTPError(.forbidden, message: "This page answers on the machine itself only.")
    }
    guard let authority = request.head.authority, isLoopback(authority: authority) else {
      throw HTTPError(.forbidden, message: "Open this page as http://localhost or http://127.0.0.1.")
    }
    try checkOrigin(request, authority, changes: changes)
  }

  /// Lets a request pass from any browser that asks by a name that no stranger can own, and a change only from a page
  /// of this server.
  static func checkPage(_ request: Request, changes: Bool) throws(HTTPError) {
    guard let authority = request.head.authority, HostName(authority: authority).isLocal else {
      throw HTTPError(
        .forbidden, message: "Open this page by the machine's address, or by a name of the local network.")
    }
    try checkOrigin(request, authority, changes: changes)
  }

  private static func checkOrigin(
    _ request: Request, _ authority: String, changes: Bool
  ) throws(HTTPError) {
    guard changes else { return }
    if let origin = request.headers[.origin], origin != "http://\(authority)" {
      throw HTTPError(.forbidden, message: "Commands are taken from this server's own pages only.")
    }
    if let site = request.headers[.named("Sec-Fetch-Site")], site != "same-origin" {
      throw HTTPError(.forbidden, message: "Commands are taken from this server's own pages only.")
    }
    let type = request.headers[.contentType].flatMap { $0.split(separator: ";").first }
    guard type?.lowercased() == "application/json" else {
      throw HTTPError(.unsupportedMediaType, message: "Send the command as application/json.")
    }
  }

  /// Whether an IP address as written by the kernel is this machine's own.
  static func isLoopback(address: String) -> Bool {
    let address = address.hasPrefix("::ffff:") ? String(address.dropFirst(7)) : address
    return address == "::1" || isLoopbackIPv4(address)
  }

  /// Whether a host with an optional port names this machine and cannot be anything else.
  static func isLoopback(authority: String) -> Bool {
    var host = authority[...]
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      let rest = host[host.index(after: end)...]
      return host[...end] == "[::1]" && (rest.isEmpty || isPort(rest))
    }
    if let colon = host.firstIndex(of: ":") {
      guard isPort(host[colon...]) else { return false }
      host = host[..<colon]
    }
    return host.lowercased() == "localhost" || isLoopbackIPv4(host)
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.hasPrefix(":") && UInt16(text.dropFirst()) != nil
  }

  private static func isLoopbackIPv4(_ text: some StringProtocol) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
  }
}
