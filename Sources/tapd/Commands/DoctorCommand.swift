import ArgumentParser
import DaemonKit
import Foundation
import JSONState

extension TapdConfiguration {
  /// What the flow meter can count: `450 pulses per litre, at most 225 Hz (30.0 l/min)`.
  var flowMeterText: String {
    "\(tap.calibration), at most \(plausibleRate.maximumHertz) Hz "
      + "(\(litresPerMinuteText(plausibleRate.microlitresPerSecond(of: tap.calibration))))"
  }
}

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check every pin, bus, file and permission, and say what to do. Nothing moves.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: TapdOptions

  func run() async throws {
    var findings: [Finding] = []
    do {
      let configuration = try await options.load()
      findings.append(.good("configuration", "tap \(configuration.tap.tap)"))
      findings.append(.good("flow meter", configuration.flowMeterText))
      findings += await check(configuration)
    } catch let error as ConfigurationError {
      findings += error.problems.map { .failed("configuration", $0) }
    }
    try output.print(findings)
  }

  private func check(_ configuration: TapdConfiguration) async -> [Finding] {
    let isRunning = await configuration.isDaemonRunning()
    var findings: [Finding] = [
      isRunning ? .good("daemon", "is running") : .good("daemon", "is not running")
    ]
    findings += await onOwnThread {
      SystemChecks(
        stateDirectory: configuration.stateDirectory, fullDisk: "no pour can be recorded",
        wrongClock: "validity dates of cards are wrong"
      ).run()
    }
    findings.append(await books(configuration))
    #if os(Linux)
      let devices: [String: String]?
      do {
        devices = try await configuration.deviceProblems()
      } catch {
        findings.append(.failed("daemon", "\(error)"))
        devices = isRunning ? [:] : nil
      }
      findings += await onOwnThread {
        let wiring = configuration.wiring
        return HardwareChecks(
          daemon: TapdConfiguration.daemon, headerChip: wiring.chip, pins: wiring.pins, reader: wiring.reader,
          guardedEnd: "closes the valve", runningDaemon: devices
        ).run()
      }
    #endif
    return findings
  }

  private func books(_ configuration: TapdConfiguration) async -> Finding {
    guard FileManager.default.fileExists(atPath: configuration.stateDirectory) else {
      return .good("books", "are empty")
    }
    do {
      let report = try await configuration.verifyBooks()
      guard let damage = report.damages.first else {
        return .good("books", "\(report.entries) entries, all sound")
      }
      return .failed("books", "\(damage): see `tapd state verify`")
    } catch {
      return .failed("books", "\(error)")
    }
  }
}
