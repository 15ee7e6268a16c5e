#if os(Linux)
  import Glibc

  /// Turns a failed system call into an error that says what to do.
  enum ErrorText {
    /// A device file that did not open.
    /// - Parameter group: the group that owns the file.
    static func openingDevice(_ path: String, error: Int32, group: String?) -> PiHALError {
      switch error {
      case ENOENT, ENODEV, ENXIO:
        PiHALError(
          .missing, place: path, problem: "is missing", remedy: remedyForMissing(path), errorNumber: error)
      case EACCES, EPERM:
        PiHALError(
          .permissionDenied, place: path, problem: "may not be opened by this user",
          remedy: remedyForPermission(group: group), errorNumber: error)
      case EBUSY:
        PiHALError(
          .busy, place: path, problem: "is held by another program",
          remedy: "`sudo fuser -v \(path)` names it", errorNumber: error)
      default:
        PiHALError(
          .disconnected, place: path, problem: "did not open (\(name(error)))", errorNumber: error)
      }
    }

    private static func remedyForMissing(_ path: String) -> String {
      if path.hasPrefix("/dev/spidev0.") {
        return "enable SPI with raspi-config (or dtparam=spi=on in /boot/firmware/config.txt) and reboot"
      }
      if path.hasPrefix("/dev/spidev") {
        let bus = path.dropFirst("/dev/spidev".count).prefix { $0 != "." }
        return "add dtoverlay=spi\(bus)-1cs to /boot/firmware/config.txt and reboot"
      }
      if path.hasPrefix("/dev/gpiochip") {
        return "`ls /dev/gpiochip*` shows the chips that are there"
      }
      if path.hasPrefix("/dev/serial") || path.hasPrefix("/dev/ttyAMA") || path.hasPrefix("/dev/ttyS") {
        return "enable the serial port with raspi-config (no login shell, port hardware on) and reboot"
      }
      return "plug it in, or name the device that is there"
    }

    private static func remedyForPermission(group: String?) -> String {
      switch group {
      case nil, "root":
        "run as root, or give the device to a group with a udev rule"
      case let group?:
        "`sudo usermod -aG \(group) $USER`, then log in again"
      }
    }

    /// Lines that could not be requested.
    /// - Parameters:
    ///   - held: those of the lines that somebody holds, with what is known about the holder.
    static func requestingLines(
      _ offsets: [Int], chip: GPIOChip, error: Int32, held: [HeldLine], group: String?
    ) -> PiHALError {
      let place = offsets.map { "GPIO\($0)" }.joined(separator: ", ")
      switch error {
      case EBUSY:
        guard let first = held.first else {
          return PiHALError(
            .busy, place: place, problem: "is held by another program or by the kernel",
            remedy: "`gpioinfo` shows by whom", errorNumber: error)
        }
        return PiHALError(
          .busy, place: "GPIO\(first.offset)", problem: "is held by \(first.holder)",
          remedy: remedyForBusy(first), errorNumber: error)
      case EINVAL:
        let function = offsets.compactMap { offset in
          usualFunction(offset).map { "GPIO\(offset) to \($0)" }
        }
        let guess = function.isEmpty ? "" : " (by default \(function.joined(separator: ", ")))"
        return PiHALError(
          .busy, place: place,
          problem:
            "was refused as invalid (EINVAL), which Raspberry Pi kernels from July 2026 answer when a pin "
            + "belongs to SPI, I2C or another function\(guess)",
          remedy: "see `pinctrl get`, then take another pin or switch that function off in "
            + "/boot/firmware/config.txt", errorNumber: error)
      case ENOENT, ENODEV, ENXIO, EACCES, EPERM:
        return openingDevice(chip.path, error: error, group: group)
      default:
        return PiHALError(
          .disconnected, place: place, problem: "could not be requested (\(name(error)))", errorNumber: error)
      }
    }

    private static func remedyForBusy(_ line: HeldLine) -> String {
      if line.consumer.hasPrefix("spi") && line.process == nil {
        return "the SPI bus uses it as chip select; take another pin, or free this one with "
          + "dtoverlay=spi0-1cs (GPIO7) or dtoverlay=spi0-0cs (GPIO7 and 8) in /boot/firmware/config.txt"
      }
      if let process = line.process { return "stop it (`kill \(process.identifier)`) or take another pin" }
      return "stop that program, or take another pin"
    }

    /// What a header pin does on a Pi when its bus is switched on.
    private static func usualFunction(_ offset: Int) -> String? {
      if [0, 1].contains(offset) { return "the HAT's EEPROM" }
      let usual = ["/dev/i2c-1", "/dev/spidev0.0", "/dev/spidev0.1", "/dev/serial0"]
      return usual.lazy.compactMap { HeaderBus(device: $0) }.first { $0.signals[offset] != nil }?.name
    }

    /// An SPI message that failed.
    /// - Parameter bytes: what the message held, each frame rounded up as spidev does.
    static func sendingSPI(_ path: String, error: Int32, bytes: Int, limit: Int) -> PiHALError {
      switch error {
      case EMSGSIZE:
        PiHALError(
          .invalidRequest, place: path,
          problem:
            "refused \(bytes) bytes in one message: spidev's buffer is smaller than the \(limit) bytes "
            + "that /sys/module/spidev/parameters/bufsiz names",
          remedy: "set spidev.bufsiz=65536 in /boot/firmware/cmdline.txt and reboot", errorNumber: error)
      case ESHUTDOWN, ENODEV:
        PiHALError(
          .disconnected, place: path, problem: "is gone", remedy: "check the bus's overlay and reboot",
          errorNumber: error)
      case ETIMEDOUT:
        PiHALError(.timedOut, place: path, problem: "did not finish a message", errorNumber: error)
      default:
        PiHALError(
          .disconnected, place: path, problem: "failed to send a message (\(name(error)))", errorNumber: error
        )
      }
    }

    /// The number's text and, for the reader who searches, its value: `Input/output error, 5`.
    static func name(_ error: Int32) -> String { "\(SystemError(number: error).text), error \(error)" }
  }
#endif
