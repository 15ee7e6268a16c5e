import DaemonKit
import Foundation
import Testing

@Suite struct LocalCalendarTests {
  @Test(arguments: [
    ("UTC", "2026-07-01T12:00:00Z", "2026-07-01 12:00:00"),
    ("Europe/Zurich", "2026-07-01T22:30:00Z", "2026-07-02 00:30:00"),
    ("Europe/Zurich", "2026-12-31T23:00:00Z", "2027-01-01 00:00:00"),
    ("America/New_York", "2026-01-01T04:59:59Z", "2025-12-31 23:59:59"),
    ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-01 05:45:00"),
    ("UTC", "1969-12-31T23:59:59Z", "1969-12-31 23:59:59"),
    ("UTC", "2024-02-29T00:00:00Z", "2024-02-29 00:00:00"),
  ])
  func theZonesClocksShow(zone: String, time: String, text: String) throws {
    let calendar = try #require(LocalCalendar(zone: zone))
    let time = try #require(WallTime(time))
    #expect(calendar.civil(time).description == text)
    #expect(calendar.time(try #require(CivilTime(text))) == time)
  }

  /// In 2026 clocks in Zurich go from 2 to 3 on 29 March and from 3 to 2 on 25 October.
  @Test(arguments: [
    ("2026-03-29 01:59:59", "2026-03-29T00:59:59Z"), ("2026-03-29 02:30:00", "2026-03-29T01:30:00Z"),
    ("2026-03-29 03:00:00", "2026-03-29T01:00:00Z"), ("2026-10-25 02:30:00", "2026-10-25T00:30:00Z"),
    ("2026-10-25 03:00:00", "2026-10-25T02:00:00Z"), ("2026-10-25 00:00:00", "2026-10-24T22:00:00Z"),
  ])
  func aChangeOfTheClocksIsPassed(local: String, time: String) throws {
    let zurich = try #require(LocalCalendar(zone: "Europe/Zurich"))
    #expect(zurich.time(try #require(CivilTime(local))).description == time.replacing("Z", with: ".000Z"))
  }

  /// Beirut leaves midnight out when summer time begins.
  @Test func aDayWithoutMidnightBeginsAtItsFirstMoment() throws {
    let beirut = try #require(LocalCalendar(zone: "Asia/Beirut"))
    let day = try #require(CivilDate("2026-03-29"))
    #expect(beirut.civil(beirut.start(of: day)).description == "2026-03-29 01:00:00")
  }

  /// From 1583 on: the formatter has Julian dates before.
  @Test func daysInUTCAgreeWithTheFormatter() {
    for number in stride(from: -141_000, to: 2_900_000, by: 97) {
      let date = CivilDate(number: number)
      let text = date.startInUTC.description.prefix(10)
      let last = WallTime(milliseconds: date.startInUTC.milliseconds + 86_399_999)
      if date.description != text || date.month != text.prefix(7) || CivilDate(utc: last) != date {
        Issue.record("\(number): \(date), \(text)")
      }
    }
    #expect(CivilDate(utc: WallTime(milliseconds: -1)).description == "1969-12-31")
  }

  @Test func everyDayFollowsTheOneBefore() throws {
    var date = try #require(CivilDate("1999-12-31"))
    let calendar = Calendar(identifier: .gregorian)
    for _ in 0..<1500 {
      let next = date.adding(days: 1)
      #expect(date < next)
      #expect(CivilDate(date.description) == date)
      let reference = Date(timeIntervalSince1970: Double(date.number) * 86_400)
      #expect(reference.ISO8601Format().hasPrefix(date.description))
      #expect((calendar.component(.weekday, from: reference) + 5) % 7 == date.weekday)
      date = next
    }
    #expect(date.description == "2004-02-08")
  }

  @Test(arguments: [
    "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "0000-01-01", "2026-01-01 ", "garbage", "",
    "2026/01/01", "２０２６-01-01", "+026-01-01",
  ])
  func whatIsNoDayIsNone(text: String) { #expect(CivilDate(text) == nil) }

  @Test(arguments: [
    "2026-01-01", "2026-01-01 24:00:00", "2026-01-01 10:60", "2026-01-01 10:00:60", "2026-01-01x10:00",
    "garbage", "2026-01-01 10:00:0", "2026-02-30 10:00:00",
  ])
  func whatIsNoTimeIsNone(text: String) { #expect(CivilTime(text) == nil) }

  @Test(arguments: [("00:00", 0), ("23:59", 86_340), ("23:59:59", 86_399), ("7:00", nil), ("24:00", nil)])
  func aTimeOfDayIsRead(text: String, second: Int?) { #expect(CivilTime.secondOfDay(text) == second) }
}
