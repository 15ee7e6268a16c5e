import PiHAL

/// The memory of a MIFARE Ultralight or NTAG21x card: pages of 4 bytes, behind a password where the card has
/// one (NXP NTAG213/215/216 data sheet, 10).
///
/// Made inside ``RC522Reader/withCard(_:_:)``. After a refusal the card sleeps and has to be taken anew.
public struct Ultralight {
  private let chip: MFRC522
  private let uid: UID

  public init(chip: MFRC522, card: SelectedCard) {
    self.chip = chip
    uid = card.uid
  }

  /// What kind of card this is: eight bytes (GET_VERSION, 10.1). First-generation Ultralights do not know the
  /// question and fall silent.
  public func version() throws(RC522Error) -> [UInt8] {
    try chip.ask([0x60], answerBytes: 8, timeout: .milliseconds(5), of: uid, doing: "asked for its version")
  }

  /// Reads four pages, 16 bytes, from `page` on. Behind the last page the card goes on with page 0.
  public func read(page: UInt8) throws(RC522Error) -> [UInt8] {
    try chip.ask(
      [0x30, page], answerBytes: 16, timeout: .milliseconds(5), of: uid, doing: "reading page \(page)")
  }

  /// Writes a page's four bytes. Pages 0 to 3 hold the UID, the lock bits and one-time bits that can never be
  /// cleared again, so they are refused here.
  public func write(page: UInt8, _ bytes: [UInt8]) throws(RC522Error) {
    guard bytes.count == 4, page >= 4 else {
      throw RC522Error(
        .invalidRequest, place: "card \(uid)",
        problem: bytes.count == 4
          ? "keeps its UID and lock bits in page \(page)" : "takes 4 bytes a page, not \(bytes.count)",
        remedy: bytes.count == 4 ? "choose a page from 4 on" : "")
    }
    try chip.command(
      [0xA2, page] + bytes, timeout: .milliseconds(10), of: uid, doing: "writing page \(page)")
  }

  /// Opens the pages behind a password (PWD_AUTH, 10.7).
  /// - Parameter password: four bytes.
  /// - Returns: the card's two bytes of acknowledge (PACK), for comparison with those that were set.
  /// - Throws: ``RC522Error`` `refused` for a wrong password. A card may count these and lock itself.
  public func authenticate(password: [UInt8]) throws(RC522Error) -> [UInt8] {
    guard password.count == 4 else {
      throw RC522Error(
        .invalidRequest, place: "card \(uid)", problem: "takes a password of 4 bytes, not \(password.count)")
    }
    return try chip.ask(
      [0x1B] + password, answerBytes: 2, timeout: .milliseconds(5), of: uid, doing: "given the password")
  }
}
