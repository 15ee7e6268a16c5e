import DaemonKit
import PiHAL
import Synchronization
import Testing

@testable import coffeed

@Suite(.timeLimit(.minutes(15))) struct PageCacheTests {
  private static func key(_ address: String) throws -> PageCache.Key {
    PageCache.Key(
      address: address, language: "en", reader: .writing, today: try #require(CivilDate("2026-11-25")))
  }
  private let now = MonotonicInstant(nanoseconds: 1000)

  @Test func aPageIsDrawnOncePerGeneration() async throws {
    let cache = PageCache()
    let key = try Self.key("/")
    let drawn = Counter()
    func page(_ generation: UInt64) async -> String {
      await cache.page(key, generation: generation, at: now) {
        PageCache.Drawing(html: "\(drawn.next())")
      }
    }
    #expect(await page(1) == "1")
    #expect(await page(1) == "1")
    #expect(await page(2) == "2")
    // Who looked at the books before keeps nothing older for those who come after.
    #expect(await page(1) == "3")
    #expect(await page(2) == "2")
  }

  @Test func aPageIsDrawnAnewWhenItsTimeIsOver() async throws {
    let cache = PageCache()
    let key = try Self.key("/")
    for (now, until, expected) in [(0, 10, "a"), (10, 20, "a"), (11, 20, "b"), (20, 30, "b")]
      as [(UInt64, UInt64, String)]
    {
      let html = await cache.page(key, generation: 1, at: MonotonicInstant(nanoseconds: now)) {
        PageCache.Drawing(html: expected, until: MonotonicInstant(nanoseconds: until))
      }
      #expect(html == expected)
    }
  }

  @Test func thosePagesGoThatWereNotAskedForTheLongest() async throws {
    let cache = PageCache(capacity: 1000)
    for number in 0..<100 {
      _ = await cache.page(try Self.key("/\(number)"), generation: 1, at: now) {
        PageCache.Drawing(html: String(repeating: "x", count: 100))
      }
      // The first one is asked for again and again.
      let first = await cache.page(try Self.key("/0"), generation: 1, at: now) {
        PageCache.Drawing(html: "drawn anew")
      }
      #expect(first.utf8.count == 100)
    }
    #expect(cache.size <= 1000)
  }

  @Test func whoAsksAtOnceWaitsForOneDrawing() async throws {
    let cache = PageCache()
    let key = try Self.key("/")
    let drawn = Counter()
    let pages = await withTaskGroup(of: String.self) { group in
      for _ in 0..<50 {
        group.addTask {
          await cache.page(key, generation: 1, at: MonotonicInstant(nanoseconds: 0)) {
            _ = drawn.next()
            return PageCache.Drawing(html: "page")
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(pages == Array(repeating: "page", count: 50))
    #expect(drawn.next() == 2)
  }
}

private final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock {
      $0 += 1
      return $0
    }
  }
}
