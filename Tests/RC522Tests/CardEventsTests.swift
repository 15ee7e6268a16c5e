import PiHAL
import RC522
import Testing
import VirtualPi

@Suite struct CardEventsTests {
  /// Answers each poll with the next of its steps, then with nothing.
  private final class ScriptedReader: CardReader {
    let silenceBeforeRemoval = Duration.zero
    private var steps: [Result<[CardEvent], RC522Error>]
    private(set) var polls = 0

    init(_ steps: [Result<[CardEvent], RC522Error>]) { self.steps = steps }

    func poll() throws(RC522Error) -> [CardEvent] {
      polls += 1
      return steps.isEmpty ? [] : try steps.removeFirst().get()
    }
  }

  @Test("Events come one by one; a reader that does not answer is told once for each reason, and goes on")
  func sequence() async throws {
    let (first, second) = (try #require(UID("04a1b2c3")), try #require(UID("deadbeef")))
    func fault(_ problem: String, _ remedy: String) -> Result<[CardEvent], RC522Error> {
      .failure(RC522Error(.readerHung, place: "reader", problem: problem, remedy: remedy))
    }
    let reader = ScriptedReader([
      .success([]), .success([.appeared(first), .appeared(second)]), fault("hangs", "next in 1 s"),
      fault("hangs", "next in 2 s"), fault("is missing", ""), .success([]), fault("hangs", ""),
      .success([.removed(second)]),
    ])
    var faults: [String] = []
    var events: [CardEvent] = []
    for await event in reader.events(every: .zero, onFault: { faults.append($0.problem) }) {
      events.append(event)
      if event == .removed(second) { break }
    }
    #expect(events == [.appeared(first), .appeared(second), .removed(second)])
    #expect(faults == ["hangs", "is missing", "hangs"])
    #expect(reader.polls == 8)
  }

  @Test("The sequence ends with its task")
  func cancelled() async {
    let task = Task {
      var count = 0
      for await _ in ScriptedReader([]).events(every: .seconds(3600)) { count += 1 }
      return count
    }
    task.cancel()
    #expect(await task.value == 0)
  }

  @Test("A card of the virtual reader, named as it is printed")
  func virtualCard() async throws {
    let chip = VirtualMFRC522(clock: VirtualClock())
    chip.place(VirtualCard(uid: "04:A1:B2:C3:D4:E5:F6", product: .ntag213))
    let reader = RC522Reader(chip: MFRC522(spi: chip.spiDevice(), clock: VirtualClock()))
    for await event in reader.events(every: .zero) {
      #expect(event == .appeared(try #require(UID("04a1b2c3d4e5f6"))))
      break
    }
  }
}
