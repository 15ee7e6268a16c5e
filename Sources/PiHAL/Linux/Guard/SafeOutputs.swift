#if os(Linux)
  import Glibc

  /// Makes lines safe whoever holds them: for a command that a person or a service manager runs when the daemon
  /// is gone.
  public enum SafeOutputs {
    /// Drives each of the outputs to its safe level. Lines that a guard still holds are taken from it: it is
    /// told to end, which makes them safe, and killed if it does not.
    ///
    /// Then the lines are let go. On Raspberry Pi kernels they stay driven at the safe level
    /// (``LinuxBoard/keepsOutputs``); on others they become inputs, and whatever is wired to them must rest by
    /// itself.
    /// - Returns: one error for each output that could not be made safe; the others were, whatever failed.
    public static func apply(_ outputs: [OutputLines]) -> [PiHALError] {
      apply(outputs, kernel: .system, program: CommandLine.arguments.first ?? "")
    }

    /// - Parameter program: what this program's guards are called.
    static func apply(_ outputs: [OutputLines], kernel: Kernel, program: String) -> [PiHALError] {
      outputs.compactMap { lines in
        do throws(PiHALError) {
          try makeSafe(lines, kernel: kernel, program: program)
          return nil
        } catch {
          return error
        }
      }
    }

    private static func makeSafe(_ lines: OutputLines, kernel: Kernel, program: String) throws(PiHALError) {
      var lines = lines
      lines.consumer = "pi-dispense safe"
      for signal in [SIGTERM, SIGKILL] {
        do throws(PiHALError) {
          return try LinuxDigitalOutput(lines, initially: lines.safe, kernel: kernel).close()
        } catch {
          guard error.kind == .busy, error.errorNumber == EBUSY else { throw error }
          let guards = kernel.guards(holding: lines, of: program)
          guard !guards.isEmpty else { throw error }
          for process in guards { kill(process, signal) }
          kernel.waitUntilFree(lines, for: .seconds(1))
        }
      }
      try LinuxDigitalOutput(lines, initially: lines.safe, kernel: kernel).close()
    }
  }

  extension Kernel {
    /// The guard processes behind lines: those that /proc shows with the lines in hand, or, where the kernel is
    /// too old to tell, every guard of this program. Another daemon's guards hold lines of their own.
    fileprivate func guards(holding lines: OutputLines, of program: String) -> [Int32] {
      let held = heldLines(lines.offsets, of: lines.chip).filter { $0.consumer == OutputGuard.consumer }
      guard !held.isEmpty else { return [] }
      let known = Set(held.compactMap(\.process?.identifier))
      return known.isEmpty ? guardProcesses(of: program) : Array(known)
    }

    private func guardProcesses(of program: String) -> [Int32] {
      func name(_ path: String) -> Substring? { path.split(separator: "/").last }
      return ((try? listDirectory("/proc")) ?? []).compactMap(Int32.init).filter { process in
        guard let line = try? readFile("/proc/\(process)/cmdline") else { return false }
        let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        return arguments.count > 1 && arguments[1] == OutputGuard.argument
          && name(arguments[0]) == name(program)
      }
    }

    fileprivate func waitUntilFree(_ lines: OutputLines, for limit: Duration) {
      let clock = SystemClock()
      let deadline = clock.now.advanced(by: limit)
      while clock.now < deadline, !heldLines(lines.offsets, of: lines.chip).isEmpty {
        clock.sleep(for: .milliseconds(5))
      }
    }
  }
#endif
