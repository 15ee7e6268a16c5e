import Foundation
public import Logging

/// Writes a daemon's log to standard error, a line each: time, level, and what happened.
///
///     2026-11-30T19:55:41+0100 notice tapd: the screen is at http://127.0.0.1:8090/
public struct DaemonLog: LogHandler {
  public var logLevel = Logger.Level.info
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String

  /// A logger that writes with this.
  /// - Parameter label: the daemon's name.
  public static func logger(_ label: String, level: Logger.Level) -> Logger {
    var logger = Logger(label: label) { DaemonLog(label: $0) }
    logger.logLevel = level
    return logger
  }

  private init(label: String) { self.label = label }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    let line = Self.line(
      time: Self.time(), level: event.level, label: label, source: event.source, message: "\(event.message)",
      metadata: all)
    // A full disk or a terminal that has gone is no reason to end: `write` without `try` would trap.
    try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
  }

  /// Names whoever writes once: the daemon, and a library besides.
  static func line(
    time: String, level: Logger.Level, label: String, source: String, message: String,
    metadata: Logger.Metadata
  ) -> String {
    let library = source == label ? "" : " [\(source)]"
    let details = metadata.sorted { $0.key < $1.key }.map { " \($0)=\($1)" }.joined()
    // What people or cards are called must not look like a line of its own, nor move a terminal's cursor.
    return terminalText("\(time) \(level) \(label):\(library) \(message)\(details)") + "\n"
  }

  private static func time() -> String {
    var (now, parts) = (time_t(), tm())
    Foundation.time(&now)
    localtime_r(&now, &parts)
    var text = [CChar](repeating: 0, count: 40)
    let length = strftime(&text, text.count, "%Y-%m-%dT%H:%M:%S%z", &parts)
    return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
