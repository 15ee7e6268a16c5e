import Foundation

/// Asks for a new password without showing it.
enum PasswordInput {
  /// From a terminal, twice, or the first line of what is piped in. Waits for the person.
  static func read() throws(PromptError) -> String {
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
      FileHandle.standardError.write(Data("\n".utf8))
    }
    FileHandle.standardError.write(Data(prompt.utf8))
    let text = try line()
    guard !text.contains("\u{3}") else { throw PromptError(problem: "nothing was changed") }
    return text
  }

  private static func line() throws(PromptError) -> String {
    guard let line = readLine() else { throw PromptError(problem: "no password was given") }
    return line
  }
}
