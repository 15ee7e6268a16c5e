#if os(Linux)
  import Foundation
  import PiHAL
  import RC522

  /// What must be right on the Raspberry Pi: chip, lines, bus, reader. Blocks; run it off the cooperative pool.
  ///
  /// Nothing moves: outputs are looked at, not requested, but for the reader's reset, which it is started with.
  public struct HardwareChecks {
    private let daemon: String
    private let headerChip: String?
    private let pins: [PinUse]
    private let reader: ReaderWiring
    private let guardedEnd: String
    private let runningDaemon: [String: String]?

    /// - Parameters:
    ///   - headerChip: the header chip's device or label; nil finds it by its label.
    ///   - pins: the GPIOs in use, the reader's too.
    ///   - guardedEnd: what the guard process does after a crash: `closes the valve`.
    ///   - runningDaemon: the problems of the running daemon's devices (``DeviceProblems``); nil when none runs.
    public init(
      daemon: String, headerChip: String?, pins: [PinUse], reader: ReaderWiring, guardedEnd: String,
      runningDaemon: [String: String]?
    ) {
      self.daemon = daemon
      self.headerChip = headerChip
      self.pins = pins
      self.reader = reader
      self.guardedEnd = guardedEnd
      self.runningDaemon = runningDaemon
    }

    public func run() -> [Finding] {
      var findings = [board()]
      do {
        let chip = try GPIOChip.header(override: headerChip)
        findings.append(.good("GPIO chip", "\(chip.path) (\(chip.label), \(chip.lineCount) lines)"))
        findings += pins.map { line($0, on: chip) }
      } catch {
        findings.append(.failed("GPIO chip", "\(error)"))
      }
      findings.append(cardReader())
      let others = (runningDaemon ?? [:]).filter { $0.key != DeviceProblems.cardReader }
      findings += others.sorted { $0.key < $1.key }.map { .failed($0.key, Self.reported($0.value)) }
      return findings
    }

    private static func reported(_ problem: String) -> String { "the running daemon reports: \(problem)" }

    private func board() -> Finding {
      let board = LinuxBoard()
      let library = "libgpiod \(board.gpiodGeneration).x"
      guard let model = board.model else {
        return .warning("board", "is no Raspberry Pi, as far as the kernel tells; \(library)")
      }
      let outputs =
        switch board.keepsOutputs {
        case true?: "its kernel keeps an output on after a crash: the guard process \(guardedEnd)"
        case false?: "its kernel lets an output go when its holder dies"
        case nil: "its kernel does not say what becomes of an output when its holder dies"
        }
      return .good("board", "\(model); \(library); \(outputs)")
    }

    private func line(_ use: PinUse, on chip: GPIOChip) -> Finding {
      let subject = use.subject
      do {
        let line = try chip.describeLine(use.pin)
        guard let holder = line.consumer else { return Self.busOf(use) ?? .good(subject, "is free") }
        let isOurs = holder.hasPrefix(daemon) || holder == OutputGuard.consumer
        if isOurs, runningDaemon != nil { return .good(subject, "is held by the running daemon") }
        let remedy =
          isOurs
          ? "`\(daemon) safe` ends what is left of an earlier run"
          : "end that program, or wire the \(use.role) to another pin and set \(use.key)"
        return .failed(subject, "is held by \"\(holder)\": \(remedy)")
      } catch {
        return .failed(subject, "\(error)")
      }
    }

    /// A line that no program holds, and that a bus needs which is switched on. The reader's own is no matter for this:
    /// the configuration refuses it.
    private static func busOf(_ use: PinUse) -> Finding? {
      for device in HeaderBus.switchedOn {
        guard let bus = HeaderBus(device: device), let signal = bus.signals[use.pin] else { continue }
        return .warning(
          use.subject,
          "is \(signal) of \(bus.name), which is switched on (\(device)): wire the \(use.role) to another pin and set "
            + "\(use.key), or switch \(bus.name) off with raspi-config")
      }
      return nil
    }

    private func cardReader() -> Finding {
      let subject = "card reader at \(reader.kind == .rc522 ? reader.spiDevice : reader.serialPort)"
      if let runningDaemon {
        return runningDaemon[DeviceProblems.cardReader].map { .failed(subject, Self.reported($0)) }
          ?? .good(subject, "works, the running daemon reports")
      }
      guard reader.kind == .rc522 else {
        return serialPort(subject)
      }
      do {
        let chip = try reader.openChip(headerChip: headerChip, daemon: daemon)
        try chip.initialize()
        switch chip.version {
        case .counterfeit, .unknown: return .warning(subject, "answers as \(chip.version)")
        default: return .good(subject, "answers as \(chip.version)")
        }
      } catch {
        return .failed(subject, "\(error)")
      }
    }

    private func serialPort(_ subject: String) -> Finding {
      let path = reader.serialPort
      let users = SerialPortUsers(of: path)
      // Two programs that read take bytes away from each other, and root may open what another one has for itself.
      if let other = users.programs.first {
        return .failed(subject, "is open in another program, \(other): \(other.remedy(for: path))")
      }
      do {
        _ = try LinuxSerialLine(path: path, baud: 9600)
      } catch {
        return .failed(subject, "\(error)")
      }
      guard !users.isConsole else {
        return .warning(
          subject,
          "is the kernel's console, which writes its messages there: take `console=` with this port out of "
            + "/boot/firmware/cmdline.txt and reboot")
      }
      return .good(subject, "can be opened")
    }
  }

  extension PinUse {
    fileprivate var subject: String { "\(role) (GPIO\(pin))" }
  }

  extension HeaderBus {
    /// The devices of the buses that this Raspberry Pi has switched on.
    fileprivate static var switchedOn: [String] {
      devices.filter { device in
        switch device {
        // Where the primary serial port is; the other names may be Bluetooth's, and on a Pi 5 it may be the one of the
        // debug connector.
        case "/dev/ttyAMA0", "/dev/ttyS0": return false
        default:
          return FileManager.default.fileExists(atPath: device)
            && URL(fileURLWithPath: device).resolvingSymlinksInPath().path != "/dev/ttyAMA10"
        }
      }
    }
  }
#endif
