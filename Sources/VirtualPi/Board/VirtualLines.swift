import PiHAL

/// Output lines of a ``VirtualBoard``. They are set to their safe state and given back by ``close()`` or
/// when the object goes away.
public final class VirtualOutput: DigitalOutput {
  private let board: VirtualBoard
  private let id: UInt64
  private let lines: [Int]
  private let activeLow: Bool
  private let safe: [Bool]
  public private(set) var active: [Bool]

  init(board: VirtualBoard, id: UInt64, lines: [Int], activeLow: Bool, active: [Bool], safe: [Bool]) {
    self.board = board
    self.id = id
    self.lines = lines
    self.activeLow = activeLow
    self.active = active
    self.safe = safe
  }

  deinit { close() }

  public var lineCount: Int { lines.count }

  public func set(active: [Bool]) throws(PiHALError) {
    guard active.count == lines.count else {
      throw PiHALError(
        .invalidRequest, place: lines.map { "GPIO\($0)" }.joined(separator: ", "),
        problem: "need \(lines.count) states and were given \(active.count)")
    }
    try board.set(lines, levels: active.map { $0 != activeLow }, heldBy: id)
    self.active = active
  }

  /// Drives the safe state and gives the lines back; a second call does nothing.
  public func close() {
    board.release(lines, heldBy: id, leaving: safe.map { $0 != activeLow })
  }
}

/// Input lines of a ``VirtualBoard``, given back by ``close()`` or when the object goes away.
public final class VirtualInput: DigitalInput {
  private let board: VirtualBoard
  private let id: UInt64
  private let lines: [Int]
  private let activeLow: Bool

  init(board: VirtualBoard, id: UInt64, lines: [Int], activeLow: Bool) {
    self.board = board
    self.id = id
    self.lines = lines
    self.activeLow = activeLow
  }

  deinit { close() }

  public var lineCount: Int { lines.count }

  public func read() throws(PiHALError) -> [Bool] {
    try board.read(lines, heldBy: id).map { $0 != activeLow }
  }

  /// Gives the lines back; a second call does nothing.
  public func close() { board.release(lines, heldBy: id, leaving: nil) }
}

/// A counter of a line's edges on a ``VirtualBoard``; the line is given back by ``close()`` or when the
/// object goes away.
public final class VirtualEdgeCounter: EdgeCounter {
  private let board: VirtualBoard
  private let id: UInt64
  private let line: Int

  init(board: VirtualBoard, id: UInt64, line: Int) {
    self.board = board
    self.id = id
    self.line = line
  }

  deinit { close() }

  public func read() throws(PiHALError) -> EdgeCount { try board.readCount(line, heldBy: id) }

  /// Gives the line back; a second call does nothing.
  public func close() { board.release([line], heldBy: id, leaving: nil) }
}
