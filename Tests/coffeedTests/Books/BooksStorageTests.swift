import DaemonTesting
import DaemonKit
import Foundation
import JSONState
import JSONStateTesting
import Testing

@testable import coffeed

/// The books over a disk that fails at every call in turn: nothing granted that is not on record, nothing done by
/// half, nothing of an erased person left; and sound books once the disk is well again.
@Suite(.ownThreads) struct BooksStorageTests {
  /// What an office does in a day. Every request has its id, so that it can be asked for again.
  private enum Deed: Sendable {
    case lock(LockRequest)
    case command(BooksCommand, CommandID)
  }

  private static let day: [Deed] = [
    .command(.addUser(.bob, UserChange(userName: "bob", name: "Bob")), CommandID("add")),
    .lock(.present(.of(.bob, "one"))),
    .command(.changeUser(.bob, UserChange(name: "Robert", hidden: true)), CommandID("rename")),
    .lock(.present(.of(.stranger, "two"))),
    .lock(.activationEnded(ActivationID("one"), drinks: 0, allSeen: true)),
    .command(.createBatch(until: nil), CommandID("batch")),
    .lock(.present(.of(.ada, "three"))),
    .command(.undo(usage: 2), CommandID("undo")),
    .command(.eraseUser(.ada), CommandID("erase")),
    .lock(.present(.of(.ada, "four"))),
    .lock(.present(.of(.bob, "five"))),
  ]

  private enum Answer: Equatable {
    case lock(LockAnswer)
    case command(BooksOutcome)
    case refused(BooksError)
    case failed(String)

    var isFailure: Bool {
      switch self {
      case .failed, .lock(.failed): true
      default: false
      }
    }
  }

  private static let directory = "/var/lib/coffeed"

  private func open(_ disk: SimulatedDisk, _ clock: ManualClock) async throws -> StoredBooks {
    // A snapshot every few entries, so that its calls are among those that fail.
    try await StoredBooks.open(
      directory: Self.directory, boot: "boot", policy: SnapshotPolicy(entries: 4), fileSystem: disk,
      clock: clock, now: { Date(timeIntervalSince1970: 1_790_000_000) })
  }

  private func started(_ disk: SimulatedDisk, _ clock: ManualClock) async throws -> StoredBooks {
    let books = try await open(disk, clock)
    try await books.add(.ada, "Augusta")
    return books
  }

  private func ask(_ deed: Deed, _ books: StoredBooks) async -> Answer {
    switch deed {
    case .lock(let request): return .lock(await books.ask(request))
    case .command(let command, let id):
      do {
        return .command(try await books.carryOut(command, id: id))
      } catch let error as BooksError {
        return .refused(error)
      } catch {
        return .failed("\(error)")
      }
    }
  }

  /// The calls of a day without faults, and what is answered.
  private func soundDay() async throws -> (calls: ClosedRange<Int>, answers: [Answer], reading: BooksReading)
  {
    let disk = SimulatedDisk()
    let books = try await started(disk, ManualClock())
    let first = disk.calls.count + 1
    var answers: [Answer] = []
    for deed in Self.day { answers.append(await ask(deed, books)) }
    try #require(!answers.contains { $0.isFailure })
    return (first...disk.calls.count, answers, books.reading)
  }

  enum Fault: CaseIterable {
    case once, from, full

    func strike(_ disk: SimulatedDisk, at call: Int) {
      switch self {
      case .once: disk.fail(call: call, with: EIO)
      case .from: disk.fail(fromCall: call, with: ENOSPC)
      case .full:
        disk.observe { [weak disk] _ in
          if let disk, disk.calls.count + 1 == call { disk.fill(leaving: 30) }
        }
      }
    }
  }

