// poll-cards SECONDS [STATISTICS]
//
// Polls the card reader ten times a second. With STATISTICS, the kernel's directory of counters of the SPI device,
// prints what each poll found and what it took: "empty", "appeared", "present" or "removed", messages and bytes.
// At the end prints the polls and the processor time they took.
#if os(Linux)
  import Glibc
  import PiHAL
  import RC522

  func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// SPI messages by the kernel's count, and bytes by that of the chip's side of the bus.
  func traffic(_ statistics: String) -> (messages: Int, bytes: Int) {
    let file = open("\(statistics)/spi_sync", O_RDONLY)
    defer { close(file) }
    var text = [UInt8](repeating: 0, count: 1024)
    let length = read(file, &text, text.count)
    let messages = number(text.prefix(max(0, length)))
    guard let world = popen("world state", "r") else { return (messages, -1) }
    defer { pclose(world) }
    let count = fread(&text, 1, text.count, world)
    let bytes = text.prefix(count).split(separator: UInt8(ascii: "\n")).last ?? []
    return (messages, number(bytes.drop { $0 != UInt8(ascii: "=") }.dropFirst()))
  }

  func number(_ digits: ArraySlice<UInt8>) -> Int {
    Int(String(decoding: digits.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)) ?? -1
  }

  let seconds = Int(CommandLine.arguments[1]) ?? 60
  let statistics = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : nil
  let clock = SystemClock()
  let chip = MFRC522(spi: try LinuxSPIDevice(), reset: nil, clock: clock, place: "RC522")
  let reader = RC522Reader(chip: chip)
  // The first poll initialises the chip.
  _ = try reader.poll()

  var polls = 0
  let start = processorSeconds()
  let end = clock.now.advanced(by: .seconds(seconds))
  while clock.now < end {
    if let statistics {
      let before = traffic(statistics)
      let events = try reader.poll()
      let after = traffic(statistics)
      let outcome =
        switch events.first {
        case .appeared: "appeared"
        case .removed: "removed"
        case nil: reader.presentCards.isEmpty ? "empty" : "present"
        }
      print(outcome, after.messages - before.messages, after.bytes - before.bytes)
    } else {
      _ = try reader.poll()
    }
    polls += 1
    clock.sleep(for: .milliseconds(100))
  }
  print("polls=\(polls) processor=\(processorSeconds() - start)")
#endif
