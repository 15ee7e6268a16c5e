#if os(Linux)
  /// Puts values into a packet: little-endian integers, texts and lists with their length before them.
  struct PacketWriter {
    private(set) var packet: [UInt8] = []

    mutating func add<Value: FixedWidthInteger>(_ value: Value) {
      withUnsafeBytes(of: value.littleEndian) { packet += $0 }
    }

    /// Texts are cut at 1000 bytes, which keeps every packet below a socket's limit.
    mutating func add(_ text: String) {
      let bytes = text.utf8.prefix(1000)
      add(UInt16(bytes.count))
      packet += bytes
    }

    mutating func add(_ levels: [Bool]) {
      add(UInt8(clamping: levels.count))
      packet += levels.map { $0 ? 1 : 0 }
    }

    mutating func add(_ error: PiHALError) {
      add(UInt8(clamping: PiHALError.Kind.all.firstIndex(of: error.kind) ?? 0))
      add(error.place)
      add(error.problem)
      add(error.remedy)
      add(error.errorNumber ?? 0)
    }
  }

  /// Takes values out of a packet in the order in which ``PacketWriter`` put them in.
  struct PacketReader {
    private var rest: ArraySlice<UInt8>

    /// The packet ended too soon or holds a value that does not exist.
    struct Malformed: Error {}

    init(_ packet: [UInt8]) { rest = packet[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take<Value: FixedWidthInteger & UnsignedInteger>(_: Value.Type) throws(Malformed) -> Value {
      let bytes = try take(Value.bitWidth / 8)
      return bytes.reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    /// A duration; nil where none was given.
    mutating func takeDuration() throws(Malformed) -> Duration? {
      let nanoseconds = try take(UInt64.self)
      return nanoseconds == 0 ? nil : .nanoseconds(Int64(clamping: nanoseconds))
    }

    mutating func takeText() throws(Malformed) -> String {
      String(decoding: try take(Int(try take(UInt16.self))), as: UTF8.self)
    }

    mutating func takeLevels() throws(Malformed) -> [Bool] {
      try take(Int(try take(UInt8.self))).map { $0 != 0 }
    }

    mutating func takeError() throws(Malformed) -> PiHALError {
      let kind = Int(try take(UInt8.self))
      guard PiHALError.Kind.all.indices.contains(kind) else { throw Malformed() }
      let place = try takeText()
      let problem = try takeText()
      let remedy = try takeText()
      let number = Int32(bitPattern: try take(UInt32.self))
      return PiHALError(
        PiHALError.Kind.all[kind], place: place, problem: problem, remedy: remedy,
        errorNumber: number == 0 ? nil : number)
    }

    private mutating func take(_ count: Int) throws(Malformed) -> ArraySlice<UInt8> {
      guard rest.count >= count else { throw Malformed() }
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }
  }

  extension PiHALError.Kind {
    /// In the order in which packets number them.
    fileprivate static let all: [Self] = [
      .missing, .busy, .permissionDenied, .invalidRequest, .disconnected, .timedOut, .unsupported,
      .unexpected,
    ]
  }
#endif
