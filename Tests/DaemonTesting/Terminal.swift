import Foundation

/// A terminal that a program reads from: it can tell it from a pipe.
final class Terminal: Sendable {
  private let keyboard: FileHandle
  /// The program's end.
  let end: FileHandle

  init() throws {
    var (own, other): (Int32, Int32) = (-1, -1)
    guard openpty(&own, &other, nil, nil, nil) == 0 else {
      throw ProgramError(problem: "there is no terminal to be had: \(String(cString: strerror(errno)))")
    }
    keyboard = FileHandle(fileDescriptor: own, closeOnDealloc: true)
    end = FileHandle(fileDescriptor: other, closeOnDealloc: true)
  }

  func type(_ line: String) throws { try keyboard.write(contentsOf: Data((line + "\n").utf8)) }
}
