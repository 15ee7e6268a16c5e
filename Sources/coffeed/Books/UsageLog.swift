import DaemonKit

/// One coffee, as the books hold it.
struct Usage: Equatable, Sendable {
  /// Counts the usages, from 1.
  var number: Int
  /// The user's number.
  var user: Int
  var time: WallTime
  var drink: Drink
  /// The place in ``UsageLog/drinkTexts`` of what an imported one is called; its `drink` is unknown then.
  var drinkText: Int?
  /// The invoice that it stands on.
  var invoice: Int?
  var isCancelled: Bool
}

/// The usages in hand, oldest first: a million of them in 18 MB.
///
/// They stand in pieces of a fixed count, each of which is a few columns. A usage's number says where it stands.
/// Copies of the log share their pieces, and a change copies one column of one piece at most.
struct UsageLog: Equatable, Sendable {
  /// How many usages a piece has: a month of a busy office.
  static let pieceSize = 8192

  /// Piece i holds of the numbers i × `pieceSize` + 1 up to (i + 1) × `pieceSize` those that are in hand.
  private(set) var pieces: [UsagePiece] = []
  /// The newest number that was given; 0 for none.
  private(set) var newestNumber = 0
  /// How many are in hand.
  private(set) var count = 0
  /// What imported drinks are called that are none of ``Drink``.
  private(set) var drinkTexts: [String] = []

  init() {}

  /// - Parameter pieces: as many as `newestNumber` numbers need.
  init(newestNumber: Int, pieces: [UsagePiece], drinkTexts: [String] = []) {
    self.newestNumber = newestNumber
    self.pieces = pieces
    self.drinkTexts = drinkTexts
    count = pieces.reduce(0) { $0 + $1.rows.count }
  }

  /// The usage of that number, if it is in hand.
  func usage(_ number: Int) -> Usage? {
    guard let (piece, row) = place(of: number) else { return nil }
    return pieces[piece].usage(row, first: Self.firstNumber(ofPiece: piece))
  }

  /// What an imported one is called.
  func drinkText(of usage: Usage) -> String? {
    usage.drinkText.flatMap { drinkTexts.indices.contains($0) ? drinkTexts[$0] : nil }
  }

  static func firstNumber(ofPiece index: Int) -> Int { index * pieceSize + 1 }

  private func place(of number: Int) -> (piece: Int, row: Int)? {
    guard number >= 1, number <= newestNumber else { return nil }
    let (piece, offset) = (number - 1).quotientAndRemainder(dividingBy: Self.pieceSize)
    return pieces[piece].row(ofOffset: offset).map { (piece, $0) }
  }

  // MARK: Changing

  /// Leaves the numbers up to this one out: the entries with those usages are lost.
  mutating func leaveOut(through number: Int) {
    while newestNumber < number {
      if newestNumber.isMultiple(of: Self.pieceSize) { pieces.append(UsagePiece()) }
      newestNumber += 1
    }
  }

  mutating func append(user: Int, time: WallTime, drink: Drink) {
    append(user: user, time: time, drinkCode: drink.code)
  }

  /// The code of a drink that is called so; that of an unknown one when there are too many texts already.
  mutating func drinkCode(of text: String) -> UInt8 {
    let place = drinkTexts.firstIndex(of: text) ?? drinkTexts.count
    guard place < Drink.mostTexts else { return Drink.unknown.code }
    if place == drinkTexts.count { drinkTexts.append(text) }
    return Drink.firstTextCode + UInt8(place)
  }

  /// - Parameter drinkCode: of a ``Drink``, or what ``drinkCode(of:)`` has given.
  mutating func append(user: Int, time: WallTime, drinkCode: UInt8) {
    if newestNumber.isMultiple(of: Self.pieceSize) { pieces.append(UsagePiece()) }
    pieces[pieces.count - 1].append(
      offset: newestNumber % Self.pieceSize, user: user, time: time.milliseconds, drinkCode: drinkCode)
    newestNumber += 1
    count += 1
    if newestNumber.isMultiple(of: Self.pieceSize) { pieces[pieces.count - 1].trim() }
  }

  mutating func setDrink(_ drink: Drink, of number: Int) {
    guard let (piece, row) = place(of: number) else { return }
    pieces[piece].drinks[row] = drink.code
  }

  mutating func setInvoice(_ invoice: Int, of number: Int) {
    guard let (piece, row) = place(of: number) else { return }
    pieces[piece].invoices[row] = UInt32(clamping: invoice)
  }

  mutating func cancel(_ number: Int) {
    guard let (piece, row) = place(of: number) else { return }
    pieces[piece].cancelled[row] = 1
  }

  /// Takes out the usages for which `isDue` says so, and calls `removed` with each of them.
  mutating func remove(where isDue: (Usage) -> Bool, _ removed: (Usage) -> Void) {
    for index in pieces.indices {
      let first = Self.firstNumber(ofPiece: index)
      let due = pieces[index].rows.filter { isDue(pieces[index].usage($0, first: first)) }
      if due.isEmpty { continue }
      for row in due { removed(pieces[index].usage(row, first: first)) }
      pieces[index].remove(rows: due)
      count -= due.count
    }
  }

  // MARK: Going through

  /// Calls `body` with each usage in hand from the newest to the oldest until it answers false.
  func forEachFromNewest(_ body: (Usage) -> Bool) {
    for index in pieces.indices.reversed() {
      let first = Self.firstNumber(ofPiece: index)
      for row in pieces[index].rows.reversed() where !body(pieces[index].usage(row, first: first)) { return }
    }
  }

