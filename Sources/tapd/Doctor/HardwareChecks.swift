#if os(Linux)
  import PiHAL
  import RC522

  /// What must be right on the Raspberry Pi: chip, lines, bus, reader. Blocks; run it off the cooperative pool.
  ///
  /// Nothing moves: the valve's line is looked at, not requested.
  struct HardwareChecks {
    let wiring: TapdConfiguration.Wiring
    let isDaemonRunning: Bool

    func run() -> [Finding] {
      var findings = [board()]
      do {
        let chip = try GPIOChip.header(override: wiring.chip)
        findings.append(.good("GPIO chip", "\(chip.path) (\(chip.label), \(chip.lineCount) lines)"))
        findings.append(line(wiring.valvePin, "valve", on: chip))
        findings.append(line(wiring.flowMeterPin, "flow meter", on: chip))
        if wiring.reader == .rc522, let pin = wiring.readerResetPin {
          findings.append(line(pin, "reader reset", on: chip))
        }
      } catch {
        findings.append(.failed("GPIO chip", "\(error)"))
      }
      findings.append(reader())
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
        case true?: "its kernel keeps an output on after a crash: the guard process closes the valve"
        case false?: "its kernel lets an output go when its holder dies"
        case nil: "its kernel does not say what becomes of an output when its holder dies"
        }
      return .good("board", "\(model); \(library); \(outputs)")
    }

    private func line(_ offset: Int, _ role: String, on chip: GPIOChip) -> Finding {
      let subject = "\(role) (GPIO\(offset))"
      do {
        let line = try chip.describeLine(offset)
        guard let holder = line.consumer else { return .good(subject, "is free") }
        let isOurs = holder.hasPrefix("tapd") || holder == OutputGuard.consumer
        if isOurs, isDaemonRunning { return .good(subject, "is held by the running daemon") }
        let remedy =
          isOurs
          ? "`tapd safe` ends what is left of an earlier run"
          : "end that program, or wire the \(role) to another pin and set it in pins"
        return .failed(subject, "is held by \"\(holder)\": \(remedy)")
      } catch {
        return .failed(subject, "\(error)")
      }
    }

    private func reader() -> Finding {
      guard wiring.reader == .rc522 else {
        let subject = "card reader at \(wiring.serialPort)"
        if isDaemonRunning { return .good(subject, "is in the hands of the running daemon") }
        do {
          _ = try LinuxSerialLine(path: wiring.serialPort, baud: 9600)
          return .good(subject, "can be opened")
        } catch {
          return .failed(subject, "\(error)")
        }
      }
      let subject = "card reader at \(wiring.spiDevice)"
      if isDaemonRunning { return .good(subject, "is in the hands of the running daemon") }
      do {
        let chip = try wiring.openChip()
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
