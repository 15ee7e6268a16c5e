import DaemonKit
import Testing

@testable import coffeed

@Suite struct NumberTextTests {
  @Test(
    arguments: [
      ([], ""), ([0], "0"), ([7, 7, 7], "7x3"), ([1, -2, -2, 30], "1 -2x2 30"),
      ([.max, .min], "9223372036854775807 -9223372036854775808"),
    ] as [([Int64], String)])
  func writesAndReads(numbers: [Int64], text: String) throws {
    #expect(NumberText.write(numbers) == text)
    #expect(try NumberText.numbers(text) == numbers)
    #expect(try NumberText.numbersFromSteps(NumberText.writeSteps(numbers)) == numbers)
  }

  @Test(arguments: [
    " ", "1 ", " 1", "1  2", "a", "1,2", "1x", "1x0", "1x-2", "x3", "--1", "-", "1x99999999999",
    "9223372036854775808", "99999999999999999999", "1.5",
  ])
  func refusesOthers(text: String) {
    #expect(throws: NumberText.Unreadable.self) { try NumberText.numbers(text) }
  }
}

@Suite struct UsageLogTests {
  /// Three pieces and a half.
  private static let log = {
    var log = UsageLog()
    for number in 1...(UsageLog.pieceSize * 7 / 2) {
      log.append(
        user: number % 50 + 1, time: WallTime(milliseconds: Int64(number) * 60_000 - 5_000_000),
        drink: .single)
    }
    return log
  }()

  @Test func aNumberLeadsToItsUsage() {
    let log = Self.log
    for number in [
      1, 2, UsageLog.pieceSize, UsageLog.pieceSize + 1, UsageLog.pieceSize * 3, log.newestNumber,
    ] {
      let usage = log.usage(number)
      #expect(usage?.number == number && usage?.user == number % 50 + 1)
      #expect(usage?.time.milliseconds == Int64(number) * 60_000 - 5_000_000)
    }
    #expect(log.usage(0) == nil && log.usage(log.newestNumber + 1) == nil && log.usage(-1) == nil)
  }

  @Test func changesAreOfOneUsage() {
    var log = Self.log
    log.setInvoice(70, of: UsageLog.pieceSize + 5)
    log.setDrink(.steam, of: UsageLog.pieceSize + 6)
    log.cancel(UsageLog.pieceSize + 7)
    #expect(log.usage(UsageLog.pieceSize + 5)?.invoice == 70)
    #expect(log.usage(UsageLog.pieceSize + 6)?.drink == .steam)
    #expect(log.usage(UsageLog.pieceSize + 7)?.isCancelled == true)
    #expect(zip(log.pieces, Self.log.pieces).map { $0 == $1 } == [true, false, true, true])
  }

  @Test func whatIsTakenOutIsGoneAndTheOthersKeepTheirNumbers() throws {
    var log = Self.log
    var removed = 0
    log.remove {
      $0.number % 3 == 0 || $0.number <= UsageLog.pieceSize
    } _: { _ in
      removed += 1
    }
    #expect(log.count == Self.log.count - removed)
    log.append(user: 9, time: WallTime(milliseconds: 1), drink: .unknown)
    for number in 1...log.newestNumber {
      let isGone = number % 3 == 0 && number < log.newestNumber || number <= UsageLog.pieceSize
      let expected = number == log.newestNumber ? 9 : isGone ? nil : Self.log.usage(number)?.user
      if log.usage(number)?.user != expected { Issue.record("usage \(number)") }
    }
    log.setInvoice(3, of: UsageLog.pieceSize * 2 + 4)
    #expect(log.usage(UsageLog.pieceSize * 2 + 4)?.invoice == 3)
    #expect(try coded(log) == log)
    var seen: [Int] = []
    log.forEach(in: UsageLog.pieceSize - 5...UsageLog.pieceSize + 5) { seen.append($0.number) }
    #expect(seen == (UsageLog.pieceSize + 1...UsageLog.pieceSize + 5).filter { $0 % 3 != 0 })
  }

  @Test func goesThroughFromTheNewest() {
    var seen: [Int] = []
    Self.log.forEachFromNewest { usage in
      seen.append(usage.number)
      return seen.count < UsageLog.pieceSize
    }
    #expect(seen.first == Self.log.newestNumber && seen.count == UsageLog.pieceSize)
    #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 == $1 + 1 })
  }

  @Test func copiesShareWhatDoesNotChange() {
    func places(_ log: UsageLog) -> [UnsafeRawPointer?] {
      log.pieces.flatMap { piece in
        [
          piece.users.withUnsafeBytes { $0.baseAddress }, piece.times.withUnsafeBytes { $0.baseAddress },
          piece.drinks.withUnsafeBytes { $0.baseAddress }, piece.invoices.withUnsafeBytes { $0.baseAddress },
          piece.cancelled.withUnsafeBytes { $0.baseAddress },
        ]
      }
    }
    let before = Self.log
    var after = before
    after.append(user: 1, time: WallTime(milliseconds: 0), drink: .unknown)
    after.setInvoice(7, of: 5)
    let changed = zip(places(before), places(after)).enumerated().filter { $0.element.0 != $0.element.1 }
    // Of the first piece the invoices, and the last piece.
    #expect(changed.map(\.offset) == [3, 15, 16, 17, 18, 19])
  }

  @Test func aUsageIsSmallInMemoryAndInTheSnapshot() throws {
    let piece = Self.log.pieces[0]
    let columns = [
      piece.users.capacity * 4, piece.times.capacity * 8, piece.drinks.capacity, piece.invoices.capacity * 4,
      piece.cancelled.capacity,
    ]
    #expect(columns.reduce(0, +) <= UsageLog.pieceSize * 20)
    #expect(try json(Self.log).utf8.count < Self.log.count * 12)
  }

  @Test func comesBackFromJSON() throws { #expect(try coded(Self.log) == Self.log) }

  @Test(arguments: [
    (#""users":"1x8192""#, #""users":"1x8191""#), (#""users":"1x8192""#, #""users":"-1x8192""#),
    (#""drinks":"0x8192""#, #""drinks":"0x8191 256""#), (#""newestNumber":8192"#, #""newestNumber":8193"#),
    (#""newestNumber":8192"#, #""newestNumber":-5"#),
  ])
  func damageIsNoticed(from good: String, to bad: String) throws {
    var log = UsageLog()
    for _ in 0..<UsageLog.pieceSize { log.append(user: 1, time: WallTime(milliseconds: 0), drink: .unknown) }
    let text = try json(log)
    try #require(text.contains(good))
    #expect(throws: DecodingError.self) {
      try decoded(text.replacing(good, with: bad), as: UsageLog.self)
    }
  }
}
