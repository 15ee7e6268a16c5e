// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "pi-world",
  products: [.executable(name: "pi-world", targets: ["World"])],
  dependencies: [.package(name: "pi-dispense", path: "../../..")],
  targets: [
    .executableTarget(
      name: "World",
      dependencies: [
        .product(name: "PiHAL", package: "pi-dispense"),
        .product(name: "VirtualPi", package: "pi-dispense"),
      ])
  ],
  swiftLanguageModes: [.v6]
)
