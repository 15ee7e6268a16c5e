import Synchronization

/// An export on its way out, piece by piece.
final class ExportSource: Sendable {
  private let state: Mutex<AnyIterator<String>>

  init(_ export: BooksExport) { state = Mutex(export.makeIterator()) }

  /// The next piece; nil at the end.
  func next(atLeast size: Int) -> String? {
    state.withLock { iterator in
      var piece = ""
      while piece.utf8.count < size, let part = iterator.next() { piece += part }
      return piece.isEmpty ? nil : piece
    }
  }
}
