import Hummingbird

/// Where a browser goes after the login: a page of this server, and nowhere else.
enum NextPage {
  /// `text` when it is the address of a page of this server, else `fallback`.
  ///
  /// A browser reads `//host`, and `/\host` as well, as the address of another server; and it leaves out tabs
  /// and line breaks wherever they stand.
  static func checked(_ text: String?, fallback: String) -> String {
    guard let text, text.utf8.count <= 2048, text.hasPrefix("/"), !text.hasPrefix("//"),
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\\") })
    else { return fallback }
    let path = text.prefix { $0 != "?" && $0 != "#" }
    return ["/login", "/logout", "/setup"].contains(path) ? fallback : text
  }

  /// The page that was asked for.
  static func of(_ request: Request) -> String {
    guard request.isRead else { return "/" }
    return checked(request.uri.query.map { "\(request.uri.path)?\($0)" } ?? request.uri.path, fallback: "/")
  }

  /// As it stands in a query.
  static func encoded(_ text: String) -> String {
    text.utf8.reduce(into: "") { encoded, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        encoded += "%" + hex([byte]).uppercased()
      }
    }
  }
}
