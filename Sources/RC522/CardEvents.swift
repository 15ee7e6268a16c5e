/// What a card reader notices, one event after the other; see ``CardReader/events(every:onFault:)``.
public struct CardEvents: AsyncSequence, AsyncIteratorProtocol {
  private let reader: any CardReader
  private let interval: Duration
  private let onFault: (RC522Error) -> Void
  private var waiting: [CardEvent] = []
  private var fault: RC522Error?

  init(of reader: any CardReader, every interval: Duration, onFault: @escaping (RC522Error) -> Void) {
    self.reader = reader
    self.interval = interval
    self.onFault = onFault
  }

  public func makeAsyncIterator() -> CardEvents { self }

  public mutating func next() async -> CardEvent? { await next(isolation: nil) }

  public mutating func next(isolation actor: isolated (any Actor)?) async -> CardEvent? {
    while !Task.isCancelled {
      if !waiting.isEmpty { return waiting.removeFirst() }
      do throws(RC522Error) {
        waiting = try reader.poll()
        fault = nil
      } catch {
        // The words on what is tried next change each time.
        if error.kind != fault?.kind || error.problem != fault?.problem { onFault(error) }
        fault = error
      }
      guard waiting.isEmpty else { continue }
      do { try await Task.sleep(for: interval) } catch { break }
    }
    return nil
  }
}

extension CardReader {
  /// What the reader notices, until the task is cancelled.
  ///
  /// ```swift
  /// for await event in reader.events(onFault: { print($0) }) { print(event) }
  /// ```
  ///
  /// The reader is polled where the loop runs, and nobody else may poll it meanwhile. A look holds its thread for as
  /// long as the bus takes, some milliseconds, and a bus that hangs holds it for good: a program that must go on then,
  /// or has deadlines to keep, calls ``poll()`` on a thread of its own.
  /// - Parameters:
  ///   - interval: the pause between two looks.
  ///   - onFault: called when the reader does not answer, once for each reason. It is reset and comes back by itself.
  public func events(
    every interval: Duration = .milliseconds(100), onFault: @escaping (RC522Error) -> Void = { _ in }
  ) -> CardEvents {
    CardEvents(of: self, every: interval, onFault: onFault)
  }
}
