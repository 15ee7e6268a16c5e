/// What a template reads, with all structs in it turned into their members by name.
///
/// Mustache would reflect a whole struct anew for each member that a template names, and for each that it has not: in
/// every row of a table the row, the page around it and all of its words. Here each is reflected once.
///
/// What says by itself how it reads as text (`CustomStringConvertible`) stays as it is. Members without a value are left
/// out, as by Mustache.
func templateContent(_ value: Any) -> Any? {
  if value is String { return value }
  if let list = value as? [Any] { return list.compactMap(templateContent) }
  if value is any CustomStringConvertible { return value }
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional:
    return mirror.children.first.flatMap { templateContent($0.value) }
  case .struct:
    var members: [String: Any] = [:]
    for case (let name?, let value) in mirror.children { members[name] = templateContent(value) }
    return members
  default:
    return value
  }
}
