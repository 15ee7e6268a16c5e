/// MIFARE Ultralight (data sheet MF0ICU1) and NTAG213, 215, 216 (data sheet NTAG213/215/216): pages of 4 bytes.
struct PageMemory {
  private struct Layout {
    let pageCount: Int
    /// Page of CFG0; CFG1, PWD and PACK follow. Nil where there is no password.
    let configuration: Int?
    /// The size byte of GET_VERSION.
    let storageSize: UInt8
    /// The size byte of the capability container in page 3.
    let capability: UInt8
  }

  var bytes: [UInt8]
  private let layout: Layout
  private var isAuthenticated = false
  private var wrongPasswords = 0
  private var compatibilityWrite: Int?

  private static let invalidArgument: UInt8 = 0x0
  private static let corrupt: UInt8 = 0x1
  private static let tooManyPasswords: UInt8 = 0x4

  init(product: VirtualCard.Product, uid: [UInt8]) {
    switch product {
    case .ntag213: layout = Layout(pageCount: 45, configuration: 41, storageSize: 0x0F, capability: 0x12)
    case .ntag215: layout = Layout(pageCount: 135, configuration: 131, storageSize: 0x11, capability: 0x3E)
    case .ntag216: layout = Layout(pageCount: 231, configuration: 227, storageSize: 0x13, capability: 0x6D)
    default: layout = Layout(pageCount: 16, configuration: nil, storageSize: 0, capability: 0)
    }
    bytes = [UInt8](repeating: 0, count: layout.pageCount * 4)
    if uid.count == 7 {
      // Pages 0 to 2: the UID with the check bytes of both cascade levels.
      let first = 0x88 ^ uid[0] ^ uid[1] ^ uid[2]
      let second = uid[3] ^ uid[4] ^ uid[5] ^ uid[6]
      bytes.replaceSubrange(0..<10, with: uid[0..<3] + [first] + uid[3..<7] + [second, 0x48])
    }
    if let configuration = layout.configuration {
      bytes.replaceSubrange(12..<16, with: [0xE1, 0x10, layout.capability, 0x00])
      bytes.replaceSubrange(configuration * 4..<configuration * 4 + 4, with: [0x04, 0, 0, 0xFF])
      let password = (configuration + 2) * 4
      bytes.replaceSubrange(password..<password + 4, with: [0xFF, 0xFF, 0xFF, 0xFF])
    }
  }

  mutating func forget() {
    isAuthenticated = false
    compatibilityWrite = nil
  }

  mutating func answer(to frame: BitFrame) -> MemoryAnswer {
    guard let command = frame.checkedBytes else { return .refusal(Self.corrupt) }
    if let page = compatibilityWrite {
      compatibilityWrite = nil
      guard command.count == 16 else { return .refusal(Self.invalidArgument) }
      return write(page, Array(command.prefix(4)))
    }
    let hasPassword = layout.configuration != nil
    switch (command[0], command.count) {
    case (0x30, 2): return read(Int(command[1]))
    case (0xA2, 6): return write(Int(command[1]), Array(command[2..<6]))
    case (0xA0, 2):
      guard mayWrite(Int(command[1])) else { return .refusal(Self.invalidArgument) }
      compatibilityWrite = Int(command[1])
      return .acknowledge
    case (0x60, 1) where hasPassword:
      return .frame(.checked([0x00, 0x04, 0x04, 0x02, 0x01, 0x00, layout.storageSize, 0x03]))
    case (0x3A, 3) where hasPassword: return fastRead(Int(command[1]), Int(command[2]))
    case (0x1B, 5) where hasPassword: return authenticate(Array(command[1..<5]))
    default: return .refusal(Self.invalidArgument)
    }
  }

  // MARK: - Commands

  /// READ gives four pages and rolls over to page 0 at the end of what may be read.
  private func read(_ first: Int) -> MemoryAnswer {
    let end = readableEnd
    guard first < end else { return .refusal(Self.invalidArgument) }
    return .frame(.checked((0..<4).flatMap { visible((first + $0) % end) }))
  }

  private func fastRead(_ first: Int, _ last: Int) -> MemoryAnswer {
    guard first <= last, last < readableEnd else { return .refusal(Self.invalidArgument) }
    return .frame(.checked((first...last).flatMap(visible)))
  }

  private mutating func write(_ page: Int, _ data: [UInt8]) -> MemoryAnswer {
    guard mayWrite(page) else { return .refusal(Self.invalidArgument) }
    let start = page * 4
    switch page {
    case 2:
      // Lock bits can only be set; the bytes before them belong to the UID.
      bytes[10] |= data[2]
      bytes[11] |= data[3]
    case 3: for index in 0..<4 { bytes[start + index] |= data[index] }
    default: bytes.replaceSubrange(start..<start + 4, with: data)
    }
    return .acknowledge
  }

  /// PWD_AUTH: the answer is PACK; wrong passwords are counted where AUTHLIM is set.
  private mutating func authenticate(_ password: [UInt8]) -> MemoryAnswer {
    guard let configuration = layout.configuration else { return .unknown }
    let limit = Int(bytes[(configuration + 1) * 4] & 0x07)
    guard limit == 0 || wrongPasswords < limit else { return .refusal(Self.tooManyPasswords) }
    let start = (configuration + 2) * 4
    guard Array(bytes[start..<start + 4]) == password else {
      if limit > 0 { wrongPasswords += 1 }
      return .refusal(Self.invalidArgument)
    }
    wrongPasswords = 0
    isAuthenticated = true
    return .frame(.checked(Array(bytes[start + 4..<start + 6])))
  }

  // MARK: - What may be done

  private var firstProtected: Int {
    guard let configuration = layout.configuration, !isAuthenticated else { return .max }
    return Int(bytes[configuration * 4 + 3])
  }

  private var readableEnd: Int {
    guard let configuration = layout.configuration else { return layout.pageCount }
    let protectsReading = bytes[(configuration + 1) * 4] & 0x80 != 0
    return protectsReading ? min(layout.pageCount, firstProtected) : layout.pageCount
  }

  private func mayWrite(_ page: Int) -> Bool {
    guard (2..<layout.pageCount).contains(page), page < firstProtected else { return false }
    guard (3..<16).contains(page) else { return true }
    // Static lock bits: pages 3 to 7 in byte 2, pages 8 to 15 in byte 3 of page 2.
    return page < 8 ? bytes[10] >> page & 1 == 0 : bytes[11] >> (page - 8) & 1 == 0
  }

  /// PWD and PACK are never readable.
  private func visible(_ page: Int) -> [UInt8] {
    if let configuration = layout.configuration, page >= configuration + 2 { return [0, 0, 0, 0] }
    return Array(bytes[page * 4..<page * 4 + 4])
  }
}
