import PiHAL
import VirtualPi

/// What a test can do to the world, one line of words each.
enum WorldCommand {
  static let help = """
    place UID [PRODUCT]        lay a card on the reader (classic1K, ultralight, ntag213, ntag215, ntag216)
    remove [UID]               take it away; without UID all
    hang | freeze | deaf       break the reader: answers zeros, loses writes, hears no card
    repair                     take the fault away without a reset
    brown-out                  reset the reader's registers behind the driver's back
    noise PROBABILITY          spoil answers of cards
    present UID MILLISECONDS   lay a card on the reader and print the microseconds until all relays are on
    lever PORTION              pull the lever, 0 to 1
    leak MICROLITRES           drip so much a second past a closed valve
    valve works|stuckOpen|stuckClosed
    sensor works|dead
    keg MICROLITRES            mount a keg
    pulses COUNT HERTZ         send exactly so many pulses, beside the tap
    state                      print what is so, as name=value
    """

  /// Does what the line says.
  /// - Returns: the answer to print; empty where there is nothing to say.
  static func perform(_ line: String, in world: World) throws(WorldError) -> String {
    let words = line.split(separator: " ").map(String.init)
    let argument = words.dropFirst().first
    switch (words.first, words.count) {
    case ("place", 2), ("place", 3):
      let product = words.count == 3 ? VirtualCard.Product(rawValue: words[2]) : .classic1K
      guard let product else { throw WorldError("no such card: \(words[2])") }
      world.chip.place(world.card(uid: try uid(words[1]), product: product))
    case ("remove", 1):
      for card in world.chip.cards { world.chip.remove(card) }
    case ("remove", 2):
      world.chip.remove(world.card(uid: try uid(words[1]), product: .classic1K))
    case ("hang", 1): world.chip.setFault(.stuck())
    case ("freeze", 1): world.chip.setFault(.frozen)
    case ("deaf", 1): world.chip.setFault(.deaf)
    case ("repair", 1): world.chip.repair()
    case ("brown-out", 1): world.chip.brownOut()
    case ("noise", 2): world.chip.setNoise(try number(argument))
    case ("present", 3): return try present(words, in: world)
    case ("lever", 2): try world.tap.tap.lever = try number(argument)
    case ("leak", 2): try world.tap.tap.leakMicrolitresPerSecond = try number(argument)
    case ("valve", 2):
      let fault = VirtualTap.ValveFault(rawValue: words[1])
      guard fault != nil || words[1] == "works" else { throw WorldError("no such fault: \(words[1])") }
      try world.tap.tap.setValveFault(fault)
    case ("sensor", 2) where ["works", "dead"].contains(words[1]):
      try world.tap.tap.isSensorDead = words[1] == "dead"
    case ("keg", 2):
      guard let microlitres = Int64(words[1]) else { throw WorldError("not a whole number: \(words[1])") }
      try world.tap.tap.mountKeg(microlitres: microlitres)
    case ("pulses", 3):
      guard let count = Int(words[1]), count >= 0, count <= 10_000_000 else {
        throw WorldError("not a number of pulses: \(words[1])")
      }
      let hertz = try number(words[2])
      guard hertz > 0 else { throw WorldError("not a frequency: \(words[2])") }
      try world.tap.sensor.send(pulses: count, hertz: hertz)
    case ("state", 1): return state(of: world)
    default: throw WorldError("no such command: \(line)\n\(help)")
    }
    return ""
  }

  private static func present(_ words: [String], in world: World) throws(WorldError) -> String {
    let card = world.card(uid: try uid(words[1]), product: .classic1K)
    let limit = Duration.milliseconds(try number(words[2]))
    let passed = try world.relays.timeToUnlock(limit: limit) { world.chip.place(card) }
    guard let passed else { throw WorldError("not all relays are on after \(words[2]) ms") }
    return "\(Int(passed / .microseconds(1)))"
  }

  private static func state(of world: World) -> String {
    let traffic = world.chip.traffic
    var lines = [
      "cards=\(world.chip.cards.map { hexadecimal($0.uid) }.joined(separator: ","))",
      "field=\(world.chip.isFieldOn ? "on" : "off")",
      "fault=\(world.chip.fault.map { "\($0)" } ?? "none")",
      "transfers=\(traffic.transfers)",
      "bytes=\(traffic.bytes)",
    ]
    if let tap = world.wiredTap?.tap {
      lines += [
        "valve=\(tap.isValveOpen ? "open" : "closed")",
        "poured=\(tap.pouredMicrolitres)",
        "keg=\(tap.kegMicrolitres)",
        "pulses=\(tap.pulses)",
        "lever=\(tap.lever)",
      ]
    }
    if let relays = world.wiredRelays?.history {
      lines += [
        "relays=\(levels(relays.isOn))",
        "switched=\(relays.changes.map(levels).joined(separator: " "))",
        "unlocked=\(relays.unlocked)",
        "longest=\(Int(relays.longest / .milliseconds(1)))",
      ]
    }
    return lines.joined(separator: "\n")
  }

  private static func levels(_ relays: [Bool]) -> String { relays.map { $0 ? "1" : "0" }.joined() }

  private static func number(_ word: String?) throws(WorldError) -> Double {
    guard let word, let number = Double(word), number.isFinite else {
      throw WorldError("not a number: \(word ?? "")")
    }
    return number
  }

  private static func uid(_ word: String) throws(WorldError) -> [UInt8] {
    let digits = word.compactMap(\.hexDigitValue)
    guard digits.count == word.count, [8, 14, 20].contains(digits.count) else {
      throw WorldError("a UID has 8, 14 or 20 hexadecimal digits: \(word)")
    }
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }

  private static func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
