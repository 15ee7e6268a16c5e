#if os(Linux)
  /// A process, as an error names it.
  struct ProcessDescription: Equatable {
    let identifier: Int32
    /// The first word of its command line, without its folder.
    let command: String
  }

  /// A line that somebody holds.
  struct HeldLine: Equatable {
    let offset: Int
    /// What the holder called itself.
    let consumer: String
    /// Nil for a holder in the kernel, on kernels that do not tell, and for other users' processes.
    let process: ProcessDescription?

    var holder: String {
      let name = consumer.isEmpty ? "a program that gave no name" : "\"\(consumer)\""
      guard let process else { return name }
      return "\(name) (process \(process.identifier), \(process.command))"
    }
  }

  extension Kernel {
    /// Those of the lines that somebody holds.
    func heldLines(_ offsets: [Int], of chip: GPIOChip) -> [HeldLine] {
      let used = offsets.compactMap { offset -> (Int, String)? in
        guard let line = try? readLine(chip.path, UInt32(offset)), let consumer = line.consumer else {
          return nil
        }
        return (offset, consumer)
      }
      guard !used.isEmpty, let name = try? readChip(chip.path).name else { return [] }
      let processes = processes(holding: used.map(\.0), ofChipNamed: name)
      return used.map { HeldLine(offset: $0.0, consumer: $0.1, process: processes[$0.0]) }
    }

    /// Which process holds which line, as far as /proc shows it: recent kernels list a request's lines beside
    /// its descriptor, and only root sees other users' descriptors.
    func processes(holding offsets: [Int], ofChipNamed chip: String) -> [Int: ProcessDescription] {
      var holders: [Int: ProcessDescription] = [:]
      for entry in (try? listDirectory("/proc")) ?? [] {
        guard let identifier = Int32(entry) else { continue }
        let folder = "/proc/\(identifier)/fdinfo"
        for descriptor in (try? listDirectory(folder)) ?? [] {
          guard let content = try? readFile("\(folder)/\(descriptor)") else { continue }
          let held = GPIODescriptorInfo(parsing: String(decoding: content, as: UTF8.self))
          guard held.chip == chip else { continue }
          for offset in held.offsets where offsets.contains(offset) {
            holders[offset] = ProcessDescription(identifier: identifier, command: command(of: identifier))
          }
        }
      }
      return holders
    }

    func command(of process: Int32) -> String {
      let line = (try? readFile("/proc/\(process)/cmdline")) ?? []
      let path = String(decoding: line.prefix { $0 != 0 }, as: UTF8.self)
      if let name = path.split(separator: "/").last { return String(name) }
      let short = (try? readFile("/proc/\(process)/comm")) ?? []
      return String(decoding: short.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }
  }

  /// What `/proc/<pid>/fdinfo/<n>` says about a descriptor that holds GPIO lines:
  ///
  ///     gpio-chip:  gpiochip0
  ///     gpio-line:  17
  struct GPIODescriptorInfo: Equatable {
    var chip: String?
    var offsets: [Int] = []

    init(parsing text: String) {
      for line in text.split(separator: "\n") {
        let fields = line.split(separator: ":", maxSplits: 1)
        guard fields.count == 2 else { continue }
        let value = fields[1].drop { $0 == " " || $0 == "\t" }
        switch fields[0] {
        case "gpio-chip": chip = String(value)
        case "gpio-line": if let offset = Int(value) { offsets.append(offset) }
        default: break
        }
      }
    }
  }
#endif
