#if os(Linux)
  /// A GPIO chip of this machine.
  public struct GPIOChip: Equatable, Sendable {
    /// Its device: `/dev/gpiochip0`.
    public let path: String
    /// What its driver calls it: `pinctrl-bcm2711`.
    public let label: String
    /// Line offsets run from 0 to this, exclusive.
    public let lineCount: Int

    /// A chip that is known without looking.
    package init(path: String, label: String, lineCount: Int) {
      self.path = path
      self.label = label
      self.lineCount = lineCount
    }

    /// The labels of the chip behind the 40-pin header: Pi 1, 2, 3 and Zero; Pi 4, 400 and CM4; Pi 5, 500 and
    /// CM5. Its number is no guide: on a Pi 5 it changed with a kernel update.
    public static let headerLabels = ["pinctrl-bcm2835", "pinctrl-bcm2711", "pinctrl-rp1"]

    /// Finds the chip behind the header, where a line offset is a BCM number.
    /// - Parameter override: another chip, by its path (`/dev/gpiochip2`) or its exact label.
    /// - Throws: ``PiHALError``: `missing` with the chips that are there, `permissionDenied`.
    public static func header(override: String? = nil) throws(PiHALError) -> GPIOChip {
      try header(override: override, kernel: .system)
    }

    static func header(override: String?, kernel: Kernel) throws(PiHALError) -> GPIOChip {
      if let path = override, path.hasPrefix("/") {
        do {
          let chip = try kernel.readChip(path)
          return GPIOChip(path: path, label: chip.label, lineCount: chip.lineCount)
        } catch {
          throw openFailure(path: path, error, kernel: kernel)
        }
      }
      let labels = override.map { [$0] } ?? headerLabels
      var seen: [GPIOChip] = []
      var unreadable: PiHALError?
      for path in devicePaths(kernel: kernel) {
        do {
          let chip = try kernel.readChip(path)
          seen.append(GPIOChip(path: path, label: chip.label, lineCount: chip.lineCount))
        } catch {
          unreadable = unreadable ?? openFailure(path: path, error, kernel: kernel)
        }
      }
      if let chip = seen.first(where: { labels.contains($0.label) }) { return chip }
      if let unreadable { throw unreadable }
      let list = seen.map { "\($0.path) is \($0.label)" }.joined(separator: ", ")
      throw PiHALError(
        .missing, place: override ?? "the header's GPIO chip",
        problem: "is not among the chips of this machine (\(list.isEmpty ? "it has none" : list))",
        remedy: override == nil
          ? "on a board that is not a Raspberry Pi, name its chip by path or label"
          : "use one of those labels or a path such as /dev/gpiochip0")
    }

    /// All chips' devices, in the order of their numbers.
    private static func devicePaths(kernel: Kernel) -> [String] {
      let prefix = "gpiochip"
      let names = (try? kernel.listDirectory("/dev")) ?? []
      let numbers = names.compactMap { $0.hasPrefix(prefix) ? Int($0.dropFirst(prefix.count)) : nil }
      return numbers.sorted().map { "/dev/\(prefix)\($0)" }
    }

    private static func openFailure(path: String, _ error: SystemError, kernel: Kernel) -> PiHALError {
      ErrorText.openingDevice(path, error: error.number, group: try? kernel.owningGroup(path))
    }

    /// What the kernel says about a line, held or not.
    public func describeLine(_ offset: Int) throws(PiHALError) -> LineDescription {
      try describeLine(offset, kernel: .system)
    }

    func describeLine(_ offset: Int, kernel: Kernel) throws(PiHALError) -> LineDescription {
      try check([offset])
      do {
        return try kernel.readLine(path, UInt32(offset))
      } catch {
        throw Self.openFailure(path: path, error, kernel: kernel)
      }
    }
  }

  /// A line as the kernel describes it.
  public struct LineDescription: Equatable, Sendable {
    /// The name from the device tree, empty on some models.
    public var name: String
    /// Who holds the line; nil when nobody does.
    public var consumer: String?
    public var isOutput: Bool
    public var isActiveLow: Bool
  }
#endif
