// swift-tools-version: 6.2
import PackageDescription

// The name makes the reference below work whatever the folder above is called.
let libraries: [Target.Dependency] = ["PiHAL", "RC522", "FlowControl"].map {
  .product(name: $0, package: "pi-dispense")
}

let package = Package(
  name: "pi-dispense-examples",
  platforms: [.macOS(.v15)],
  dependencies: [.package(name: "pi-dispense", path: "..")],
  targets: [
    .target(
      name: "ExampleBoard",
      dependencies: [
        .product(name: "PiHAL", package: "pi-dispense"),
        .product(name: "VirtualPi", package: "pi-dispense"),
      ]),
    .executableTarget(name: "blink", dependencies: ["ExampleBoard"] + libraries),
    .executableTarget(name: "read-card", dependencies: ["ExampleBoard"] + libraries),
    .executableTarget(name: "count-flow", dependencies: ["ExampleBoard"] + libraries),
    .executableTarget(name: "relay-sequence", dependencies: ["ExampleBoard"] + libraries),
    .executableTarget(name: "card-opens-valve", dependencies: ["ExampleBoard"] + libraries),
  ],
  swiftLanguageModes: [.v6]
)
