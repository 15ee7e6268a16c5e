/// The MFRC522's registers by the data sheet's names and addresses (section 9.2, table 20).
///
/// The number behind each name is the section of the data sheet (revision 3.9) that explains it.
public enum Register: UInt8, CaseIterable, Sendable {
  // Page 0: command and status.

  /// Starts and stops commands, power-down. 9.3.1.2
  case command = 0x01
  /// Which events reach the interrupt pin. 9.3.1.3
  case comIEn = 0x02
  /// Which further events reach the interrupt pin. 9.3.1.4
  case divIEn = 0x03
  /// What has happened since it was cleared: sent, received, idle, error, timer. 9.3.1.5
  case comIrq = 0x04
  /// The same for the CRC coprocessor and the MFIN pin. 9.3.1.6
  case divIrq = 0x05
  /// What was wrong with the last command. 9.3.1.7
  case error = 0x06
  /// State of CRC, interrupt, timer and FIFO. 9.3.1.8
  case status1 = 0x07
  /// State of the receiver, transmitter and of Crypto1. 9.3.1.9
  case status2 = 0x08
  /// Way in and out of the 64-byte FIFO. 9.3.1.10
  case fifoData = 0x09
  /// How many bytes the FIFO holds; its bit 7 empties it. 9.3.1.11
  case fifoLevel = 0x0A
  /// Level of the FIFO's warnings. 9.3.1.12
  case waterLevel = 0x0B
  /// Timer start and stop, valid bits of the last received byte. 9.3.1.13
  case control = 0x0C
  /// Start of a transmission, bits of its last byte, place of the first received bit. 9.3.1.14
  case bitFraming = 0x0D
  /// Position of the first collision. 9.3.1.15
  case coll = 0x0E

  // Page 1: communication.

  /// CRC preset, wait for the field. 9.3.2.2
  case mode = 0x11
  /// Speed and CRC of what is sent. 9.3.2.3
  case txMode = 0x12
  /// Speed and CRC of what is received. 9.3.2.4
  case rxMode = 0x13
  /// The antenna driver pins. 9.3.2.5
  case txControl = 0x14
  /// 100 % ASK modulation. 9.3.2.6
  case txASK = 0x15
  /// Source of the antenna driver. 9.3.2.7
  case txSel = 0x16
  /// Source of the receiver. 9.3.2.8
  case rxSel = 0x17
  /// Thresholds of the bit decoder. 9.3.2.9
  case rxThreshold = 0x18
  /// Demodulator. 9.3.2.10
  case demod = 0x19
  /// MIFARE transmission parameters. 9.3.2.13
  case mfTx = 0x1C
  /// MIFARE reception parameters. 9.3.2.14
  case mfRx = 0x1D
  /// Speed of the chip's own serial interface. 9.3.2.16
  case serialSpeed = 0x1F

  // Page 2: configuration.

  /// CRC coprocessor's result, high byte. 9.3.3.2
  case crcResultHigh = 0x21
  /// CRC coprocessor's result, low byte. 9.3.3.2
  case crcResultLow = 0x22
  /// Width of the modulation pause. 9.3.3.4
  case modWidth = 0x24
  /// Receiver gain. 9.3.3.6
  case rfCfg = 0x26
  /// Conductance of the n-driver, carrier and modulation. 9.3.3.7
  case gsN = 0x27
  /// Conductance of the p-driver, carrier. 9.3.3.8
  case cwGsP = 0x28
  /// Conductance of the p-driver, modulation. 9.3.3.9
  case modGsP = 0x29
  /// Timer mode and the high bits of its prescaler. 9.3.3.10
  case tMode = 0x2A
  /// Low bits of the timer's prescaler. 9.3.3.10
  case tPrescaler = 0x2B
  /// Timer reload value, high byte. 9.3.3.11
  case tReloadHigh = 0x2C
  /// Timer reload value, low byte. 9.3.3.11
  case tReloadLow = 0x2D
  /// Timer value now, high byte. 9.3.3.12
  case tCounterValueHigh = 0x2E
  /// Timer value now, low byte. 9.3.3.12
  case tCounterValueLow = 0x2F

  // Page 3: test.

  /// 9.3.4.2
  case testSel1 = 0x31
  /// 9.3.4.3
  case testSel2 = 0x32
  /// 9.3.4.4
  case testPinEn = 0x33
  /// 9.3.4.5
  case testPinValue = 0x34
  /// 9.3.4.6
  case testBus = 0x35
  /// Starts the self-test. 9.3.4.7
  case autoTest = 0x36
  /// Chip type and version. 9.3.4.8
  case version = 0x37
  /// 9.3.4.9
  case analogTest = 0x38
  /// 9.3.4.10
  case testDAC1 = 0x39
  /// 9.3.4.11
  case testDAC2 = 0x3A
  /// 9.3.4.12
  case testADC = 0x3B

  /// The byte that opens a write frame (8.1.2.3): bits 6 to 1 hold the address.
  var writeAddress: UInt8 { rawValue << 1 }
  /// The byte that asks for this register in a read frame (8.1.2.1): as above, with bit 7 set.
  var readAddress: UInt8 { 0x80 | rawValue << 1 }
}

/// The chip's commands (data sheet section 10.3, table 149).
enum Command: UInt8 {
  case idle = 0x00
  /// Stores 25 bytes of the FIFO in the internal buffer.
  case mem = 0x01
  /// Runs the CRC coprocessor, or the self-test.
  case calcCRC = 0x03
  /// Sends the FIFO's bytes and receives into it. Never ends by itself.
  case transceive = 0x0C
  /// MIFARE Classic authentication. Ends by itself when the card proved that it knows the key.
  case mfAuthent = 0x0E
  case softReset = 0x0F
}

/// Bits of `ComIrqReg` (9.3.1.5).
struct ComIrq: OptionSet {
  let rawValue: UInt8
  static let timer = ComIrq(rawValue: 0x01)
  static let error = ComIrq(rawValue: 0x02)
  static let idle = ComIrq(rawValue: 0x10)
  static let received = ComIrq(rawValue: 0x20)
  static let transmitted = ComIrq(rawValue: 0x40)
  /// Written, it clears every event.
  static let clearAll: UInt8 = 0x7F
}

/// Bits of `ErrorReg` (9.3.1.7).
struct ErrorFlags: OptionSet {
  let rawValue: UInt8
  /// Start, stop or length of a frame is wrong; for MFAuthent a wrong number of bytes.
  static let frame = ErrorFlags(rawValue: 0x01)
  static let parity = ErrorFlags(rawValue: 0x02)
  static let crc = ErrorFlags(rawValue: 0x04)
  static let collision = ErrorFlags(rawValue: 0x08)
  static let bufferOverflow = ErrorFlags(rawValue: 0x10)
  /// The chip is too hot and has switched its antenna drivers off.
  static let overheated = ErrorFlags(rawValue: 0x40)
  static let fifoWrite = ErrorFlags(rawValue: 0x80)

  static let unreadable: ErrorFlags = [.frame, .parity, .crc, .bufferOverflow, .fifoWrite]
}
