#if os(Linux)
  import CLinuxIO

  /// The machine this process runs on.
  public struct LinuxBoard: Sendable {
    /// `Raspberry Pi 4 Model B Rev 1.4`; nil where there is no device tree.
    public let model: String?
    /// Whether this kernel leaves an output at its level after its holder has died, as Raspberry Pi kernels do
    /// unless told otherwise; nil where the kernel has no such choice (then a dead holder's line becomes an
    /// input).
    ///
    /// To change it: `dtparam=strict_gpiod` in `/boot/firmware/config.txt`.
    public let keepsOutputs: Bool?
    /// `1` for libgpiod 1.6, `2` for 2.x: what this program was compiled against.
    public let gpiodGeneration: Int

    public init() { self.init(kernel: .system) }

    init(kernel: Kernel) {
      let read = { (path: String) -> String? in
        // The device tree ends its texts with a zero byte, sysfs with a line feed.
        guard let bytes = try? kernel.readFile(path) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 && $0 != UInt8(ascii: "\n") }, as: UTF8.self)
      }
      model = read("/proc/device-tree/model")
      let parameters = ["pinctrl_bcm2835", "pinctrl_rp1"].compactMap {
        read("/sys/module/\($0)/parameters/persist_gpio_outputs")
      }
      keepsOutputs = parameters.isEmpty ? nil : parameters.contains { $0 == "Y" || $0 == "1" }
      gpiodGeneration = Int(clinuxio_gpiod_generation())
    }
  }
#endif
