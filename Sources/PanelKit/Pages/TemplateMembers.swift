/// A struct's members by their names, for a template to read.
///
/// Mustache would reflect the whole struct anew for each member that a template asks for, and for each that it has
/// not: most of what a page costs. Here it is done once. Members without a value are left out, as Mustache does.
///
/// - Returns: nil when it is no struct.
func templateMembers(of value: Any) -> [String: Any]? {
  let mirror = Mirror(reflecting: value)
  guard mirror.displayStyle == .struct else { return nil }
  var members: [String: Any] = [:]
  for (name, value) in mirror.children {
    guard let name else { continue }
    let member = Mirror(reflecting: value)
    if member.displayStyle != .optional {
      members[name] = value
    } else if let present = member.children.first {
      members[name] = present.value
    }
  }
  return members
}