  @Test(arguments: Fault.allCases)
  func aFailingDiskSpoilsNothing(_ fault: Fault) async throws {
    let (calls, sound, soundReading) = try await soundDay()
    var failures = 0
    for call in calls {
      let disk = SimulatedDisk()
      let clock = ManualClock()
      let books = try await started(disk, clock)
      fault.strike(disk, at: call)
      let place: Comment = "\(fault) at call \(call)"
      var answers: [Answer] = []
      for deed in Self.day {
        let answer = await ask(deed, books)
        answers.append(answer)
        if answer.isFailure { failures += 1 }
        // What was said to be done is on the disk, whatever happens next.
        if case .lock(.granted(let usage, _)) = answer {
          let copy = try await open(disk.copy(isDurable: false), clock)
          #expect(copy.reading.state.usages.usage(usage) != nil, place)
        }
        clock.sleep(for: .seconds(1))
      }
      // Somebody makes room, and everything is asked for once more.
      disk.observe(nil)
      disk.heal()
      clock.sleep(for: .seconds(3))
      for (index, deed) in Self.day.enumerated() {
        let again = await ask(deed, books)
        #expect(!again.isFailure, "\(place): \(again)")
        expect(again, like: answers[index], place)
      }
      if answers == sound { #expect(books.reading.users() == soundReading.users(), place) }
      guard case .lock(.granted) = await ask(.lock(.present(.of(.bob, "six"))), books) else {
        Issue.record("\(place): Bob is not let in")
        continue
      }
      try check(books, disk, place)
    }
    #expect(failures > calls.count / 2)
  }

  @Test(arguments: [0, 0.5, 1, 2])
  func aPowerCutAtEveryCallSpoilsNothing(share: Double) async throws {
    let (calls, _, _) = try await soundDay()
    for call in calls {
      let disk = SimulatedDisk()
      let clock = ManualClock()
      var books = try await started(disk, clock)
      disk.endPower(atCall: call)
      let place: Comment = "power cut at call \(call), keeping \(share)"
      var told: [(Deed, Answer)] = []
      for deed in Self.day where disk.calls.count < call {
        let answer = await ask(deed, books)
        if disk.calls.count < call { told.append((deed, answer)) }
      }
      disk.cutPower(keeping: share > 1 ? .everything : .share(share))
      books = try await open(disk, clock)
      // Opening has finished what was interrupted.
      let erased = Set(books.reading.users().filter(\.isErased).map(\.token))
      if erased.contains(.ada) { #expect(!holds(disk, "Augusta"), place) }
      if !erased.contains(.ada) { #expect(books.reading.user(.ada)?.person.name == "Augusta", place) }
      if let bob = books.reading.user(.bob) {
        // Name and flag are changed together.
        #expect(bob.person.name == (bob.hidden ? "Robert" : "Bob"), place)
      }
      for (deed, answer) in told {
        let again = await ask(deed, books)
        expect(again, like: answer, place)
      }
      for deed in Self.day {
        let answer = await ask(deed, books)
        #expect(!answer.isFailure, "\(place): \(answer)")
      }
      try check(books, disk, place)
    }
  }

  /// What was answered is answered again. A guest may have been renamed or erased meanwhile, and a command that
  /// was refused may be possible by now.
  private func expect(_ again: Answer, like answer: Answer, _ place: Comment) {
    switch (answer, again) {
    case (.failed, _), (.lock(.failed), _), (.refused, _): break
    case (.lock(.granted(let usage, _)), .lock(.granted(let other, _))): #expect(usage == other, place)
    default: #expect(again == answer, place)
    }
  }

  private func holds(_ disk: SimulatedDisk, _ word: String) -> Bool {
    disk.paths.contains { path in (disk[path] ?? []).firstRange(of: Array(word.utf8)) != nil }
  }

  /// After all deeds were done, some of them again and again.
  private func check(_ books: StoredBooks, _ disk: SimulatedDisk, _ place: Comment) throws {
    #expect(!holds(disk, "Augusta"), place)
    #expect(books.reading.user(.bob)?.person.name == "Robert", place)
    var activations: [ActivationID: Int] = [:]
    var onInvoices: [Int64] = []
    try books.store.forEachRecord { record in
      switch record.entry.event {
      case .usageLogged(let logged): activations[logged.activation, default: 0] += 1
      case .invoiceCreated(let invoice): onInvoices += try NumberText.numbersFromSteps(invoice.items)
      default: break
      }
    }
    #expect(activations.values.allSatisfy { $0 == 1 }, place)
    #expect(activations.count == books.reading.state.usages.newestNumber, place)
    #expect(Set(onInvoices).count == onInvoices.count, place)
    #expect(try books.store.verify().isSound, place)
  }
}