  /// Calls `body` with each usage in hand whose number lies in a range, oldest first.
  func forEach(in numbers: ClosedRange<Int>, _ body: (Usage) -> Void) {
    let numbers = numbers.clamped(to: 1...max(1, newestNumber))
    let last = min((numbers.upperBound - 1) / Self.pieceSize, pieces.count - 1)
    var index = (numbers.lowerBound - 1) / Self.pieceSize
    while index <= last {
      let first = Self.firstNumber(ofPiece: index)
      for row in pieces[index].rows where numbers.contains(first + pieces[index].offset(ofRow: row)) {
        body(pieces[index].usage(row, first: first))
      }
      index += 1
    }
  }
}

/// Some thousand usages as columns; row i of each column is the same usage.
struct UsagePiece: Equatable, Sendable {
  /// The places of the rows within the piece's numbers; nil while none was taken out: row i is place i.
  private(set) var offsets: [UInt16]?
  private(set) var users: [UInt32] = []
  /// Milliseconds since 1970.
  private(set) var times: [Int64] = []
  fileprivate(set) var drinks: [UInt8] = []
  /// 0 for none.
  fileprivate(set) var invoices: [UInt32] = []
  /// 1 for cancelled, else 0.
  fileprivate(set) var cancelled: [UInt8] = []
  /// No time in the piece is before or after these. The clock may jump, so they say nothing about neighbours.
  private(set) var earliest = Int64.max
  private(set) var latest = Int64.min
  /// Whether no row is earlier than the one before it.
  private(set) var isInOrder = true

  init() {}

  /// - Parameter timeSteps: each time as its distance from the one before.
  init(
    offsets: [UInt16]?, users: [UInt32], timeSteps: [Int64], drinks: [UInt8], invoices: [UInt32],
    cancelled: [UInt8]
  ) {
    self.offsets = offsets
    self.users = users
    self.drinks = drinks
    self.invoices = invoices
    self.cancelled = cancelled
    var time: Int64 = 0
    times = timeSteps.map { step in
      time &+= step
      return time
    }
    lookAtTimes()
  }

  private mutating func lookAtTimes() {
    earliest = times.min() ?? .max
    latest = times.max() ?? .min
    isInOrder = zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }
  }

  var rows: Range<Int> { users.indices }

  /// The rows by their times; nil when they stand so.
  var rowsByTime: [UInt16]? {
    isInOrder ? nil : rows.map { UInt16($0) }.sorted { (times[Int($0)], $0) < (times[Int($1)], $1) }
  }

  func offset(ofRow row: Int) -> Int { offsets.map { Int($0[row]) } ?? row }

  func row(ofOffset offset: Int) -> Int? {
    guard let offsets else { return offset < users.count ? offset : nil }
    var range = 0..<offsets.count
    while !range.isEmpty {
      let middle = (range.lowerBound + range.upperBound) / 2
      if Int(offsets[middle]) == offset { return middle }
      range = Int(offsets[middle]) < offset ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return nil
  }

  func usage(_ row: Int, first: Int) -> Usage {
    Usage(
      number: first + offset(ofRow: row), user: Int(users[row]), time: WallTime(milliseconds: times[row]),
      drink: Drink(code: drinks[row]), drinkText: Drink.textPlace(ofCode: drinks[row]),
      invoice: invoices[row] == 0 ? nil : Int(invoices[row]),
      isCancelled: cancelled[row] != 0)
  }

  fileprivate mutating func append(offset: Int, user: Int, time: Int64, drinkCode: UInt8) {
    if offsets == nil, offset != users.count { offsets = rows.map { UInt16($0) } }
    offsets?.append(UInt16(offset))
    users.append(UInt32(clamping: user))
    times.append(time)
    drinks.append(drinkCode)
    invoices.append(0)
    cancelled.append(0)
    isInOrder = isInOrder && time >= latest
    earliest = min(earliest, time)
    latest = max(latest, time)
  }

  /// Gives back the room that growing columns have left, which is as much again.
  fileprivate mutating func trim() {
    users = users.map { $0 }
    times = times.map { $0 }
    drinks = drinks.map { $0 }
    invoices = invoices.map { $0 }
    cancelled = cancelled.map { $0 }
  }

  fileprivate mutating func remove(rows due: [Int]) {
    let due = Set(due)
    let kept = rows.filter { !due.contains($0) }
    offsets = kept.map { UInt16(offset(ofRow: $0)) }
    users = kept.map { users[$0] }
    times = kept.map { times[$0] }
    drinks = kept.map { drinks[$0] }
    invoices = kept.map { invoices[$0] }
    cancelled = kept.map { cancelled[$0] }
    lookAtTimes()
  }
}

extension Drink {
  /// The codes from here on are those of texts.
  static let firstTextCode: UInt8 = 16
  static let mostTexts = Int(UInt8.max - firstTextCode) + 1

  /// The place among the texts; nil for a code that is no text's.
  static func textPlace(ofCode code: UInt8) -> Int? {
    code >= firstTextCode ? Int(code - firstTextCode) : nil
  }

  /// How it stands in a column.
  var code: UInt8 {
    switch self {
    case .unknown: 0
    case .single: 1
    case .double: 2
    case .steam: 3
    }
  }

  init(code: UInt8) {
    switch code {
    case 1: self = .single
    case 2: self = .double
    case 3: self = .steam
    default: self = .unknown
    }
  }
}
