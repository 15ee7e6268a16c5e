/// The registers of the MFRC522 (data sheet, table 20).
enum ChipRegister: UInt8 {
  case command = 0x01
  case comIEn, divIEn, comIrq, divIrq, error, status1, status2
  case fifoData, fifoLevel, waterLevel, control, bitFraming, coll
  case mode = 0x11
  case txMode, rxMode, txControl, txASK, txSel, rxSel, rxThreshold, demod
  case mfTx = 0x1C
  case mfRx = 0x1D
  case serialSpeed = 0x1F
  case crcResultHigh = 0x21
  case crcResultLow = 0x22
  case modWidth = 0x24
  case rfCfg = 0x26
  case gsN, cwGsP, modGsP, tMode, tPrescaler, tReloadHigh, tReloadLow, tCounterHigh, tCounterLow
  case testSel1 = 0x31
  case testSel2, testPinEn, testPinValue, testBus, autoTest, version, analogTest
  case testDAC1, testDAC2, testADC

  /// What each address reads after a reset (data sheet, 9.3); addresses of no register read as 0.
  static let resetValues: [UInt8] = {
    var values = [UInt8](repeating: 0, count: 64)
    let set: [(ChipRegister, UInt8)] = [
      (.command, 0x20), (.comIEn, 0x80), (.comIrq, 0x14), (.status1, 0x21), (.waterLevel, 0x08),
      (.control, 0x10), (.coll, 0xA0), (.mode, 0x3F), (.txControl, 0x80), (.txSel, 0x10),
      (.rxSel, 0x84), (.rxThreshold, 0x84), (.demod, 0x4D), (.mfTx, 0x62), (.serialSpeed, 0xEB),
      (.crcResultHigh, 0xFF), (.crcResultLow, 0xFF), (.modWidth, 0x26), (.rfCfg, 0x48), (.gsN, 0x88),
      (.cwGsP, 0x20), (.modGsP, 0x20), (.testPinEn, 0x80), (.autoTest, 0x40),
    ]
    for (register, value) in set { values[Int(register.rawValue)] = value }
    return values
  }()
}

/// The commands of CommandReg (data sheet, table 149).
enum ChipCommand: UInt8 {
  case idle = 0x0
  case mem = 0x1
  case generateRandomID = 0x2
  case calculateCRC = 0x3
  case transmit = 0x4
  case noChange = 0x7
  case receive = 0x8
  case transceive = 0xC
  case mifareAuthenticate = 0xE
  case softReset = 0xF
}

/// Bits of ComIrqReg (data sheet, 9.3.1.5).
enum ComIrq {
  static let tx: UInt8 = 0x40
  static let rx: UInt8 = 0x20
  static let idle: UInt8 = 0x10
  static let hiAlert: UInt8 = 0x08
  static let loAlert: UInt8 = 0x04
  static let error: UInt8 = 0x02
  static let timer: UInt8 = 0x01
}

/// Bits of ErrorReg (data sheet, 9.3.1.7).
enum ChipError {
  static let write: UInt8 = 0x80
  static let bufferOverflow: UInt8 = 0x10
  static let collision: UInt8 = 0x08
  static let crc: UInt8 = 0x04
  static let parity: UInt8 = 0x02
  static let protocolViolation: UInt8 = 0x01
}
