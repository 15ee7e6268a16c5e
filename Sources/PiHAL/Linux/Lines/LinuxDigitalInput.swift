#if os(Linux)
  /// Input lines of a GPIO chip.
  public final class LinuxDigitalInput: DigitalInput {
    public let lines: InputLines
    public var lineCount: Int { lines.offsets.count }

    private let kernel: Kernel
    private var request: OpaquePointer?

    /// - Throws: ``PiHALError``: `invalidRequest`, `busy` with the holder's name, `permissionDenied`, `missing`.
    public convenience init(_ lines: InputLines) throws(PiHALError) {
      try self.init(lines, kernel: .system)
    }

    init(_ lines: InputLines, kernel: Kernel) throws(PiHALError) {
      try lines.chip.check(lines.offsets)
      self.lines = lines
      self.kernel = kernel
      do {
        request = try kernel.requestInputs(lines)
      } catch {
        throw kernel.requestFailure(lines.offsets, of: lines.chip, error)
      }
    }

    deinit { close() }

    public func read() throws(PiHALError) -> [Bool] {
      guard let request else {
        throw PiHALError(.disconnected, place: lines.place, problem: "has been closed")
      }
      do {
        return try kernel.getLines(request, lineCount)
      } catch {
        throw PiHALError(
          .disconnected, place: lines.place, problem: "could not be read (\(ErrorText.name(error.number)))",
          errorNumber: error.number)
      }
    }

    /// Lets go of the lines. Later calls of ``read()`` throw `disconnected`.
    public func close() {
      if let request { kernel.releaseLines(request) }
      request = nil
    }
  }

  extension InputLines {
    var place: String { offsets.map { "GPIO\($0)" }.joined(separator: ", ") }
  }
#endif
