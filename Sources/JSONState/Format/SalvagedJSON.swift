import Foundation

/// What can still be read of a damaged file in the form of a ``SealedFile``, whose lines are indented by two blanks a
/// level and hold one member or element each. So a damaged line costs itself and what is below it, and nothing else.
struct SalvagedJSON {
  private indirect enum Node {
    case object([(key: String, value: Node)])
    case array([Node])
    /// A text, number or the like, as it stands in the file.
    case scalar(String)
  }

  private var root: Node
  /// The places of what could not be read, such as `value.persons.5`.
  private(set) var lost: [String] = []

  /// `nil` where nothing can be read.
  init?(_ bytes: [UInt8]) {
    var open: [Container] = []
    var root: Node?
    func close(to indentation: Int) {
      while let last = open.last, last.indentation >= indentation {
        open.removeLast()
        if open.isEmpty { root = last.node } else { open[open.count - 1].add(last.key, last.node) }
      }
    }
    for (index, bytes) in bytes.split(separator: lineEnd).enumerated() {
      guard let line = Line(bytes) else {
        lost.append(Self.place(open))
        continue
      }
      if index == 0 && line.value == .object {
        open = [Container(key: nil, indentation: 0, isObject: true)]
        continue
      }
      close(to: line.value == .end ? line.indentation : max(1, line.indentation))
      if line.value == .end { continue }
      // Without the line that it is below, nobody knows what this is.
      guard let parent = open.last, parent.indentation == line.indentation - 2,
        parent.isObject == (line.key != nil)
      else {
        lost.append(Self.place(open))
        continue
      }
      switch line.value {
      case .end: break
      case .object, .array:
        open.append(
          Container(key: line.key, indentation: line.indentation, isObject: line.value == .object))
      case .scalar(let text): open[open.count - 1].add(line.key, .scalar(text))
      }
    }
    close(to: 0)
    guard let root else { return nil }
    self.root = root
    dropDoubles()
  }

  private struct Container {
    let key: String?
    let indentation: Int
    let isObject: Bool
    var members: [(key: String?, value: Node)] = []

    mutating func add(_ key: String?, _ value: Node) { members.append((key, value)) }

    var node: Node {
      isObject
        ? .object(members.compactMap { key, value in key.map { ($0, value) } }) : .array(members.map(\.value))
    }
  }

  private static func place(_ open: [Container]) -> String {
    let keys = open.compactMap(\.key)
    return keys.isEmpty ? "a line" : "a line in " + keys.joined(separator: ".")
  }

  /// One line of the file.
  private struct Line {
    enum Value: Equatable {
      case object
      case array
      case end
      case scalar(String)
    }

    let indentation: Int
    var key: String?
    let value: Value

    init?(_ bytes: ArraySlice<UInt8>) {
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      let blanks = text.prefix { $0 == " " }.count
      indentation = blanks
      var rest = text.dropFirst(blanks)
      if rest.last == "," { rest = rest.dropLast() }
      if rest == "}" || rest == "]" {
        value = .end
        return
      }
      let parts = rest.ranges(of: "\" : ")
      for range in parts {
        // The first that leaves a text before it; a key may contain the same characters.
        let quoted = String(rest[..<range.lowerBound]) + "\""
        guard let key = Self.scalar(quoted) as? String else { continue }
        self.key = key
        rest = rest[range.upperBound...]
        break
      }
      switch rest {
      case "{": value = .object
      case "[": value = .array
      default:
        guard Self.scalar(String(rest)) != nil else { return nil }
        value = .scalar(String(rest))
      }
    }

    private static func scalar(_ text: String) -> Any? {
      try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
  }

  // MARK: Making it fit

  /// Of several members of one name nobody knows which is right.
  private mutating func dropDoubles() {
    var doubles: [[String]] = []
    func look(_ node: Node, at path: [String]) {
      switch node {
      case .object(let members):
        var counts: [String: Int] = [:]
        for (key, value) in members {
          counts[key, default: 0] += 1
          look(value, at: path + [key])
        }
        for (key, count) in counts where count > 1 { doubles.append(path + [key]) }
      case .array(let elements):
        for (index, value) in elements.enumerated() { look(value, at: path + ["\(index)"]) }
      case .scalar: break
      }
    }
    look(root, at: [])
    for path in doubles { _ = remove(path) }
  }

  /// Replaces a member of the outermost object.
  mutating func set(_ key: String, to number: Int) {
    guard case .object(var members) = root else { return }
    members.removeAll { $0.key == key }
    members.append((key, .scalar("\(number)")))
    root = .object(members)
  }

  /// Takes out what stands at a place.
  /// - Returns: whether something stood there.
  mutating func remove(_ path: [String]) -> Bool {
    guard !path.isEmpty, let rest = Self.removing(path[...], from: root) else { return false }
    root = rest
    lost.append(path.joined(separator: "."))
    return true
  }

  private static func removing(_ path: ArraySlice<String>, from node: Node) -> Node? {
    guard let key = path.first else { return nil }
    switch node {
    case .scalar: return nil
    case .object(var members):
      guard let index = members.firstIndex(where: { $0.key == key }) else { return nil }
      if path.count == 1 {
        members.removeAll { $0.key == key }
      } else {
        guard let rest = removing(path.dropFirst(), from: members[index].value) else { return nil }
        members[index].value = rest
      }
      return .object(members)
    case .array(var elements):
      guard let index = Int(key), elements.indices.contains(index) else { return nil }
      if path.count == 1 {
        elements.remove(at: index)
      } else {
        guard let rest = removing(path.dropFirst(), from: elements[index]) else { return nil }
        elements[index] = rest
      }
      return .array(elements)
    }
  }

  /// The JSON of what is left.
  var json: Data {
    var text = ""
    func write(_ node: Node) {
      switch node {
      case .scalar(let scalar): text += scalar
      case .array(let elements):
        text += "["
        for (index, element) in elements.enumerated() {
          if index > 0 { text += "," }
          write(element)
        }
        text += "]"
      case .object(let members):
        text += "{"
        for (index, member) in members.enumerated() {
          if index > 0 { text += "," }
          let key = (try? JSONEncoder().encode(member.key)).map { String(decoding: $0, as: UTF8.self) }
          text += (key ?? "\"\"") + ":"
          write(member.value)
        }
        text += "}"
      }
    }
    write(root)
    return Data(text.utf8)
  }
}
