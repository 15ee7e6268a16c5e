#if os(Linux)
  /// Output lines of a GPIO chip, held by this process.
  ///
  /// Closing (and `deinit`) drives the safe level first. That is all this class can promise: when the process
  /// is killed, mainline kernels turn the line into an input, and Raspberry Pi kernels leave it at its last
  /// level (``LinuxBoard/keepsOutputs``). A line that can do harm belongs into a ``GuardedOutput``.
  public final class LinuxDigitalOutput: DigitalOutput {
    public let lines: OutputLines
    public var lineCount: Int { lines.offsets.count }
    public private(set) var active: [Bool]

    private let kernel: Kernel
    private var request: OpaquePointer?

    /// Requests the lines; they come up at their first level in the same step.
    /// - Parameter initially: one element a line; the safe level if left out.
    /// - Throws: ``PiHALError``: `invalidRequest`, `busy` with the holder's name, `permissionDenied`, `missing`.
    public convenience init(_ lines: OutputLines, initially: [Bool]? = nil) throws(PiHALError) {
      try self.init(lines, initially: initially, kernel: .system)
    }

    init(_ lines: OutputLines, initially: [Bool]?, kernel: Kernel) throws(PiHALError) {
      let first = initially ?? lines.safe
      try lines.chip.check(lines.offsets)
      guard first.count == lines.offsets.count, lines.safe.count == lines.offsets.count else {
        throw PiHALError(
          .invalidRequest, place: lines.place,
          problem: "was given \(first.count) first and \(lines.safe.count) safe levels for "
            + "\(lines.offsets.count) lines", remedy: "give one of each a line")
      }
      self.lines = lines
      self.kernel = kernel
      active = first
      do {
        request = try kernel.requestOutputs(lines, first)
      } catch {
        throw kernel.requestFailure(lines.offsets, of: lines.chip, error)
      }
    }

    deinit { close() }

    public func set(active next: [Bool]) throws(PiHALError) {
      guard next.count == lineCount else {
        throw PiHALError(
          .invalidRequest, place: lines.place,
          problem: "was given \(next.count) levels for \(lineCount) lines")
      }
      guard let request else {
        throw PiHALError(.disconnected, place: lines.place, problem: "has been closed")
      }
      do {
        try kernel.setLines(request, next)
        active = next
      } catch {
        throw PiHALError(
          .disconnected, place: lines.place, problem: "could not be set (\(ErrorText.name(error.number)))",
          errorNumber: error.number)
      }
    }

    /// Drives the safe level and lets go of the lines. Later calls of ``set(active:)`` throw `disconnected`.
    public func close() {
      guard let request else { return }
      // A chip that is gone cannot be made safe; there is nobody to tell.
      try? set(active: lines.safe)
      kernel.releaseLines(request)
      self.request = nil
    }
  }

  extension OutputLines {
    var place: String { offsets.map { "GPIO\($0)" }.joined(separator: ", ") }
  }

  extension Kernel {
    /// Looks up who holds lines that could not be requested, and says so.
    func requestFailure(_ offsets: [Int], of chip: GPIOChip, _ error: SystemError) -> PiHALError {
      let held = error == .busy ? heldLines(offsets, of: chip) : []
      return ErrorText.requestingLines(
        offsets, chip: chip, error: error.number, held: held, group: try? owningGroup(chip.path))
    }
  }
#endif
