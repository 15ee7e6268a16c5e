import Foundation

/// Who listens on a TCP port of this machine, as far as /proc shows it: only root sees other users' descriptors.
enum PortHolder {
  /// Such as `process 812 (python3)`; nil when nobody listens there, or where there is no /proc.
  static func find(port: Int) -> String? {
    let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { table in
      listeners(in: text(table), port: port)
    }
    guard let first = sockets.first else { return nil }
    let wanted = Set(sockets.map { "socket:[\($0.inode)]" })
    for process in numbers(in: "/proc") {
      let descriptors = "/proc/\(process)/fd"
      for descriptor in numbers(in: descriptors) {
        let target = try? FileManager.default.destinationOfSymbolicLink(
          atPath: "\(descriptors)/\(descriptor)")
        if let target, wanted.contains(target) { return "process \(process) (\(program(of: process)))" }
      }
    }
    return "a program of user \(first.user), which only root may look at"
  }

  /// The listening sockets of a table as `/proc/net/tcp` has it.
  static func listeners(in table: String, port: Int) -> [(inode: String, user: String)] {
    table.split(separator: "\n").dropFirst().compactMap { line in
      // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == "0A",
        fields[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) }) == port
      else { return nil }
      return (inode: String(fields[9]), user: String(fields[7]))
    }
  }

  private static func program(of process: String) -> String {
    let words = text("/proc/\(process)/cmdline").split(separator: "\0")
    if let path = words.first, let name = path.split(separator: "/").last { return String(name) }
    return text("/proc/\(process)/comm").trimmingCharacters(in: .newlines)
  }

  private static func numbers(in directory: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []).filter { Int($0) != nil }
  }

  private static func text(_ path: String) -> String {
    // Files in /proc have no size.
    guard let file = FileHandle(forReadingAtPath: path), let data = try? file.readToEnd() else { return "" }
    return String(decoding: data, as: UTF8.self)
  }
}
