import Foundation
import PiHAL
import Testing

/// What a thread of its own comes to: waits do not belong on the cooperative pool.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { done in
    Thread { done.resume(returning: body()) }.start()
  }
}

@Suite struct MonitorTests {
  @Test("A wait ends when the value is as wanted; each change is taken by one of those that wait")
  func change() async {
    let monitor = Monitor(0)
    let taken = await withTaskGroup(of: Int?.self) { group in
      for _ in 0..<3 {
        group.addTask {
          await onThread {
            monitor.wait(atMost: .seconds(300), until: { $0 > 0 }) { value -> Int? in
              defer { value -= 1 }
              return value
            }
          }
        }
      }
      for _ in 0..<3 { monitor.change { $0 += 1 } }
      return await group.reduce(into: 0) { $0 += $1 == nil ? 0 : 1 }
    }
    #expect(taken == 3)
    #expect(monitor.change { $0 } == 0)
  }

  @Test("A wait lasts for its limit by the monotonic clock, whatever changes meanwhile")
  func limit() async {
    let monitor = Monitor(0)
    let clock = SystemClock()
    let limit = Duration.milliseconds(60)
    let begin = clock.now
    let isWanted = await withTaskGroup(of: Bool?.self) { group in
      group.addTask { await onThread { monitor.wait(atMost: limit) { $0 < 0 } } }
      group.addTask {
        await onThread {
          // Wakes it for nothing.
          for _ in 0..<5 { monitor.change { $0 += 1 } }
          return nil
        }
      }
      return await group.reduce(into: true) { $0 = $0 && $1 != false }
    }
    #expect(!isWanted)
    #expect(begin.duration(to: clock.now) >= limit)
  }

  @Test("No time to wait only looks")
  func look() {
    let monitor = Monitor("there")
    #expect(monitor.wait(atMost: .zero) { $0 == "there" })
    #expect(!monitor.wait(atMost: .zero) { $0 == "elsewhere" })
    #expect(!monitor.wait(atMost: .seconds(-1)) { $0 == "elsewhere" })
  }

  @Test("What it holds is let go with it")
  func release() {
    final class Held: Sendable {}
    weak var held: Held?
    do {
      let object = Held()
      held = object
      let monitor = Monitor([object])
      #expect(monitor.change { $0.count } == 1)
    }
    #expect(held == nil)
  }
}
