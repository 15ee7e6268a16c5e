import HTTPTypes
import Hummingbird

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

  /// - Parameters:
  ///   - name: what the application is called.
  ///   - home: the page behind the name.
  ///   - stylesheets: addresses of stylesheets besides `app.css`.
  ///   - scripts: addresses of scripts that every page loads.
  public init(
    name: String, home: String = "/", items: [Item], stylesheets: [String] = [], scripts: [String] = []
  ) {
    self.name = name
    self.home = home
    self.items = items
    self.stylesheets = stylesheets
    self.scripts = scripts
  }
}

/// The pages of an application, in its frame.
///
/// A template fills the block `main` of the template `app`:
/// ```
/// {{<app}}{{$main}}<p>{{greeting}}</p>{{/main}}{{/app}}
/// ```
/// The block `status` stands in the header of the page, for what is to be seen on every one.
///
/// It reads its content's members, and those of the frame: `{{> csrf}}` is the hidden field that belongs into
/// each form.
public struct AppPages: Sendable {
  private let library: PageLibrary
  private let frame: PageFrame

  /// - Parameter templates: the text of each template by its name.
  /// - Throws: what is wrong with a template, and where.
  public init(_ templates: [String: String], frame: PageFrame) throws {
    self.init(library: try PageLibrary(templates), frame: frame)
  }

  init(library: PageLibrary, frame: PageFrame) {
    self.library = library
    self.frame = frame
  }

  /// The page that `template` makes of `content`.
  ///
  /// - Parameters:
  ///   - content: a struct; its members are what the template reads.
  ///   - title: the page's heading.
  public func response(
    _ content: Any, template: String, title: String, to request: Request, _ context: PanelContext,
    status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    // What the template `app` reads.
    let page: [String: Any] = [
      "language": context.language.rawValue, "title": "\(title) · \(frame.name)",
      "frame": FrameContent(frame, title: title, request, context).members,
      "content": templateMembers(of: content) ?? content,
    ]
    return library.response(page, template: template, status: status, headers: headers)
  }
}

struct FrameContent {
  struct Link {
    var address: String
    var title: String
    var code: String
    var isCurrent: Bool
  }
  struct Message {
    var text: String
    var isProblem: Bool
  }

  var name: String
  var home: String
  var heading: String
  var style: String
  var stylesheets: [String]
  var scripts: [String]
  var items: [Link]
  var languages: [Link]
  var isLoggedIn: Bool
  var isOnAccount: Bool
  var login: String
  var csrf: String
  var messages: [Message]
  var words: FrameWords

  init(_ frame: PageFrame, title: String, _ request: Request, _ context: PanelContext) {
    let path = request.uri.path
    name = frame.name
    home = frame.home
    heading = title
    style = StaticAssets.shared.path(of: "app.css")
    stylesheets = frame.stylesheets
    scripts = frame.scripts
    items = frame.items.filter { context.visitor.may($0.access) }.map { item in
      let isCurrent = path == item.path || (item.path != "/" && path.hasPrefix(item.path + "/"))
      return Link(address: item.path, title: item.title(context.language), code: "", isCurrent: isCurrent)
    }
    languages = Language.allCases.map { language in
      Link(
        address: Self.address(of: request, in: language), title: language.ownName, code: language.rawValue,
        isCurrent: language == context.language)
    }
    isLoggedIn = context.visitor.isLoggedIn
    isOnAccount = path == "/account"
    login = "/login?next=\(NextPage.encoded(NextPage.of(request)))"
    csrf = context.csrf
    messages = (context.visitor.session?.takeMessages() ?? []).map {
      Message(text: $0.text, isProblem: $0.kind == .problem)
    }
    words = FrameWords.in(context.language)
  }

  /// By their names, and those within them.
  var members: [String: Any] {
    var members = templateMembers(of: self) ?? [:]
    members["items"] = items.map { templateMembers(of: $0) ?? [:] }
    members["languages"] = languages.map { templateMembers(of: $0) ?? [:] }
    members["messages"] = messages.map { templateMembers(of: $0) ?? [:] }
    members["words"] = templateMembers(of: words)
    return members
  }

  /// The address of the page that is being shown, in another language.
  private static func address(of request: Request, in language: Language) -> String {
    // What was posted cannot be asked for again.
    guard request.method == .get || request.method == .head else { return "/?lang=\(language.rawValue)" }
    let kept = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("lang=") }
    return request.uri.path + "?" + (kept + ["lang=\(language.rawValue)"]).joined(separator: "&")
  }
}

struct FrameWords: Words {
  var skip: String
  var menu: String
  var language: String
  var login: String
  var logout: String
  var account: String
  var previous: String
  var next: String
  var pages: String

  static let english = FrameWords(
    skip: "Skip to the content", menu: "Menu", language: "Language", login: "Log in", logout: "Log out",
    account: "Account", previous: "Previous", next: "Next", pages: "Pages")
  static let german = FrameWords(
    skip: "Zum Inhalt springen", menu: "Menü", language: "Sprache", login: "Anmelden", logout: "Abmelden",
    account: "Konto", previous: "Zurück", next: "Weiter", pages: "Seiten")
  static let french = FrameWords(
    skip: "Aller au contenu", menu: "Menu", language: "Langue", login: "Se connecter",
    logout: "Déconnexion", account: "Compte", previous: "Précédent", next: "Suivant", pages: "Pages")
}
