import DaemonKit
import Foundation
import JSONState
import PanelKit

/// What `doctor` and `check` look at.
struct InstallationChecks {
  let configuration: CoffeedConfiguration
  let isRunning: Bool

  func daemon() -> Finding { .good("daemon", isRunning ? "is running" : "is not running") }

  func system() async -> [Finding] {
    let directory = configuration.stateDirectory
    return await onOwnThread {
      SystemChecks(
        stateDirectory: directory, fullDisk: "no coffee can be recorded",
        wrongClock: "coffees are recorded with wrong dates"
      ).run()
    }
  }

  /// The state's files are sound, and the books can be opened.
  func books() async -> Finding {
    guard FileManager.default.fileExists(atPath: configuration.stateDirectory) else {
      return .good("books", "are empty")
    }
    do {
      let report = try await configuration.verifyState()
      guard let damage = report.damages.first else {
        return .good("books", "\(report.entries) entries, all sound")
      }
      return .failed("books", "\(damage): see `coffeed state verify`")
    } catch {
      return .failed("books", "\(error)")
    }
  }

  func password() async -> Finding {
    do {
      guard try await hasPassword() else {
        return .warning(
          "password", "is not set: `coffeed password` does, or the first visit of the pages")
      }
      return .good("password", "is set")
    } catch {
      return .failed("password", "\(error)")
    }
  }

  private func hasPassword() async throws -> Bool {
    if let answer = try await configuration.client.askDaemon(.hasPassword) {
      guard case .hasPassword(let isSet) = answer else { throw ControlError.unexpected }
      return isSet
    }
    // Only looked at: nothing is made where there is nothing yet.
    return try await AccessStore.open(directory: configuration.stateDirectory).hasPassword
  }

  func hardware() async -> [Finding] {
    #if os(Linux)
      let (wiring, isRunning) = (configuration.wiring, isRunning)
      return await onOwnThread {
        HardwareChecks(
          daemon: CoffeedConfiguration.daemon, headerChip: wiring.chip, pins: wiring.pins,
          reader: wiring.reader, guardedEnd: "opens the relays", isDaemonRunning: isRunning
        ).run()
      }
    #else
      return []
    #endif
  }

  /// What to do about a configuration that cannot be read.
  static func findings(_ error: ConfigurationError) -> [Finding] {
    error.problems.map { .failed("configuration", $0) }
  }
}
