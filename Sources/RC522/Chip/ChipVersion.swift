/// Which chip sits on the board, by its `VersionReg` (data sheet 9.3.4.8).
public enum ChipVersion: Equatable, Sendable, CustomStringConvertible {
  /// NXP MFRC522, first silicon (0x90).
  case mfrc522Version0
  /// NXP MFRC522 version 1.0 (0x91).
  case mfrc522Version1
  /// NXP MFRC522 version 2.0 (0x92).
  case mfrc522Version2
  /// Fudan FM17522 or a relative (0x88, 0x89, 0xB2): a clone that reads cards as well.
  case fm17522(UInt8)
  /// 0x12: a counterfeit with a weak receiver. It mostly works at short distance.
  case counterfeit
  /// A value that no known chip has; damaged wiring produces such values too.
  case unknown(UInt8)
  /// 0x00 or 0xFF: nothing drives the data line.
  case none

  public init(register value: UInt8) {
    self =
      switch value {
      case 0x90: .mfrc522Version0
      case 0x91: .mfrc522Version1
      case 0x92: .mfrc522Version2
      case 0x88, 0x89, 0xB2: .fm17522(value)
      case 0x12: .counterfeit
      case 0x00, 0xFF: .none
      default: .unknown(value)
      }
  }

  public var description: String {
    switch self {
    case .mfrc522Version0: "MFRC522 version 0.0"
    case .mfrc522Version1: "MFRC522 version 1.0"
    case .mfrc522Version2: "MFRC522 version 2.0"
    case .fm17522(let value): "FM17522 clone (version register 0x\(String(value, radix: 16)))"
    case .counterfeit: "counterfeit MFRC522 (version register 0x12)"
    case .unknown(let value): "unknown chip (version register 0x\(String(value, radix: 16)))"
    case .none: "no chip"
    }
  }

  /// Whether this is NXP's own chip.
  public var isGenuine: Bool {
    switch self {
    case .mfrc522Version0, .mfrc522Version1, .mfrc522Version2: true
    default: false
    }
  }
}
