import DaemonKit
import Foundation

/// Questions to the person at the terminal, or answers that are piped in.
enum Prompt {
  /// Whether a person sits there.
  static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// The next line of standard input; nil at its end. Waits.
  static func ask(_ question: String) -> String? {
    print(terminalText(question), terminator: "")
    // What was printed before, too: a question stands after what leads to it.
    fflush(nil)
    return readLine()
  }
}

/// Tells whoever gave a command what to look at; it was carried out all the same.
func warn(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data("Warning: \(terminalText(text))\n".utf8))
}

/// What was asked for did not come.
struct PromptError: Error, CustomStringConvertible {
  let problem: String
  var description: String { problem }
}
