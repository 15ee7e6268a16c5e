#if os(Linux)
  /// How a driven pin makes its levels.
  public enum Drive: String, Codable, Sendable, CaseIterable {
    case pushPull = "push-pull"
    /// Drives low and lets go for high.
    case openDrain = "open-drain"
    /// Drives high and lets go for low.
    case openSource = "open-source"
  }

  /// Output lines that belong together, and what is safe for them.
  public struct OutputLines: Equatable, Sendable {
    public var chip: GPIOChip
    /// Line offsets on the chip; on the header chip these are BCM numbers. Between 1 and 64, each once.
    public var offsets: [Int]
    /// Whether active means a low pin.
    public var isActiveLow: Bool
    public var drive: Drive
    /// The level (active or not) of each line at which nothing can happen: where they start, where they go
    /// when their holder closes, dies or hangs.
    public var safe: [Bool]
    /// What the kernel shows as the holder; at most 31 bytes are kept.
    public var consumer: String

    /// - Parameter safe: one element a line; all inactive if left out.
    public init(
      chip: GPIOChip, lines offsets: [Int], isActiveLow: Bool = false, drive: Drive = .pushPull,
      safe: [Bool]? = nil,
      consumer: String = "pi-dispense"
    ) {
      self.chip = chip
      self.offsets = offsets
      self.isActiveLow = isActiveLow
      self.drive = drive
      self.safe = safe ?? offsets.map { _ in false }
      self.consumer = consumer
    }
  }

  /// Input lines that belong together.
  public struct InputLines: Equatable, Sendable {
    public var chip: GPIOChip
    /// Line offsets on the chip; on the header chip these are BCM numbers. Between 1 and 64, each once.
    public var offsets: [Int]
    /// Whether active means a low pin.
    public var isActiveLow: Bool
    public var bias: Bias
    /// What the kernel shows as the holder; at most 31 bytes are kept.
    public var consumer: String

    public init(
      chip: GPIOChip, lines offsets: [Int], isActiveLow: Bool = false, bias: Bias = .asWired,
      consumer: String = "pi-dispense"
    ) {
      self.chip = chip
      self.offsets = offsets
      self.isActiveLow = isActiveLow
      self.bias = bias
      self.consumer = consumer
    }
  }

  extension GPIOChip {
    /// Refuses offsets that no request could hold, before the kernel does it with a bare EINVAL.
    func check(_ offsets: [Int]) throws(PiHALError) {
      guard (1...64).contains(offsets.count) else {
        throw PiHALError(
          .invalidRequest, place: label, problem: "was asked for \(offsets.count) lines at once",
          remedy: "ask for 1 to 64")
      }
      for (index, offset) in offsets.enumerated() {
        guard (0..<lineCount).contains(offset) else {
          throw PiHALError(
            .invalidRequest, place: "GPIO\(offset)", problem: "does not exist on \(label) (\(path))",
            remedy: "use a BCM number from 0 to \(lineCount - 1)")
        }
        guard !offsets[..<index].contains(offset) else {
          throw PiHALError(
            .invalidRequest, place: "GPIO\(offset)", problem: "is named twice in one request",
            remedy: "give each line its own number")
        }
      }
    }
  }
#endif
