/// What a card's memory says to a command.
enum MemoryAnswer: Equatable {
  case frame(BitFrame)
  /// Heard, and done without an answer.
  case nothing
  /// A 4-bit NAK; the card falls back.
  case refusal(UInt8)
  /// Not a command of this product: the card falls back in silence.
  case unknown

  static let acknowledge = MemoryAnswer.frame(.nibble(0xA))
}

/// The memory of any product.
enum CardMemory {
  case classic(ClassicMemory)
  case pages(PageMemory)
  case none

  init(product: VirtualCard.Product, uid: [UInt8]) {
    switch product {
    case .classic1K: self = .classic(ClassicMemory(uid: uid))
    case .ultralight, .ntag213, .ntag215, .ntag216: self = .pages(PageMemory(product: product, uid: uid))
    case .phone: self = .none
    }
  }

  var bytes: [UInt8] {
    get {
      switch self {
      case .classic(let memory): memory.bytes
      case .pages(let memory): memory.bytes
      case .none: []
      }
    }
    set {
      switch self {
      case .classic(var memory):
        memory.bytes = newValue
        self = .classic(memory)
      case .pages(var memory):
        memory.bytes = newValue
        self = .pages(memory)
      case .none: break
      }
    }
  }

  /// Whether Crypto1 is on at the card's end.
  var isAuthenticated: Bool {
    if case .classic(let memory) = self { memory.access != nil } else { false }
  }

  mutating func authenticate(block: Int, keyB: Bool, key: [UInt8]) -> Bool {
    guard case .classic(var memory) = self else { return false }
    defer { self = .classic(memory) }
    return memory.authenticate(block: block, keyB: keyB, key: key)
  }

  mutating func answer(to frame: BitFrame) -> MemoryAnswer {
    switch self {
    case .classic(var memory):
      defer { self = .classic(memory) }
      return memory.answer(to: frame)
    case .pages(var memory):
      defer { self = .pages(memory) }
      return memory.answer(to: frame)
    case .none: return .unknown
    }
  }

  /// Forgets what lives only while the card is selected: authentication and half-done commands.
  mutating func forget() {
    switch self {
    case .classic(var memory):
      memory.forget()
      self = .classic(memory)
    case .pages(var memory):
      memory.forget()
      self = .pages(memory)
    case .none: break
    }
  }
}
