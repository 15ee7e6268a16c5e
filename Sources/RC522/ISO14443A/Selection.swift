import PiHAL

/// A card that has been selected.
public struct SelectedCard: Equatable, Sendable {
  public let uid: UID
  /// The answer to the last SELECT: what kind of card this is (NXP AN10833).
  public let selectAcknowledge: UInt8
}

/// What a search of the field came to.
enum SearchOutcome: Equatable {
  /// Nobody answered.
  case nobody
  /// A card; `hasCompany` when others answered at the same time.
  case card(SelectedCard, hasCompany: Bool)
  /// Something answered that could not be read to its end.
  case unclear
}

/// Which cards a request wakes (ISO/IEC 14443-3, 6.4.1).
enum WakeUp {
  /// REQA: cards that were not halted.
  case idleCards
  /// WUPA: halted ones too.
  case allCards

  var request: Request {
    Request(
      bytes: [self == .idleCards ? 0x26 : 0x52], lastBits: 7, answerBytes: 2, timeout: .microseconds(500))
  }
}

extension Request {
  /// HLTA. The card does not answer; it has 1 ms to say that it did not understand, and nobody listens.
  static let halt = Request(
    bytes: CRCA.appended(to: [0x50, 0x00]), answerBytes: 0, timeout: .microseconds(500))

  /// SELECT with all four bytes of a level.
  static func select(level: Int, _ bytes: [UInt8]) -> Request {
    Request(
      bytes: CRCA.appended(to: [UInt8(0x91 + 2 * level), 0x70] + bytes + [bytes.reduce(0, ^)]),
      answerBytes: 3, timeout: .microseconds(500))
  }
}

extension UID {
  /// First byte of a level that is not the last (ISO/IEC 14443-3, 6.5.4).
  static let cascadeTag: UInt8 = 0x88

  /// The four bytes that each cascade level carries.
  var cascadeLevels: [[UInt8]] {
    switch bytes.count {
    case 7: [[Self.cascadeTag] + bytes[0..<3], Array(bytes[3...])]
    case 10: [[Self.cascadeTag] + bytes[0..<3], [Self.cascadeTag] + bytes[3..<6], Array(bytes[6...])]
    default: [bytes]
    }
  }
}

/// Chooses branches so that cards which are known already are avoided, and that in time every branch is tried
/// which leads to known ones on both sides.
struct BranchChoice {
  /// Cards to avoid.
  var known: [UID] = []
  /// Another number, another order of trying branches.
  var turn = 0

  func callAsFunction(level: Int, selected: [UInt8], prefix: [UInt8], knownBits: Int) -> Bool? {
    func leads(_ bit: Bool) -> Bool {
      var wanted = prefix
      if bit { wanted[knownBits / 8] |= 1 << (knownBits % 8) }
      return known.contains { uid in
        let levels = uid.cascadeLevels
        guard levels.count >= level, Array(uid.bytes.prefix(selected.count)) == selected else { return false }
        return (0...knownBits).allSatisfy { bit in
          (levels[level - 1][bit / 8] ^ wanted[bit / 8]) & 1 << (bit % 8) == 0
        }
      }
    }
    return switch (leads(false), leads(true)) {
    case (true, false): true
    case (false, true): false
    // A multiplicative hash, so that each turn is another path through the tree.
    case (true, true): (UInt32(truncatingIfNeeded: turn) &* 0x9E37_79B1) >> (8 + knownBits % 24) & 1 == 0
    case (false, false): nil
    }
  }
}

