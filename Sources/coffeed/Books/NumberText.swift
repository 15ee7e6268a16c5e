/// A column of whole numbers as one text: decimal numbers with a blank between them, a run of equal ones as
/// `7x120`. It can be read by eye, and costs a hundredth of what a JSON array of as many numbers costs.
enum NumberText {
  /// What is wrong with a text.
  struct Unreadable: Error, CustomStringConvertible {
    var description: String
  }

  /// The longest run that is believed, so that a damaged text cannot fill the memory.
  static let longestRun = 1 << 24

  static func write(_ numbers: some Sequence<Int64>) -> String {
    var bytes: [UInt8] = []
    var run: (number: Int64, count: Int)?
    func end(_ run: (number: Int64, count: Int)) {
      if !bytes.isEmpty { bytes.append(blank) }
      append(run.number, to: &bytes)
      if run.count > 1 {
        bytes.append(times)
        append(Int64(run.count), to: &bytes)
      }
    }
    for number in numbers {
      if let now = run, now.number == number {
        run = (number, now.count + 1)
      } else {
        if let run { end(run) }
        run = (number, 1)
      }
    }
    if let run { end(run) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Calls `body` with each number in turn.
  /// - Returns: how many there are.
  @discardableResult
  static func read(_ text: String, _ body: (Int64) throws -> Void) throws -> Int {
    var text = text
    return try text.withUTF8 { bytes in
      var position = 0
      var count = 0
      while position < bytes.count {
        let number = try integer(bytes, &position)
        var run = 1
        if position < bytes.count, bytes[position] == times {
          position += 1
          run = Int(try integer(bytes, &position))
          guard (1...longestRun).contains(run) else {
            throw Unreadable(description: "a run of \(run) numbers cannot be")
          }
        }
        if position < bytes.count {
          guard bytes[position] == blank, position + 1 < bytes.count else {
            throw Unreadable(description: "a number should stand at byte \(position)")
          }
          position += 1
        }
        for _ in 0..<run { try body(number) }
        count += run
      }
      return count
    }
  }

  /// The numbers of a text.
  static func numbers(_ text: String) throws -> [Int64] {
    var numbers: [Int64] = []
    try read(text) { numbers.append($0) }
    return numbers
  }

  /// Numbers of a text that holds each as its distance from the one before.
  static func numbersFromSteps(_ text: String) throws -> [Int64] {
    var numbers: [Int64] = []
    var last: Int64 = 0
    try read(text) { step in
      last &+= step
      numbers.append(last)
    }
    return numbers
  }

  /// A text that holds each number as its distance from the one before, which is short for rising ones.
  static func writeSteps(_ numbers: some Sequence<Int64>) -> String {
    var last: Int64 = 0
    return write(
      numbers.map { number in
        defer { last = number }
        return number &- last
      })
  }

  private static let blank = UInt8(ascii: " ")
  private static let times = UInt8(ascii: "x")
  private static let minus = UInt8(ascii: "-")
  private static let zero = UInt8(ascii: "0")

  private static func integer(
    _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int
  ) throws -> Int64 {
    let start = position
    let isNegative = position < bytes.count && bytes[position] == minus
    if isNegative { position += 1 }
    let firstDigit = position
    // Negative, because the smallest number has no positive counterpart.
    var number: Int64 = 0
    while position < bytes.count, bytes[position] &- zero < 10 {
      let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, sumOverflow) = tenfold.subtractingReportingOverflow(Int64(bytes[position] - zero))
      if overflow || sumOverflow { throw Unreadable(description: "the number at byte \(start) is too large") }
      number = sum
      position += 1
    }
    guard position > firstDigit, isNegative || number > .min else {
      throw Unreadable(description: "a number should stand at byte \(start)")
    }
    return isNegative ? number : -number
  }

  private static func append(_ number: Int64, to bytes: inout [UInt8]) {
    if number < 0 { bytes.append(minus) }
    var rest = number.magnitude
    let start = bytes.count
    repeat {
      bytes.append(zero + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    bytes[start...].reverse()
  }
}
