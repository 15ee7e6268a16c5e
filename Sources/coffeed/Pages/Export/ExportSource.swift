import Synchronization

/// An export on its way out, piece by piece.
final class ExportSource: Sendable {
  private let state: Mutex<AnyIterator<[UInt8]>>

  init(_ export: BooksExport) { state = Mutex(AnyIterator(export.makeIterator())) }

  /// The next piece; nil at the end.
  func next(atLeast size: Int) -> [UInt8]? {
    state.withLock { iterator in
      var piece: [UInt8] = []
      while piece.count < size, let part = iterator.next() { piece += part }
      return piece.isEmpty ? nil : piece
    }
  }
}
