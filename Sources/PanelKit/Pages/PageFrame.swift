import Foundation

/// What stands around every page of an application: its name, the navigation, the choice of a language, login
/// and logout.
public struct PageFrame: Sendable {
  /// A place in the navigation. It is shown to those to whom it would answer.
  public struct Item: Sendable {
    let path: String
    let access: ReadAccess
    let title: @Sendable (Language) -> String

    public init(_ path: String, _ access: ReadAccess, title: @escaping @Sendable (Language) -> String) {
      self.path = path
      self.access = access
      self.title = title
    }
  }

  let name: String
  let home: String
  let items: [Item]
  let stylesheets: [String]
  let scripts: [String]
  let day: @Sendable (Date) -> String

  /// - Parameters:
  ///   - name: what the application is called.
  ///   - home: the page behind the name.
  ///   - stylesheets: addresses of stylesheets besides `app.css`.
  ///   - scripts: addresses of scripts that every page loads.
  ///   - day: writes the day of a moment, in the application's own time zone and form.
  public init(
    name: String, home: String = "/", items: [Item], stylesheets: [String] = [], scripts: [String] = [],
    day: @escaping @Sendable (Date) -> String
  ) {
    self.name = name
    self.home = home
    self.items = items
    self.stylesheets = stylesheets
    self.scripts = scripts
    self.day = day
  }
}
