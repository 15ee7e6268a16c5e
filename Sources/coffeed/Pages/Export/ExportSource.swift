import Synchronization

/// An export on its way out, piece by piece.
final class ExportSource: Sendable {
  private let pieces: Mutex<BooksExport.Iterator>

  init(_ export: BooksExport) { pieces = Mutex(export.makeIterator()) }

  /// The next piece; nil at the end.
  func next() -> [UInt8]? { pieces.withLock { $0.next() } }
}
