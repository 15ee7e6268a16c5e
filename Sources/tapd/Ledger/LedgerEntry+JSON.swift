extension LedgerEntry {
  private enum TypeKey: CodingKey { case type }

  private enum EntryType: String, Codable {
    case basisSet
    case cardAdded, cardToppedUp, cardRefunded, cardBlocked, cardValidityChanged
    case kegMounted, kegUnmounted, kegPriceChanged, tapServiceChanged
    case pourAuthorised, pourExtended, pourMarked, pourSettled, pourReleased, flowUnattributed
    case kegDeclaredNotEmpty, leakChanged
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: TypeKey.self)
    let name = try container.decode(String.self, forKey: .type)
    guard let type = EntryType(rawValue: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .type, in: container,
        debugDescription: "'\(name)' is no entry that this version knows: it was written by a newer one")
    }
    switch type {
    case .basisSet: self = .basisSet(try LedgerBasis(from: decoder))
    case .cardAdded: self = .cardAdded(try CardAdded(from: decoder))
    case .cardToppedUp: self = .cardToppedUp(try CardAmount(from: decoder))
    case .cardRefunded: self = .cardRefunded(try CardAmount(from: decoder))
    case .cardBlocked: self = .cardBlocked(try CardBlocking(from: decoder))
    case .cardValidityChanged: self = .cardValidityChanged(try CardValidity(from: decoder))
    case .kegMounted: self = .kegMounted(try KegMounted(from: decoder))
    case .kegUnmounted: self = .kegUnmounted(try KegUnmounted(from: decoder))
    case .kegPriceChanged: self = .kegPriceChanged(try KegPriceChanged(from: decoder))
    case .tapServiceChanged: self = .tapServiceChanged(try TapServiceChanged(from: decoder))
    case .pourAuthorised: self = .pourAuthorised(try PourAuthorised(from: decoder))
    case .pourExtended: self = .pourExtended(try PourExtended(from: decoder))
    case .pourMarked: self = .pourMarked(try PourMarked(from: decoder))
    case .pourSettled: self = .pourSettled(try PourSettled(from: decoder))
    case .pourReleased: self = .pourReleased(try PourReleased(from: decoder))
    case .flowUnattributed: self = .flowUnattributed(try FlowUnattributed(from: decoder))
    case .kegDeclaredNotEmpty: self = .kegDeclaredNotEmpty(try KegDeclaredNotEmpty(from: decoder))
    case .leakChanged: self = .leakChanged(try LeakChanged(from: decoder))
    }
  }

  func encode(to encoder: any Encoder) throws {
    func write(_ type: EntryType, _ fields: some Encodable) throws {
      var container = encoder.container(keyedBy: TypeKey.self)
      try container.encode(type, forKey: .type)
      try fields.encode(to: encoder)
    }
    switch self {
    case .basisSet(let fields): try write(.basisSet, fields)
    case .cardAdded(let fields): try write(.cardAdded, fields)
    case .cardToppedUp(let fields): try write(.cardToppedUp, fields)
    case .cardRefunded(let fields): try write(.cardRefunded, fields)
    case .cardBlocked(let fields): try write(.cardBlocked, fields)
    case .cardValidityChanged(let fields): try write(.cardValidityChanged, fields)
    case .kegMounted(let fields): try write(.kegMounted, fields)
    case .kegUnmounted(let fields): try write(.kegUnmounted, fields)
    case .kegPriceChanged(let fields): try write(.kegPriceChanged, fields)
    case .tapServiceChanged(let fields): try write(.tapServiceChanged, fields)
    case .pourAuthorised(let fields): try write(.pourAuthorised, fields)
    case .pourExtended(let fields): try write(.pourExtended, fields)
    case .pourMarked(let fields): try write(.pourMarked, fields)
    case .pourSettled(let fields): try write(.pourSettled, fields)
    case .pourReleased(let fields): try write(.pourReleased, fields)
    case .flowUnattributed(let fields): try write(.flowUnattributed, fields)
    case .kegDeclaredNotEmpty(let fields): try write(.kegDeclaredNotEmpty, fields)
    case .leakChanged(let fields): try write(.leakChanged, fields)
    }
  }
}
