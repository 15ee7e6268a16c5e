import Synchronization

/// What does not work at present, as the daemon that holds the devices knows it. From any thread.
///
/// `doctor` and `check` ask for it beside a running daemon: they cannot look at devices that it holds.
public final class DeviceProblems: Sendable {
  /// What a card reader is called in it.
  public static let cardReader = "card reader"

  private let problems = Mutex<[String: String]>([:])

  public init() {}

  /// By the device's name, such as `valve`: what is wrong and what to do.
  public var all: [String: String] { problems.withLock { $0 } }

  /// - Parameter problem: nil when the device works.
  public func report(_ device: String, _ problem: String?) {
    problems.withLock { $0[device] = problem }
  }

  /// Notes what a reader's thread noticed.
  public func report(_ notice: CardReaderThread.Notice) {
    switch notice {
    case .failed(let problem, since: _): report(Self.cardReader, problem)
    case .recovered: report(Self.cardReader, nil)
    case .appeared, .removed, .settled: break
    }
  }
}
