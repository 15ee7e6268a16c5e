import Hummingbird

/// What the template `frame` reads.
struct FrameContent {
  struct Link {
    var address: String
    var title: String
    var code: String
    var isCurrent: Bool
  }

  var language: String
  var title: String
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
  var words: FrameWords

  init(
    _ frame: PageFrame, title: String, at address: PageAddress, _ request: Request, _ context: PanelContext
  ) {
    let path = address.path
    language = context.language.rawValue
    self.title = "\(title) · \(frame.name)"
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
        address: address.inLanguage(language), title: language.ownName, code: language.rawValue,
        isCurrent: language == context.language)
    }
    isLoggedIn = context.visitor.isLoggedIn
    isOnAccount = path == "/account"
    login = "/login?next=\(NextPage.encoded(NextPage.of(request)))"
    words = FrameWords.in(context.language)
  }
}

/// Where the page that is being shown can be asked for.
struct PageAddress: Hashable {
  let path: String
  let query: String

  /// - Parameter address: of a page that answers something that was sent; without one it is the start page's.
  init(_ request: Request, _ address: String?) {
    guard let address = address ?? (request.isRead ? nil : "/") else {
      path = request.uri.path
      query = request.uri.query ?? ""
      return
    }
    let parts = address.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = String(parts[0])
    query = parts.count > 1 ? String(parts[1]) : ""
  }

  func inLanguage(_ language: Language) -> String {
    let kept = query.split(separator: "&").filter { !$0.hasPrefix("lang=") }
    return path + "?" + (kept + ["lang=\(language.rawValue)"]).joined(separator: "&")
  }
}

struct FrameWords: Words {
  var skip: String
  var menu: String
  var language: String
  var login: String
  var logout: String
  var account: String

  static let english = FrameWords(
    skip: "Skip to the content", menu: "Menu", language: "Language", login: "Log in", logout: "Log out",
    account: "Account")
  static let german = FrameWords(
    skip: "Zum Inhalt springen", menu: "Menü", language: "Sprache", login: "Anmelden", logout: "Abmelden",
    account: "Konto")
  static let french = FrameWords(
    skip: "Aller au contenu", menu: "Menu", language: "Langue", login: "Se connecter",
    logout: "Déconnexion", account: "Compte")
}
