@testable import RC522

/// A type A card as ISO/IEC 14443-3 draws its states (6.3), told frames bit by bit.
final class ScriptedCard {
  enum State: Equatable { case idle, ready(level: Int), active, halted }

  let uid: UID
  /// What it says when selected; the cascade bit is added where needed.
  let acknowledge: UInt8
  var state = State.idle
  private var wasHalted = false
  /// Whether another card's bits in an anticollision frame make it fall back; the standard's drawings and real
  /// cards differ.
  var fallsBackOnMismatch = false
  /// Set to have only so many bits of each answer leave the card.
  var tornAfterBits: Int?
  /// Set to have nothing leave the card and nothing reach it, without losing its state.
  var isShielded = false
  /// How many of its next answers get lost on the way.
  var answersLost = 0

  init(_ uid: UID, acknowledge: UInt8 = 0x08) {
    self.uid = uid
    self.acknowledge = acknowledge
  }

  func powerOff() {
    state = .idle
    wasHalted = false
  }

  /// - Parameter bits: the frame's data bits, first one first.
  /// - Returns: the answer's data bits.
  func hear(_ bits: [Bool]) -> [Bool]? {
    guard !isShielded else { return nil }
    let answer = answer(to: bits)
    if answer != nil, answersLost > 0 {
      answersLost -= 1
      return nil
    }
    if let tornAfterBits, let answer { return Array(answer.prefix(tornAfterBits)) }
    return answer
  }

  private func fallBack() -> [Bool]? {
    state = wasHalted ? .halted : .idle
    return nil
  }

  private func answer(to bits: [Bool]) -> [Bool]? {
    let bytes = bytes(of: bits)
    if bits.count == 7 {
      guard bytes[0] == 0x26 || bytes[0] == 0x52 else { return fallBack() }
      switch state {
      case .idle: wasHalted = false
      case .halted where bytes[0] == 0x52: wasHalted = true
      case .halted: return nil
      default: return fallBack()
      }
      state = .ready(level: 1)
      return RC522Tests.bits(of: [uid.bytes.count == 4 ? 0x04 : 0x44, 0x00])
    }
    switch state {
    case .idle, .halted:
      return nil
    case .active:
      if bytes == CRCA.appended(to: [0x50, 0x00]) {
        state = .halted
        wasHalted = true
        return nil
      }
      return fallBack()
    case .ready(let level):
      guard bytes.count >= 2, bytes[0] == UInt8(0x91 + 2 * level) else { return fallBack() }
      let part = uid.cascadeLevels[level - 1]
      let whole = part + [part.reduce(0, ^)]
      if bytes[1] == 0x70 {
        guard bytes.count == 9, bits.count == 72, CRCA.checked(bytes) != nil, Array(bytes[2..<7]) == whole
        else { return fallBack() }
        let isLast = level == uid.cascadeLevels.count
        state = isLast ? .active : .ready(level: level + 1)
        return RC522Tests.bits(of: CRCA.appended(to: [isLast ? acknowledge : 0x04]))
      }
      let known = (Int(bytes[1] >> 4) - 2) * 8 + Int(bytes[1] & 7)
      guard known >= 0, known < 40, bits.count == 16 + known else { return fallBack() }
      let own = RC522Tests.bits(of: whole)
      if Array(own.prefix(known)) == Array(bits.dropFirst(16)) { return Array(own.dropFirst(known)) }
      return fallsBackOnMismatch ? fallBack() : nil
    }
  }
}

func bits(of bytes: [UInt8]) -> [Bool] {
  bytes.flatMap { byte in (0..<8).map { byte >> $0 & 1 == 1 } }
}

func bytes(of bits: [Bool]) -> [UInt8] {
  stride(from: 0, to: bits.count, by: 8).map { start in
    bits[start..<min(start + 8, bits.count)].reversed().reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
  }
}
