import Foundation
import Synchronization

private let hasBeenInterrupted = Atomic<Bool>(false)

/// Ctrl-C and `kill`, so that an example can leave its outputs as they should be.
enum Interruption {
  static var hasCome: Bool { hasBeenInterrupted.load(ordering: .relaxed) }

  static func watch() {
    for number in [SIGINT, SIGTERM] {
      signal(number) { _ in hasBeenInterrupted.store(true, ordering: .relaxed) }
    }
  }
}

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(1)
}

func succeed() -> Never { exit(0) }
