// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "pi-dispense",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "PiHAL", targets: ["PiHAL"]),
    .library(name: "RC522", targets: ["RC522"]),
    .library(name: "FlowControl", targets: ["FlowControl"]),
    .library(name: "JSONState", targets: ["JSONState"]),
    .library(name: "JSONStateTesting", targets: ["JSONStateTesting"]),
    .library(name: "VirtualPi", targets: ["VirtualPi"]),
    .executable(name: "tapd", targets: ["tapd"]),
    .executable(name: "coffeed", targets: ["coffeed"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.0.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.30.0"),
    .package(url: "https://github.com/apple/swift-system", from: "1.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.9.0"),
  ],
  targets: [
    .systemLibrary(name: "CGpiod", pkgConfig: "libgpiod", providers: [.apt(["libgpiod-dev"])]),
    .target(
      name: "CLinuxIO",
      dependencies: [.target(name: "CGpiod", condition: .when(platforms: [.linux]))]),
    .target(
      name: "PiHAL",
      dependencies: [.target(name: "CLinuxIO", condition: .when(platforms: [.linux]))]),
    .target(name: "RC522", dependencies: ["PiHAL"]),
    .target(name: "FlowControl", dependencies: ["PiHAL"]),
    .target(name: "JSONState"),
    .target(name: "JSONStateTesting", dependencies: ["JSONState"]),
    .target(name: "VirtualPi", dependencies: ["PiHAL"]),
    .target(
      name: "PanelKit",
      dependencies: [
        "JSONState",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("Resources/account.mustache"),
        .embedInCode("Resources/account-links.mustache"),
        .embedInCode("Resources/app.css"),
        .embedInCode("Resources/board-cards.mustache"),
        .embedInCode("Resources/board-pins.mustache"),
        .embedInCode("Resources/board-start.mustache"),
        .embedInCode("Resources/board.css"),
        .embedInCode("Resources/board.js"),
        .embedInCode("Resources/error.mustache"),
        .embedInCode("Resources/frame.mustache"),
        .embedInCode("Resources/languages.mustache"),
        .embedInCode("Resources/layout.mustache"),
        .embedInCode("Resources/live.js"),
        .embedInCode("Resources/login.mustache"),
        .embedInCode("Resources/setup.mustache"),
      ]),
    .target(
      name: "DaemonKit",
      dependencies: [
        "PiHAL", "RC522", "JSONState", "PanelKit", "VirtualPi",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .executableTarget(
      name: "coffeed",
      dependencies: [
        "PiHAL", "RC522", "FlowControl", "JSONState", "VirtualPi", "PanelKit", "DaemonKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("Demo/Resources/board.css"),
        .embedInCode("Demo/Resources/board.js"),
        .embedInCode("Demo/Resources/board.mustache"),
        .embedInCode("Pages/Resources/administration.mustache"),
        .embedInCode("Pages/Resources/batch.mustache"),
        .embedInCode("Pages/Resources/coffee.css"),
        .embedInCode("Pages/Resources/coffee.js"),
        .embedInCode("Pages/Resources/erase.mustache"),
        .embedInCode("Pages/Resources/export.mustache"),
        .embedInCode("Pages/Resources/history.mustache"),
        .embedInCode("Pages/Resources/invoice.mustache"),
        .embedInCode("Pages/Resources/invoicing.mustache"),
        .embedInCode("Pages/Resources/leaderboard.mustache"),
        .embedInCode("Pages/Resources/machine.mustache"),
        .embedInCode("Pages/Resources/mail-text.mustache"),
        .embedInCode("Pages/Resources/message.mustache"),
        .embedInCode("Pages/Resources/page-links.mustache"),
        .embedInCode("Pages/Resources/period.mustache"),
        .embedInCode("Pages/Resources/person.mustache"),
        .embedInCode("Pages/Resources/settings.mustache"),
        .embedInCode("Pages/Resources/transactions.mustache"),
        .embedInCode("Pages/Resources/user.mustache"),
      ]),
    .executableTarget(
      name: "tapd",
      dependencies: [
        "PiHAL", "RC522", "FlowControl", "JSONState", "VirtualPi", "PanelKit", "DaemonKit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Mustache", package: "swift-mustache"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ],
      resources: [
        .embedInCode("BoardPage/Resources/board.css"),
        .embedInCode("BoardPage/Resources/board.js"),
        .embedInCode("BoardPage/Resources/board.mustache"),
        .embedInCode("Kiosk/Resources/kiosk.css"),
        .embedInCode("Kiosk/Resources/kiosk.js"),
        .embedInCode("Kiosk/Resources/kiosk.mustache"),
      ]),
    .executableTarget(
      name: "OutputGuardHelper", dependencies: ["PiHAL"], path: "Tests/OutputGuardHelper"),
    .target(name: "DaemonTesting", dependencies: ["VirtualPi"], path: "Tests/DaemonTesting"),
    .target(
      name: "PageTesting",
      dependencies: [
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ], path: "Tests/PageTesting"),
    .target(name: "LineConformance", dependencies: ["PiHAL"], path: "Tests/Kernel/Conformance/Suite"),
    .executableTarget(
      name: "hal-conformance", dependencies: ["PiHAL", "LineConformance"],
      path: "Tests/Kernel/Conformance/Program"),
    .testTarget(
      name: "PiHALTests", dependencies: ["PiHAL", "OutputGuardHelper", "VirtualPi", "LineConformance"]),
    .testTarget(name: "RC522Tests", dependencies: ["RC522", "VirtualPi", "DaemonTesting"]),
    .testTarget(name: "FlowControlTests", dependencies: ["FlowControl", "VirtualPi"]),
    .testTarget(name: "JSONStateTests", dependencies: ["JSONState", "JSONStateTesting", "DaemonTesting"]),
    .testTarget(name: "VirtualPiTests", dependencies: ["VirtualPi"]),
    .testTarget(
      name: "PanelKitTests",
      dependencies: [
        "PanelKit", "JSONStateTesting", "DaemonTesting", "PageTesting",
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .testTarget(name: "DaemonKitTests", dependencies: ["DaemonKit", "VirtualPi", "DaemonTesting"]),
    .testTarget(
      name: "coffeedTests",
      dependencies: [
        "coffeed", "DaemonTesting", "PageTesting", "JSONStateTesting", "VirtualPi",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "tapdTests",
      dependencies: ["tapd", "DaemonTesting", "PageTesting", "JSONStateTesting", "VirtualPi"],
      exclude: ["Pages/kiosk-words.txt"]),
  ],
  swiftLanguageModes: [.v6]
)

#if os(Linux)
  // Wired to the header of the test kernel, which is Linux's own.
  package.targets.append(
    .executableTarget(name: "pi-world", dependencies: ["PiHAL", "VirtualPi"], path: "Tests/Kernel/World"))
#endif

// In CI a warning is an error; for a user with a newer compiler it stays a warning.
if Context.environment["CI"] != nil {
  for target in package.targets
  where target.type == .executable || target.type == .regular || target.type == .test {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
    target.cSettings =
      (target.cSettings ?? []) + [
        .enableWarning("all"), .enableWarning("extra"), .treatAllWarnings(as: .error),
      ]
  }
}
