/// What the digital self-test leaves in the FIFO (data sheet, 16.1.1).
enum SelfTest {
  /// The 64 bytes of a version; zeros for one whose values are not known, as counterfeits give.
  static func reference(version: UInt8) -> [UInt8] {
    references[version] ?? [UInt8](repeating: 0, count: 64)
  }

  private static let references: [UInt8: [UInt8]] = [
    // Fudan FM17522.
    0x88: bytes(
      """
      00d6788ce2aa0c182ab87a7fd36acf0bb137634b69ae91c7c397ae77f437d79b
      7cf53c118f15c3d7c15b002ad075de9e5164ab3ee915b5ab569a988226ea2a62
      """),
    // MFRC522 version 0.0.
    0x90: bytes(
      """
      0087980f49ff0719bf2230495963adca7fe34e035c4e4950479a3761e7e2c62e
      755aed043d024b7832ff583b7ce90094b44a595bfdc929df3596989e4f30328d
      """),
    // MFRC522 version 1.0.
    0x91: bytes(
      """
      00c637d532b7575cc2d87c4dd970c77310e6d2aa5ea13e5a14af3061c970db2e
      642272b5bd65f4ec22bcd37235cdaa411fa7f35314de7e02d90fb55e251d2979
      """),
    // MFRC522 version 2.0.
    0x92: bytes(
      """
      00eb66ba57bf2395d0e30d3d27895cde9d3ba700215b8982513aeb020ca50049
      7c844db3ccd21b815d4876d5716121a986968338cf9d5b6ddc15ba3e7d953b2f
      """),
  ]

  private static func bytes(_ digits: String) -> [UInt8] {
    let values = digits.compactMap { $0.hexDigitValue.map(UInt8.init) }
    return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
  }
}
