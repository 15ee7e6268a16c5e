// swift-tools-version: 6.2
import PackageDescription

func library(_ name: String) -> Target.Dependency { .product(name: name, package: "pi-dispense") }

let package = Package(
  name: "pi-dispense-examples",
  platforms: [.macOS(.v15)],
  // The name makes the references to it work whatever the folder above is called.
  dependencies: [.package(name: "pi-dispense", path: "..")],
  targets: [
    .target(name: "ExampleBoard", dependencies: [library("PiHAL"), library("VirtualPi")]),
    .executableTarget(name: "blink", dependencies: ["ExampleBoard", library("PiHAL")]),
    .executableTarget(name: "read-card", dependencies: ["ExampleBoard", library("PiHAL"), library("RC522")]),
    .executableTarget(
      name: "count-flow", dependencies: ["ExampleBoard", library("PiHAL"), library("FlowControl")]),
    .executableTarget(
      name: "relay-sequence", dependencies: ["ExampleBoard", library("PiHAL"), library("FlowControl")]),
    .executableTarget(
      name: "card-opens-valve",
      dependencies: ["ExampleBoard", library("PiHAL"), library("RC522"), library("FlowControl")]),
  ],
  swiftLanguageModes: [.v6]
)

// In CI a warning is an error; for a user with a newer compiler it stays a warning.
if Context.environment["CI"] != nil {
  for target in package.targets {
    target.swiftSettings = [.treatAllWarnings(as: .error)]
  }
}
