/// The connections that there are, and which of them make room for others.
///
/// A server that takes no more once it is full is taken away by whoever holds connections. Here somebody new always
/// gets in: a connection makes room that answers nothing at the moment, of the client that has the most of them; when
/// all are in use, one of those.
struct ConnectionTable: Sendable {
  /// How many there may be.
  let most: Int
  /// How many one client may have; this machine's own may have any number, for a proxy has everybody's.
  let mostOfOneClient: Int

  private struct Entry {
    var client: String
    /// Rises with each use of any connection.
    var lastUse: UInt64
    /// Whether a request is being answered.
    var isBusy = false
  }
  private var entries: [UInt64: Entry] = [:]
  private var counts: [String: Int] = [:]
  private var uses: UInt64 = 0

  init(most: Int, mostOfOneClient: Int) {
    self.most = most
    self.mostOfOneClient = mostOfOneClient
  }

  var count: Int { entries.count }

  enum Admission: Equatable {
    case admitted
    /// After that connection was closed.
    case replacing(UInt64)
    /// The client has too many, all of them in use.
    case refused
  }

  /// Takes in a connection.
  mutating func open(_ id: UInt64, of client: String, isLoopback: Bool) -> Admission {
    var admission = Admission.admitted
    if !isLoopback, counts[client, default: 0] >= mostOfOneClient {
      guard let own = entries.filter({ $0.value.client == client && !$0.value.isBusy }).min(by: oldestFirst)
      else { return .refused }
      admission = .replacing(own.key)
    } else if entries.count >= most, let victim = entries.min(by: leastMissed) {
      admission = .replacing(victim.key)
    }
    if case .replacing(let old) = admission { close(old) }
    uses += 1
    entries[id] = Entry(client: client, lastUse: uses)
    counts[client, default: 0] += 1
    return admission
  }

  /// Notes that a request has come, or that the last one is answered.
  mutating func use(_ id: UInt64, isBusy: Bool) {
    uses += 1
    entries[id]?.lastUse = uses
    entries[id]?.isBusy = isBusy
  }

  mutating func close(_ id: UInt64) {
    guard let client = entries.removeValue(forKey: id)?.client else { return }
    let count = counts[client, default: 1] - 1
    counts[client] = count == 0 ? nil : count
  }

  private typealias Element = (key: UInt64, value: Entry)

  private func oldestFirst(_ one: Element, _ other: Element) -> Bool {
    one.value.lastUse < other.value.lastUse
  }

  private func leastMissed(_ one: Element, _ other: Element) -> Bool {
    if one.value.isBusy != other.value.isBusy { return !one.value.isBusy }
    let (ones, others) = (counts[one.value.client, default: 0], counts[other.value.client, default: 0])
    return ones == others ? oldestFirst(one, other) : ones > others
  }
}
