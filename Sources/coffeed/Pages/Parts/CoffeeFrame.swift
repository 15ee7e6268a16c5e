import DaemonKit
import PanelKit

/// The frame of coffeed's pages and the files that they load.
enum CoffeeFrame {
  static let assets = StaticAssets([
    StaticAsset(name: "coffee.css", mediaType: "text/css; charset=utf-8", bytes: PackageResources.coffee_css),
    StaticAsset(name: "coffee.js", mediaType: "text/javascript", bytes: PackageResources.coffee_js),
  ])

  /// Changes with every file that makes a page which keeps itself up to date.
  static let version = StaticAssets.version(
    [StaticAssets.shared.version, assets.version], template: PackageResources.machine_mustache)

  static let frame = PageFrame(
    name: "coffeed",
    items: [
      PageFrame.Item("/transactions", .trusted) { CommonWords.in($0).transactions },
      PageFrame.Item("/leaderboard", .trusted) { CommonWords.in($0).leaderboard },
      PageFrame.Item("/history", .trusted) { CommonWords.in($0).history },
      PageFrame.Item("/invoicing", .read) { CommonWords.in($0).invoicing },
      PageFrame.Item("/administration", .read) { CommonWords.in($0).administration },
      PageFrame.Item("/settings", .read) { CommonWords.in($0).settings },
      PageFrame.Item("/export", .read) { CommonWords.in($0).export },
    ],
    stylesheets: [assets.path(of: "coffee.css")],
    scripts: [StaticAssets.shared.path(of: "live.js"), assets.path(of: "coffee.js")],
    day: { LocalCalendar.system.date(WallTime($0)).description })
}
