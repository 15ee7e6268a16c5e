import Foundation

/// Asks for a new password without showing it.
enum PasswordInput {
  /// From a terminal, twice, or the first line of what is piped in. Waits for the person.
  static func read() throws(PasswordInputError) -> String {
    guard isatty(STDIN_FILENO) == 1 else { return try line() }
    let password = try withoutEcho("New password: ")
    guard try withoutEcho("Once more: ") == password else {
      throw PasswordInputError(problem: "the two are not the same: nothing was changed")
    }
    return password
  }

  private static func withoutEcho(_ prompt: String) throws(PasswordInputError) -> String {
    FileHandle.standardError.write(Data(prompt.utf8))
    var before = termios()
    guard tcgetattr(STDIN_FILENO, &before) == 0 else {
      throw PasswordInputError(problem: "this terminal cannot be silenced: pipe the password in")
    }
    var silent = before
    silent.c_lflag &= ~tcflag_t(ECHO)
    // While the password is typed Ctrl-C would leave the terminal silent: it is read as a character.
    silent.c_lflag &= ~tcflag_t(ISIG)
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
    defer {
      tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
      FileHandle.standardError.write(Data("\n".utf8))
    }
    let text = try line()
    guard !text.contains("\u{3}") else { throw PasswordInputError(problem: "nothing was changed") }
    return text
  }

  private static func line() throws(PasswordInputError) -> String {
    guard let line = readLine() else { throw PasswordInputError(problem: "no password was given") }
    return line
  }
}

struct PasswordInputError: Error, CustomStringConvertible {
  let problem: String
  var description: String { problem }
}
