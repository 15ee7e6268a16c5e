extension UsageLog: Codable {
  private enum CodingKeys: CodingKey { case newestNumber, pieces, drinkTexts }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let newestNumber = try container.decode(Int.self, forKey: .newestNumber)
    let pieces = try container.decode([UsagePiece].self, forKey: .pieces)
    let needed = newestNumber / Self.pieceSize + (newestNumber.isMultiple(of: Self.pieceSize) ? 0 : 1)
    guard newestNumber >= 0, pieces.count == needed else {
      throw DecodingError.dataCorruptedError(
        forKey: .pieces, in: container,
        debugDescription: "\(pieces.count) pieces cannot hold usages 1 to \(newestNumber)")
    }
    self.init(
      newestNumber: newestNumber, pieces: pieces,
      drinkTexts: try container.decodeIfPresent([String].self, forKey: .drinkTexts) ?? [])
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(newestNumber, forKey: .newestNumber)
    try container.encode(pieces, forKey: .pieces)
    if !drinkTexts.isEmpty { try container.encode(drinkTexts, forKey: .drinkTexts) }
  }
}

extension UsagePiece: Codable {
  private enum CodingKeys: CodingKey { case offsets, users, times, drinks, invoices, cancelled }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func column<Number: FixedWidthInteger>(_ key: CodingKeys, count: Int?) throws -> [Number] {
      var numbers: [Number] = []
      numbers.reserveCapacity(count ?? UsageLog.pieceSize)
      do {
        try NumberText.read(try container.decode(String.self, forKey: key)) { number in
          guard let number = Number(exactly: number) else {
            throw NumberText.Unreadable(description: "\(number) cannot be")
          }
          numbers.append(number)
        }
        if let count, numbers.count != count {
          throw NumberText.Unreadable(description: "there are \(numbers.count) numbers, not \(count)")
        }
      } catch let error as NumberText.Unreadable {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: container, debugDescription: error.description)
      }
      return numbers
    }
    let users: [UInt32] = try column(.users, count: nil)
    self.init(
      offsets: container.contains(.offsets) ? try column(.offsets, count: users.count) : nil,
      users: users, timeSteps: try column(.times, count: users.count),
      drinks: try column(.drinks, count: users.count), invoices: try column(.invoices, count: users.count),
      cancelled: try column(.cancelled, count: users.count))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    func write(_ column: [some FixedWidthInteger], _ key: CodingKeys) throws {
      try container.encode(NumberText.write(column.lazy.map { Int64($0) }), forKey: key)
    }
    if let offsets { try write(offsets, .offsets) }
    try write(users, .users)
    try container.encode(NumberText.writeSteps(times), forKey: .times)
    try write(drinks, .drinks)
    try write(invoices, .invoices)
    try write(cancelled, .cancelled)
  }
}
