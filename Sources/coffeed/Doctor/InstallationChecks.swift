import DaemonKit
import Foundation
import JSONState
import PanelKit
import Synchronization

/// What `doctor` and `check` look at.
struct InstallationChecks {
  let configuration: CoffeedConfiguration
  let isRunning: Bool
  /// What the running daemon's pages call themselves.
  let pagesName: String?

  /// Asks whether the daemon runs.
  init(_ configuration: CoffeedConfiguration) async throws {
    self.configuration = configuration
    let answer = try await configuration.client.askDaemon(.ping)
    isRunning = answer != nil
    pagesName = if case .pong(let pages) = answer { pages } else { nil }
  }

  /// All that is to be looked at, besides the daemon itself.
  func all(hardware: Bool = true) async -> [Finding] {
    var findings = await system()
    findings += await books()
    findings.append(await password())
    findings.append(await pages())
    if hardware { findings += await self.hardware() }
    return findings
  }

  func daemon() -> Finding { .good("daemon", isRunning ? "is running" : "is not running") }

  /// The running daemon's pages answer at their port, or the port is free for them.
  private func pages() async -> Finding {
    let (host, port) = (configuration.panelHost, configuration.panelPort)
    let subject = "pages at port \(port)"
    let remedy = "end that program, or set panel.port to a free port"
    guard isRunning else {
      return await PageProbe.isTaken(host: host, port: port)
        ? .failed(subject, "cannot be shown, another program has the port: \(remedy)")
        : .good(subject, "can be shown, the port is free")
    }
    let answer: PageProbe.Answer
    do {
      answer = try await PageProbe.get("/login", host: host, port: port)
    } catch {
      return .failed(subject, "do not answer (\(error)): see the daemon's log")
    }
    guard let pagesName, answer.server == pagesName else {
      let other = answer.server.map { " (\($0.prefix(60)))" } ?? ""
      return .failed(
        subject,
        "are not those of the running daemon, something else answers\(other): \(remedy), then start the daemon again"
      )
    }
    // Without a password the login leads on to where it is set.
    guard [200, 303].contains(answer.status) else {
      return .failed(subject, "answer with status \(answer.status): see the daemon's log")
    }
    return .good(subject, "answer")
  }

  private func system() async -> [Finding] {
    let directory = configuration.stateDirectory
    return await onOwnThread {
      SystemChecks(
        stateDirectory: directory, fullDisk: "no coffee can be recorded",
        wrongClock: "coffees are recorded with wrong dates"
      ).run()
    }
  }

  /// The state's files are sound: the books and what stands beside them.
  private func books() async -> [Finding] {
    guard FileManager.default.fileExists(atPath: configuration.stateDirectory) else {
      return [.good("books", "are empty")]
    }
    do {
      let found = Mutex(BooksState())
      let report = try await configuration.verifyState { state in found.withLock { $0 = state } }
      guard !report.damages.isEmpty else {
        let reading = BooksReading(state: found.withLock(\.self), people: People(), generation: 0)
        let settings = isRunning ? try await configuration.settings() : reading.settings
        return [.good("books", "\(report.entries) entries, all sound")] + warnings(settings)
          + (try await masterTokenProblem(settings, reading))
      }
      let more = report.damages.count - Self.shownDamages
      return report.damages.prefix(Self.shownDamages).map { .failed("books", $0) }
        + (more > 0 ? [.failed("books", "\(more) more: see `coffeed state verify`")] : [])
    } catch {
      return [.failed("books", "\(error)")]
    }
  }

  private static let shownDamages = 5

  /// What is sound, and not as it should be.
  private func warnings(_ settings: SettingsView) -> [Finding] {
    var findings: [Finding] = []
    if settings.chargesDrinks, configuration.wiring.brewInputs.isEmpty {
      findings.append(.warning("brew inputs", CoffeeWiring.missingBrewInputs))
    }
    if settings.pricePerCoffee == 0 { findings.append(.warning("price", SettingsView.missingPrice)) }
    if settings.isImportUnfinished {
      findings.append(
        .warning(
          "import",
          "has stopped halfway, and until it is done again with `coffeed import` no invoices are made"))
    }
    return findings
  }

  /// - Parameter reading: the books without the names in them, where no daemon runs.
  private func masterTokenProblem(_ settings: SettingsView, _ reading: BooksReading) async throws -> [Finding]
  {
    guard let token = configuration.masterToken ?? settings.masterToken else { return [] }
    let user = isRunning ? try await configuration.user(token) : reading.user(token)
    let problem: String
    switch MasterTokenProblem(token, of: user) {
    case nil: return []
    case .noCard:
      problem = "is a number that no card can have: `coffeed scan-mode on` and lay the card on to see its own"
    case .cutShort: problem = "holds only three bytes of a card's number, so other cards may pass for it"
    case .ofUser:
      problem = "\(token.text) is the card of a user too: it turns the machine on, and no coffee is charged"
    }
    return [.warning("master token", problem)]
  }

  private func password() async -> Finding {
    do {
      guard try await hasPassword() else {
        return .warning(
          "password",
          "is not set, access.json is not there: `coffeed password` sets one, or the first visit of the pages"
        )
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

  private func hardware() async -> [Finding] {
    #if os(Linux)
      let wiring = configuration.wiring
      var findings: [Finding] = []
      let devices: [String: String]?
      do {
        devices = try await deviceProblems()
      } catch {
        findings.append(.failed("daemon", "\(error)"))
        devices = isRunning ? [:] : nil
      }
      findings += await onOwnThread {
        HardwareChecks(
          daemon: CoffeedConfiguration.daemon, headerChip: wiring.chip, pins: wiring.pins,
          reader: wiring.reader, guardedEnd: "opens the relays", runningDaemon: devices
        ).run()
      }
      return findings
    #else
      return []
    #endif
  }

  /// What does not work, as the running daemon says; nil when none runs.
  private func deviceProblems() async throws -> [String: String]? {
    switch try await configuration.client.askDaemon(.devices) {
    case nil: nil
    case .devices(let problems)?: problems
    default: throw ControlError.unexpected
    }
  }

  /// What to do about a configuration that cannot be read.
  static func findings(_ error: ConfigurationError) -> [Finding] {
    error.problems.map { .failed("configuration", $0) }
  }
}
