// count-pulses LINE EDGES
//
// Counts the edges of a line of the header, both directions, until that many have come or none has for two
// seconds after the first.
#if os(Linux)
  import Glibc
  import PiHAL

  let line = Int(CommandLine.arguments[1]) ?? 0
  let expected = UInt64(CommandLine.arguments[2]) ?? 0
  let clock = SystemClock()
  let counter = try LinuxEdgeCounter(InputLines(chip: GPIOChip.header(), offsets: [line]), edge: .both)
  print("ready")
  fflush(nil)
  var count = EdgeCount()
  var since = clock.now
  while count.total < expected {
    clock.sleep(for: .milliseconds(20))
    let next = try counter.read()
    if next != count || next.total == 0 { since = clock.now }
    if since.duration(to: clock.now) > .seconds(2) { break }
    count = next
  }
  print("total=\(count.total) restored=\(count.restored)")
#endif
