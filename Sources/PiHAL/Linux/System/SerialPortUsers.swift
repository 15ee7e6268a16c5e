#if os(Linux)
  import Glibc

  /// Who else uses a serial port: two programs that read from it take bytes away from each other.
  public struct SerialPortUsers: Equatable, Sendable {
    public struct Program: Equatable, Sendable, CustomStringConvertible {
      /// Its process number.
      public let identifier: Int32
      /// The first word of its command line, without its folder.
      public let command: String
      /// Whether the port is its terminal, as that of a login prompt or a shell is.
      public let isLogin: Bool

      public var description: String {
        "\(isLogin ? "a login shell" : "\"\(command)\"") (process \(identifier)\(isLogin ? ", \(command)" : ""))"
      }

      /// What frees the port of it.
      public func remedy(for port: String) -> String {
        guard isLogin else {
          return "stop it (`sudo kill \(identifier)`), or give the reader a port of its own"
        }
        let name = port.split(separator: "/").last ?? ""
        return "`sudo raspi-config nonint do_serial_cons 1` and a reboot, or "
          + "`sudo systemctl disable --now serial-getty@\(name)`, switch it off"
      }
    }

    /// The programs that have it open, without this one. Another user's are seen by root alone, but for logins.
    public let programs: [Program]
    /// Whether the kernel writes its messages there.
    public let isConsole: Bool

    /// - Parameter path: the port's device; where it is missing nobody uses it.
    public init(of path: String) { self.init(of: path, kernel: .system, ownProcess: getpid()) }

    init(of path: String, kernel: Kernel, ownProcess: Int32) {
      guard let device = try? kernel.deviceNumber(path), device != 0 else {
        programs = []
        isConsole = false
        return
      }
      programs = ((try? kernel.listDirectory("/proc")) ?? []).compactMap { Int32($0) }.sorted()
        .compactMap { process in
          guard process != ownProcess else { return nil }
          let isLogin = kernel.terminal(of: process) == device
          guard isLogin || kernel.hasOpen(process, device) else { return nil }
          return Program(identifier: process, command: kernel.command(of: process), isLogin: isLogin)
        }
      isConsole = kernel.consoles.contains(device)
    }
  }

  extension Kernel {
    private func text(_ path: String) -> String {
      String(decoding: (try? readFile(path)) ?? [], as: UTF8.self)
    }

    /// A process's controlling terminal (proc(5), `tty_nr`, the seventh field of `stat`); anybody may see it.
    fileprivate func terminal(of process: Int32) -> UInt64? {
      // The second field is a name that may hold blanks and brackets.
      let stat = text("/proc/\(process)/stat")
      guard let end = stat.lastIndex(of: ")") else { return nil }
      let fields = stat[stat.index(after: end)...].split(separator: " ")
      return fields.count > 4 ? UInt64(fields[4]) : nil
    }

    fileprivate func hasOpen(_ process: Int32, _ device: UInt64) -> Bool {
      let folder = "/proc/\(process)/fd"
      return ((try? listDirectory(folder)) ?? []).contains {
        (try? deviceNumber("\(folder)/\($0)")) == device
      }
    }

    /// The devices that the kernel's console writes to; a line ends with its major and minor number: `4:64`.
    fileprivate var consoles: [UInt64] {
      text("/proc/consoles").split(separator: "\n").compactMap { line in
        let numbers = line.split(separator: " ").last?.split(separator: ":").compactMap { UInt64($0) } ?? []
        guard numbers.count == 2 else { return nil }
        return numbers[0] << 8 | numbers[1] & 0xFF | (numbers[1] & ~0xFF) << 12
      }
    }
  }
#endif
