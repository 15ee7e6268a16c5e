import DaemonKit
import PanelKit
import PiHAL
import Synchronization

/// Pages that were drawn already, as long as the books stay as they are.
///
/// It holds a bounded number of bytes and forgets what was not asked for the longest. A page that several ask
/// for at once is drawn once. Drawing has its own place: what takes long there leaves the other pages alone.
final class PageCache: Sendable {
  /// All that a page's look depends on besides the books.
  struct Key: Hashable, Sendable {
    /// Its address, in one spelling.
    var address: String
    var language: String
    /// What its reader may see and do.
    var reader: PageReader
    var today: CivilDate
  }

  /// What was drawn, and until when it is true, that moment included.
  struct Drawing: Sendable {
    var html: String
    /// Nil while the books stay as they are.
    var until: MonotonicInstant?
  }

  private struct Entry: Sendable {
    var generation: UInt64
    var drawing: Drawing
  }
  private struct Running: Sendable {
    var generation: UInt64
    var task: Task<Drawing, Never>
  }
  private struct State: Sendable {
    var entries: RecentlyUsed<Key, Entry>
    var running: [Key: Running] = [:]
  }

  private let state: Mutex<State>
  private let drawer: DrawingQueue

  /// - Parameter capacity: how many bytes of pages are kept.
  init(capacity: Int = 4 << 20, drawer: DrawingQueue = DrawingQueue()) {
    state = Mutex(State(entries: RecentlyUsed(capacity: capacity)))
    self.drawer = drawer
  }

  /// How many bytes of pages are kept at this moment.
  var size: Int { state.withLock(\.entries.size) }

  /// The page of `key`, drawn by `draw` unless it was drawn for this generation of the books already.
  func page(
    _ key: Key, generation: UInt64, at now: MonotonicInstant, draw: @escaping @Sendable () -> Drawing
  ) async -> String {
    let (found, task): (String?, Task<Drawing, Never>?) = state.withLock { state in
      if let entry = state.entries.value(key), entry.generation == generation,
        entry.drawing.until.map({ now <= $0 }) ?? true
      {
        return (entry.drawing.html, nil)
      }
      if let running = state.running[key], running.generation == generation { return (nil, running.task) }
      let task = Task { [drawer] in await drawer.draw(draw) }
      state.running[key] = Running(generation: generation, task: task)
      return (nil, task)
    }
    if let found { return found }
    guard let drawing = await task?.value else { return "" }
    state.withLock { state in
      if state.running[key]?.generation == generation { state.running[key] = nil }
      if let old = state.entries.value(key), old.generation > generation { return }
      state.entries.insert(
        Entry(generation: generation, drawing: drawing), for: key, size: drawing.html.utf8.count)
    }
    return drawing.html
  }
}
