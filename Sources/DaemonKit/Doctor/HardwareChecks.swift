#if os(Linux)
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
    private let isDaemonRunning: Bool

    /// - Parameters:
    ///   - headerChip: the header chip's device or label; nil finds it by its label.
    ///   - pins: the GPIOs in use, the reader's too.
    ///   - guardedEnd: what the guard process does after a crash: `closes the valve`.
    public init(
      daemon: String, headerChip: String?, pins: [PinUse], reader: ReaderWiring, guardedEnd: String,
      isDaemonRunning: Bool
    ) {
      self.daemon = daemon
      self.headerChip = headerChip
      self.pins = pins
      self.reader = reader
      self.guardedEnd = guardedEnd
      self.isDaemonRunning = isDaemonRunning
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
      return findings
    }

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
      let subject = "\(use.role) (GPIO\(use.pin))"
      do {
        let line = try chip.describeLine(use.pin)
        guard let holder = line.consumer else { return .good(subject, "is free") }
        let isOurs = holder.hasPrefix(daemon) || holder == OutputGuard.consumer
        if isOurs, isDaemonRunning { return .good(subject, "is held by the running daemon") }
        let remedy =
          isOurs
          ? "`\(daemon) safe` ends what is left of an earlier run"
          : "end that program, or wire the \(use.role) to another pin and set \(use.key)"
        return .failed(subject, "is held by \"\(holder)\": \(remedy)")
      } catch {
        return .failed(subject, "\(error)")
      }
    }

    private func cardReader() -> Finding {
      guard reader.kind == .rc522 else {
        let subject = "card reader at \(reader.serialPort)"
        if isDaemonRunning { return .good(subject, "is in the hands of the running daemon") }
        do {
          _ = try LinuxSerialLine(path: reader.serialPort, baud: 9600)
          return .good(subject, "can be opened")
        } catch {
          return .failed(subject, "\(error)")
        }
      }
      let subject = "card reader at \(reader.spiDevice)"
      if isDaemonRunning { return .good(subject, "is in the hands of the running daemon") }
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
  }
#endif
