import ArgumentParser
import Foundation

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check every pin, bus, file and permission, and say what to do. Nothing moves.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: ConfigurationOptions

  func run() async throws {
    var findings: [Finding] = []
    do {
      let configuration = try await options.load()
      findings.append(.good("configuration", "tap \(configuration.tap.tap)"))
      findings += await check(configuration)
    } catch let error as ConfigurationError {
      findings += error.problems.map { .failed("configuration", $0) }
    }
    try output.print(findings) {
      findings.map { finding in
        let mark =
          switch finding.outcome {
          case .good: "ok  "
          case .warning: "warn"
          case .failed: "FAIL"
          }
        return "\(mark)  \(finding.subject): \(finding.detail)"
      }
    }
    if findings.contains(where: { $0.outcome == .failed }) { throw ExitCode.failure }
  }

  private func check(_ configuration: TapdConfiguration) async -> [Finding] {
    let isRunning = await configuration.isDaemonRunning()
    var findings: [Finding] = [
      isRunning ? .good("daemon", "is running") : .good("daemon", "is not running")
    ]
    findings += await onOwnThread { SystemChecks(configuration: configuration).run() }
    findings.append(await books(configuration))
    #if os(Linux)
      findings += await onOwnThread {
        HardwareChecks(wiring: configuration.wiring, isDaemonRunning: isRunning).run()
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
