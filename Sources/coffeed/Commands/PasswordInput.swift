import Foundation

/// Asks for a new password without showing it.
enum PasswordInput {
  /// In bytes; the daemon takes fewer, and says so.
  private static let longest = 64 * 1024

  /// From a terminal, twice, or the first line of what is piped in. Waits for the person.
  static func ask() throws(PromptError) -> String {
    guard Prompt.isTerminal else { return try line() }
    let password = try withoutEcho("New password: ")
    guard try withoutEcho("Once more: ") == password else {
      throw PromptError(problem: "the two are not the same: nothing was changed")
    }
    return password
  }

  private static func withoutEcho(_ prompt: String) throws(PromptError) -> String {
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw PromptError(problem: "this terminal cannot be silenced: pipe the password in")
    }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    // While the password is typed Ctrl-C would leave the terminal silent: it is read as a character.
    silent.c_lflag &= ~tcflag_t(ISIG)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      try? FileHandle.standardError.write(contentsOf: Data("\n".utf8))
    }
    try? FileHandle.standardError.write(contentsOf: Data(prompt.utf8))
    let text = try line()
    guard !text.contains("\u{3}") else { throw PromptError(problem: "nothing was changed") }
    return text
  }

  private static func line() throws(PromptError) -> String {
    // Not readLine(), which puts a replacement where bytes are no text.
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(STDIN_FILENO, &byte, 1) == 1, byte != UInt8(ascii: "\n") {
      bytes.append(byte)
      guard bytes.count <= longest else { throw PromptError(problem: "the password is too long") }
    }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    guard !bytes.isEmpty else { throw PromptError(problem: "no password was given") }
    guard let line = String(validating: bytes, as: UTF8.self) else {
      throw PromptError(problem: "the password is no text in UTF-8: nothing was changed")
    }
    return line
  }
}
