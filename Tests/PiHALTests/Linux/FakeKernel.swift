#if os(Linux)
  import CLinuxIO
  import Glibc
  import Synchronization

  @testable import PiHAL

  extension Kernel {
    /// A kernel that has nothing and permits nothing; each test gives it what it needs.
    static let empty = Kernel(
      listDirectory: { _ throws(SystemError) in throw .missing },
      readFile: { _ throws(SystemError) in throw .missing },
      owningGroup: { _ throws(SystemError) in throw .missing },
      deviceNumber: { _ throws(SystemError) in throw .missing },
      readChip: { _ throws(SystemError) in throw .missing },
      readLine: { _, _ throws(SystemError) in throw .missing },
      requestOutputs: { _, _ throws(SystemError) in throw .missing },
      requestInputs: { _ throws(SystemError) in throw .missing },
      setLines: { _, _ throws(SystemError) in throw .missing },
      getLines: { _, _ throws(SystemError) in throw .missing },
      releaseLines: { _ in },
      requestEdges: { _, _, _ throws(SystemError) in throw .missing },
      readEdgeLine: { _ throws(SystemError) in throw .missing },
      read: { _, _ throws(SystemError) in throw .missing },
      write: { _, _ throws(SystemError) in throw .missing },
      open: { _, _ throws(SystemError) in throw .missing },
      close: { _ in },
      configureSPI: { _, _ throws(SystemError) in throw .missing },
      sendSPI: { _, _ throws(SystemError) in throw .missing },
      configureSerial: { _, _ throws(SystemError) in throw .missing })
  }

  extension SystemError {
    static let missing = SystemError(number: ENOENT)
  }

  extension GPIOChip {
    static let test = GPIOChip(path: "/dev/gpiochip0", label: "pinctrl-bcm2711", lineCount: 58)
  }

  /// What a test saw, from any thread.
  final class Journal: Sendable {
    private let entries = Mutex<[String]>([])
    var all: [String] { entries.withLock { $0 } }
    func add(_ entry: String) { entries.withLock { $0.append(entry) } }
  }
#endif
