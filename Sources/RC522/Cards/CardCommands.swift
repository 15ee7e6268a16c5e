import PiHAL

/// What memory cards share: bytes with CRC_A out, bytes with CRC_A or a 4-bit acknowledge back
/// (MF1S50 data sheet 9.3, NTAG213 data sheet 9.3).
extension MFRC522 {
  /// Sends bytes and expects `count` bytes back.
  /// - Throws: ``RC522Error`` `refused` for a NAK, `noAnswer`, `corruptAnswer`.
  func ask(
    _ bytes: [UInt8], answerBytes count: Int, timeout: Duration, of card: UID, doing what: String
  ) throws(RC522Error) -> [UInt8] {
    let answer = try exchange(
      Request(bytes: CRCA.appended(to: bytes), answerBytes: count + 2, timeout: timeout))
    switch answer {
    case .received(let bytes, lastBits: 0):
      if let payload = CRCA.checked(bytes), payload.count == count { return payload }
    case .received(let bytes, lastBits: 4) where bytes.count == 1:
      throw refusal(bytes[0] & 0x0F, of: card, doing: what)
    case .silent:
      throw RC522Error(.noAnswer, place: "card \(card)", problem: "did not answer when \(what)")
    default: break
    }
    throw RC522Error(
      .corruptAnswer, place: "card \(card)", problem: "answered with damaged bytes when \(what)")
  }

  /// Sends bytes and expects an ACK, the four bits 1010.
  /// - Parameter silenceMeansYes: for the second half of MIFARE's value commands, which is answered only when
  ///   something is wrong.
  func command(
    _ bytes: [UInt8], silenceMeansYes: Bool = false, timeout: Duration, of card: UID, doing what: String
  ) throws(RC522Error) {
    switch try exchange(Request(bytes: CRCA.appended(to: bytes), answerBytes: 1, timeout: timeout)) {
    case .received(let bytes, lastBits: 4) where bytes.count == 1:
      if bytes[0] & 0x0F == 0x0A { return }
      throw refusal(bytes[0] & 0x0F, of: card, doing: what)
    case .silent:
      if silenceMeansYes { return }
      throw RC522Error(.noAnswer, place: "card \(card)", problem: "did not answer when \(what)")
    default:
      throw RC522Error(
        .corruptAnswer, place: "card \(card)", problem: "answered with damaged bytes when \(what)")
    }
  }

  private func refusal(_ code: UInt8, of card: UID, doing what: String) -> RC522Error {
    let reason =
      switch code {
      case 0x0, 0x4: "the operation is not allowed here"
      case 0x1, 0x5: "it received damaged bytes"
      default: "code \(code)"
      }
    return RC522Error(.refused, place: "card \(card)", problem: "refused when \(what): \(reason)")
  }
}
