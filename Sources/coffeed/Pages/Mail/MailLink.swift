/// A `mailto:` address (RFC 6068) that opens a mail with its recipient, subject and text.
enum MailLink {
  static func address(to recipient: String, subject: String, body: String) -> String {
    let recipient = recipient.percentEncoded.replacing("%40", with: "@")
    return "mailto:\(recipient)?subject=\(oneLine(subject).percentEncoded)&body=\(lines(body).percentEncoded)"
  }

  /// A header is one line.
  private static func oneLine(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// A mail's lines end with CR and LF.
  private static func lines(_ text: String) -> String {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\r\n")
  }
}
