extension BooksEntry: Codable {
  private enum TypeKey: CodingKey { case type }

  private enum EventType: String, Codable {
    case userAdded, tokenEnrolled, userChanged, userErased, scanModeSet, settingsChanged
    case usageLogged, drinkBrewed, drinkCharged, usageCancelled, activationEnded
    case tokenRefused, masterSet, lockedOut, lockOutEnded
    case invoiceCreated, batchCreated, invoicePaid, retentionApplied, importBegun, usagesImported,
      invoiceItemsImported
    case importDone
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TypeKey.self)
    let name = try container.decode(String.self, forKey: .type)
    guard let type = EventType(rawValue: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container,
        debugDescription: "'\(name)' is no entry that this version knows: it was written by a newer one")
    }
    func fields<Fields: Decodable>() throws -> Fields { try Fields(from: decoder) }
    event =
      switch type {
      case .userAdded: .userAdded(try fields())
      case .tokenEnrolled: .tokenEnrolled(try fields())
      case .userChanged: .userChanged(try fields())
      case .userErased: .userErased(try fields())
      case .scanModeSet: .scanModeSet(try fields())
      case .settingsChanged: .settingsChanged(try fields())
      case .usageLogged: .usageLogged(try fields())
      case .drinkBrewed: .drinkBrewed(try fields())
      case .drinkCharged: .drinkCharged(try fields())
      case .usageCancelled: .usageCancelled(try fields())
      case .activationEnded: .activationEnded(try fields())
      case .tokenRefused: .tokenRefused(try fields())
      case .masterSet: .masterSet(try fields())
      case .lockedOut: .lockedOut(try fields())
      case .lockOutEnded: .lockOutEnded(try fields())
      case .invoiceCreated: .invoiceCreated(try fields())
      case .batchCreated: .batchCreated(try fields())
      case .invoicePaid: .invoicePaid(try fields())
      case .retentionApplied: .retentionApplied(try fields())
      case .importBegun: .importBegun(try fields())
      case .usagesImported: .usagesImported(try fields())
      case .invoiceItemsImported: .invoiceItemsImported(try fields())
      case .importDone: .importDone(try fields())
      }
    guard event.hasPossibleNumbers else {
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container, debugDescription: "a number in it is not one that books can have")
    }
    let hasCommand = try decoder.container(keyedBy: CommandKey.self).contains(.command)
    command = hasCommand ? try CommandMark(from: decoder) : nil
  }

  private enum CommandKey: CodingKey { case command }

  func encode(to encoder: any Encoder) throws {
    func write(_ type: EventType, _ fields: some Encodable) throws {
      var container = encoder.container(keyedBy: TypeKey.self)
      try container.encode(type, forKey: .type)
      try fields.encode(to: encoder)
      try command?.encode(to: encoder)
    }
    switch event {
    case .userAdded(let fields): try write(.userAdded, fields)
    case .tokenEnrolled(let fields): try write(.tokenEnrolled, fields)
    case .userChanged(let fields): try write(.userChanged, fields)
    case .userErased(let fields): try write(.userErased, fields)
    case .scanModeSet(let fields): try write(.scanModeSet, fields)
    case .settingsChanged(let fields): try write(.settingsChanged, fields)
    case .usageLogged(let fields): try write(.usageLogged, fields)
    case .drinkBrewed(let fields): try write(.drinkBrewed, fields)
    case .drinkCharged(let fields): try write(.drinkCharged, fields)
    case .usageCancelled(let fields): try write(.usageCancelled, fields)
    case .activationEnded(let fields): try write(.activationEnded, fields)
    case .tokenRefused(let fields): try write(.tokenRefused, fields)
    case .masterSet(let fields): try write(.masterSet, fields)
    case .lockedOut(let fields): try write(.lockedOut, fields)
    case .lockOutEnded(let fields): try write(.lockOutEnded, fields)
    case .invoiceCreated(let fields): try write(.invoiceCreated, fields)
    case .batchCreated(let fields): try write(.batchCreated, fields)
    case .invoicePaid(let fields): try write(.invoicePaid, fields)
    case .retentionApplied(let fields): try write(.retentionApplied, fields)
    case .importBegun(let fields): try write(.importBegun, fields)
    case .usagesImported(let fields): try write(.usagesImported, fields)
    case .invoiceItemsImported(let fields): try write(.invoiceItemsImported, fields)
    case .importDone(let fields): try write(.importDone, fields)
    }
  }
}

extension BooksEvent {
  /// Whether its numbers are some that books can have. Others were not written by coffeed: the places before them would
  /// fill the memory, and sums would run over.
  fileprivate var hasPossibleNumbers: Bool {
    let (user, numbers, price): (Int, [Int?], Int64) =
      switch self {
      case .userAdded(let fields): (fields.user, [], 0)
      case .tokenEnrolled(let fields): (fields.user, [], 0)
      case .userChanged(let fields): (fields.user, [], 0)
      case .userErased(let fields): (fields.user, [], 0)
      case .usageLogged(let fields): (fields.user, [fields.usage], 0)
      case .drinkCharged(let fields): (fields.user, [fields.usage], 0)
      case .drinkBrewed(let fields): (1, [fields.usage], 0)
      case .usageCancelled(let fields): (fields.user, [fields.usage], 0)
      case .invoiceCreated(let fields): (fields.user, [fields.invoice, fields.batch], fields.price)
      case .batchCreated(let fields): (1, [fields.batch], 0)
      case .invoicePaid(let fields): (1, [fields.invoice], 0)
      case .usagesImported(let fields): (1, [fields.usage], 0)
      case .invoiceItemsImported(let fields): (1, [fields.invoice], 0)
      case .scanModeSet, .settingsChanged, .activationEnded, .tokenRefused, .masterSet,
        .lockedOut,
        .lockOutEnded, .retentionApplied, .importBegun, .importDone:
        (1, [], 0)
      }
    return (1...1_000_000).contains(user) && numbers.allSatisfy { (1...1_000_000_000).contains($0 ?? 1) }
      && (0...1_000_000_000).contains(price)
  }
}
