import HTTPTypes
import Hummingbird

/// A file that pages load: it lives in the daemon's binary.
public struct StaticAsset: Sendable {
  /// The file's name, as in `kiosk.css`.
  public var name: String
  /// Its media type, as in `text/css`.
  public var mediaType: String
  public var bytes: [UInt8]

  public init(name: String, mediaType: String, bytes: [UInt8]) {
    self.name = name
    self.mediaType = mediaType
    self.bytes = bytes
  }
}

/// Serves files under addresses that hold a hash of their content, so that a browser may keep them for ever
/// and still gets a new one after an update.
public struct StaticAssets: PanelRoutes {
  private let assets: [(asset: StaticAsset, path: String)]

  /// A hash of all files: changes when one of them does.
  public let version: String

  public init(_ assets: [StaticAsset]) {
    self.assets = assets.map { asset in
      let parts = asset.name.split(separator: ".", maxSplits: 1)
      let hash = Self.hash(asset.bytes)
      return (asset, "/assets/\(parts[0]).\(hash).\(parts.count > 1 ? parts[1] : "")")
    }
    version = Self.hash(self.assets.flatMap { Array($0.path.utf8) })
  }

  /// Files that any page may load: `live.js` keeps a page up to date, `app.css` is the look of an
  /// application's pages. The server serves them by itself.
  public static let shared = StaticAssets([
    StaticAsset(name: "app.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.app_css),
    StaticAsset(name: "live.js", mediaType: "text/javascript", bytes: PackageResources.live_js),
  ])

  /// The address of a file. One that was not given is a mistake of the program.
  public func path(of name: String) -> String {
    guard let entry = assets.first(where: { $0.asset.name == name }) else {
      preconditionFailure("There is no asset '\(name)'")
    }
    return entry.path
  }

  public func add(to router: PanelRouter) {
    for (asset, path) in assets {
      let headers: HTTPFields = [
        .contentType: asset.mediaType, .cacheControl: "public, max-age=31536000, immutable",
      ]
      let buffer = ByteBuffer(bytes: asset.bytes)
      router.get(path, .open) { _, _ in
        Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: buffer))
      }
    }
  }

  /// One name for everything that makes a page: the files it loads, and its template.
  public static func version(_ versions: [String], template: [UInt8]) -> String {
    hash(versions.flatMap { Array($0.utf8) } + template)
  }

  /// FNV-1a, 64 bits: tells versions of one file apart; it need not withstand anybody.
  private static func hash(_ bytes: [UInt8]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
