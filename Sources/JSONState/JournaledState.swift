public import Foundation

/// A state that is nothing but the sum of its entries.
///
/// The entries are the truth and are kept for ever; the state is what they add up to, and can be had again
/// from them at any time. So ``apply(_:)`` must be a pure function of the state and the record: no clock, no
/// randomness, no I/O, and it may neither fail nor refuse (what is refused is refused before it is recorded,
/// in ``StateStore/transact(_:)``).
///
/// ```swift
/// struct Cards: JournaledState {
///   enum Entry: Codable, Sendable { case topUp(card: String, cents: Int) }
///   static let formatVersion = 1
///   var balances: [String: Int] = [:]
///   mutating func apply(_ record: JournalRecord<Entry>) {
///     switch record.entry {
///     case .topUp(let card, let cents): balances[card, default: 0] += cents
///     }
///   }
/// }
/// ```
///
/// State and entries must come back from JSON exactly as they went in; integers, texts and enums do.
public protocol JournaledState: Codable, Equatable, Sendable {
  /// What happened, in the domain's own words.
  associatedtype Entry: Codable, Sendable

  /// The version of this state's and its entries' JSON, from 1 up. Raise it when either changes: files of a
  /// newer version are refused, and a snapshot of an older one is replaced by adding up all entries again.
  /// Entries of older versions must therefore stay decodable.
  static var formatVersion: Int { get }

  /// The state before the first entry.
  init()

  /// Adds one entry.
  mutating func apply(_ record: JournalRecord<Entry>)
}

/// An entry in its place in the journal.
public struct JournalRecord<Entry> {
  /// Its number: 1, 2, 3 and so on without gaps, over the whole life of the directory.
  public let number: Int
  /// The wall clock when it was recorded, to the millisecond. It may jump, also backwards; order is by number.
  public let date: Date
  /// What happened.
  public let entry: Entry

  public init(number: Int, date: Date, entry: Entry) {
    self.number = number
    self.date = date
    self.entry = entry
  }
}

extension JournalRecord: Sendable where Entry: Sendable {}
extension JournalRecord: Equatable where Entry: Equatable {}

/// What a decision sees and records: see ``StateStore/transact(_:)``.
public struct Transaction<State: JournaledState> {
  /// The newest state, with all that was recorded before in this and in earlier transactions.
  public private(set) var state: State
  /// The date that entries of this transaction get.
  public internal(set) var date: Date
  /// The number that the next entry gets.
  public private(set) var nextNumber: Int
  /// What this transaction recorded so far.
  var recorded: [JournalRecord<State.Entry>] = []

  init(state: State, lastNumber: Int, date: Date) {
    self.state = state
    self.nextNumber = lastNumber + 1
    self.date = date
  }

  mutating func takeRecorded() -> [JournalRecord<State.Entry>] {
    defer { recorded.removeAll() }
    return recorded
  }

  /// Records an entry. All entries of a transaction become durable together or not at all.
  public mutating func record(_ entry: State.Entry) {
    let record = JournalRecord(number: nextNumber, date: date, entry: entry)
    nextNumber += 1
    recorded.append(record)
    state.apply(record)
  }
}
