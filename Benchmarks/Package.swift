// swift-tools-version: 6.2
import PackageDescription

func library(_ name: String) -> Target.Dependency { .product(name: name, package: "pi-dispense") }

let package = Package(
  name: "pi-dispense-benchmarks",
  platforms: [.macOS(.v15)],
  // The name makes the references to it work whatever the folder above is called.
  dependencies: [.package(name: "pi-dispense", path: "..")],
  targets: [
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "BenchLedger", dependencies: ["CSQLite", library("JSONState")]),
    .executableTarget(name: "poll-cards", dependencies: [library("PiHAL"), library("RC522")]),
    .executableTarget(name: "count-pulses", dependencies: [library("PiHAL")]),
    .executableTarget(name: "journal-rate", dependencies: ["BenchLedger", library("JSONState")]),
    .executableTarget(name: "open-state", dependencies: ["BenchLedger", library("JSONState")]),
  ],
  swiftLanguageModes: [.v6]
)