extension MFRC522 {
  /// Wakes cards, finds one among them and selects it.
  /// - Parameters:
  ///   - halting: whether the card is sent to sleep at once, in the transfer that reads its last answer.
  ///   - choice: which branch to follow where several cards answer.
  func search(
    _ wake: WakeUp, halting: Bool, choice: BranchChoice = BranchChoice()
  ) throws(RC522Error) -> SearchOutcome {
    try stopCrypto()
    var search = CascadeSearch(level: 1)
    try begin(wake.request)
    // The first ANTICOLLISION is the same whatever the cards answered, so it goes out with the reading.
    let answerToRequest = try finish(wake.request, beginning: search.request)
    if answerToRequest == .silent { return .nobody }
    var hasCompany = if case .collision = answerToRequest { true } else { false }
    var uid: [UInt8] = []
    var levels: [[UInt8]] = []
    var hasBegun = true
    for level in 1...3 {
      var step = CascadeSearch.Step.ask
      while step == .ask || step == .wakeAndAsk {
        if step == .wakeAndAsk, try !wakeAgain(wake, selecting: levels) { return .unclear }
        let request = search.request
        if !hasBegun { try begin(request) }
        hasBegun = false
        step = search.take(try finish(request)) {
          choice(level: level, selected: uid, prefix: $0, knownBits: $1)
        }
      }
      hasCompany = hasCompany || search.hasCollided
      guard case .found(let bytes) = step else { return .unclear }
      let select = Request.select(level: level, bytes)
      try begin(select)
      let looksLast = bytes[0] != UID.cascadeTag || level == 3
      guard
        let acknowledge = acknowledge(
          try finish(select, beginning: halting && looksLast ? .halt : nil))
      else { return .unclear }
      // The acknowledge decides, not the cascade tag.
      if acknowledge & 0x04 != 0 {
        guard !looksLast else { return .unclear }
        uid += bytes.dropFirst()
        levels.append(bytes)
        search = CascadeSearch(level: level + 1)
        continue
      }
      if halting && !looksLast { try begin(.halt) }
      guard let whole = UID(uid + bytes) else { return .unclear }
      return .card(SelectedCard(uid: whole, selectAcknowledge: acknowledge), hasCompany: hasCompany)
    }
    return .unclear
  }

  /// Brings cards that fell back on a wrong choice to where they were.
  private func wakeAgain(_ wake: WakeUp, selecting levels: [[UInt8]]) throws(RC522Error) -> Bool {
    // Some cards stay ready when they hear others' bits, and the first request makes those fall back.
    if try exchange(wake.request) == .silent, try exchange(wake.request) == .silent { return false }
    for (index, bytes) in levels.enumerated() {
      let answer = try exchange(.select(level: index + 1, bytes))
      guard let acknowledge = acknowledge(answer), acknowledge & 0x04 != 0 else { return false }
    }
    return true
  }

  /// What a known card has to say.
  enum Confirmation: Equatable {
    case present(SelectedCard)
    case silent
    case unclear
    /// Nobody at all answered the wake-up.
    case emptyField
  }

  /// Wakes all cards and selects a known one, which needs no search.
  ///
  /// The last acknowledge decides, for nobody else can give it: a card whose other answers got lost has heard the
  /// questions all the same.
  /// - Parameters:
  ///   - halting: as in ``search(_:halting:choice:)``.
  ///   - hasBegun: whether the WUPA has been started already.
  func confirm(_ uid: UID, halting: Bool, hasBegun: Bool = false) throws(RC522Error) -> Confirmation {
    if !hasBegun {
      try stopCrypto()
      try begin(WakeUp.allCards.request)
    }
    let requests = uid.cascadeLevels.enumerated().map { Request.select(level: $0 + 1, $1) }
    var outcome = Confirmation.emptyField
    if try finish(WakeUp.allCards.request, beginning: requests[0]) != .silent { outcome = .silent }
    for (index, request) in requests.enumerated() {
      let isLast = index == requests.count - 1
      let next = isLast ? (halting ? Request.halt : nil) : requests[index + 1]
      let answer = try finish(request, beginning: next)
      if answer == .silent { continue }
      guard let acknowledge = acknowledge(answer), (acknowledge & 0x04 == 0) == isLast else {
        outcome = .unclear
        continue
      }
      if isLast { return .present(SelectedCard(uid: uid, selectAcknowledge: acknowledge)) }
      if outcome == .emptyField { outcome = .silent }
    }
    return outcome
  }

  private func acknowledge(_ answer: Answer) -> UInt8? {
    guard case .received(let bytes, lastBits: 0) = answer, let payload = CRCA.checked(bytes),
      payload.count == 1
    else { return nil }
    return payload[0]
  }
}
