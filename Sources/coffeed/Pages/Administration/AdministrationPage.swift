import DaemonKit
import PanelKit

/// What the template of the administration page reads.
struct AdministrationPage {
  struct Pending {
    var token: String
    var created: String
  }
  struct User {
    var token: String
    var userName: String
    var name: String
    var email: String
    var phone: String
    var state: String
    var look: String
    var isErased: Bool
    var isBarred: Bool
    var editOne: String
    var bar: String
    var barOne: String
  }

  var words: AdministrationWords
  var csrf: String
  var isScanMode: Bool
  var scanText: String
  var scanButton: String
  /// The token of the last scan, as long as it has no name.
  var scanned: String?
  /// When the last scan was; empty when there was none.
  var scanTime: String
  var hasPending: Bool
  var pending: [Pending]
  /// How many more there are, and how they are reached.
  var morePending: String?
  var hasUsers: Bool
  var users: [User]
  var pages: PageLinks?
  var person = PersonFields()

  /// The token of a user who was not added, as it was typed, and why.
  var newToken = ""
  var problem: String?

  /// What was typed of a user who was not added.
  struct Refused {
    var token: String
    var person: PersonFields
    var problem: String
  }

  static let rowsPerPage = 100
  /// The newest ones: they are named and go away.
  static let mostPending = 50

  init(
    _ books: BooksReading, page: Int, scan: MachineBoard.Scan?, adding refused: Refused?, csrf: String,
    language: Language, calendar: LocalCalendar
  ) {
    let words = AdministrationWords.in(language)
    self.words = words
    self.csrf = csrf
    if let refused { (newToken, person, problem) = (refused.token, refused.person, refused.problem) }
    isScanMode = books.settings.isScanMode
    scanText = isScanMode ? words.scanOn : words.scanOff
    scanButton = isScanMode ? words.turnOff : words.turnOn
    scanned = scan.map(\.token).flatMap { books.user($0)?.isPending == true ? $0.text : nil }
    scanTime = scan.map { String($0.time.milliseconds) } ?? ""

    let all = books.users()
    pending = all.filter(\.isPending).prefix(Self.mostPending).map {
      Pending(token: $0.token.text, created: calendar.civil($0.created).description)
    }
    hasPending = !pending.isEmpty
    let more = all.count(where: \.isPending) - pending.count
    morePending = more > 0 ? words.morePending(more) : nil
    let named = all.filter { !$0.isPending }
      .map { (key: SearchText.Sorting($0.person.name), user: $0) }
      .sorted { ($0.user.isErased ? 1 : 0, $0.key) < ($1.user.isErased ? 1 : 0, $1.key) }
      .map(\.user)
    let part = ListPart(named, page: page, perPage: Self.rowsPerPage)
    hasUsers = !part.rows.isEmpty
    users = part.rows.map { user in
      let name = user.person.name
      let (state, look) = Self.state(of: user, words)
      return User(
        token: user.token.text, userName: user.person.userName, name: name,
        email: user.person.emailAddress ?? "", phone: user.person.phoneNumber ?? "",
        state: state, look: look, isErased: user.isErased, isBarred: user.barred,
        editOne: words.editOne(name),
        bar: user.barred ? words.unbar : words.bar,
        barOne: user.barred ? words.unbarOne(name) : words.barOne(name))
    }
    pages = PageLinks(page: part.page, of: part.pages, language: language) {
      "/administration" + queryText([("page", String($0))]) + "#users"
    }
  }

  private static func state(of user: UserView, _ words: AdministrationWords) -> (String, String) {
    if user.barred { return (words.barred, "bad") }
    return user.active ? (words.active, "good") : (words.inactive, "")
  }
}

/// What the form of a person reads, and what it sends.
struct PersonFields {
  var userName = ""
  var name = ""
  var email = ""
  var phone = ""
  var nickname = ""
  var isHidden = false

  init() {}

  init(_ user: UserView) {
    // The names that hold a pending user's place are not worth keeping.
    userName = user.isPending ? "" : user.person.userName
    name = user.isPending ? "" : user.person.name
    email = user.person.emailAddress ?? ""
    phone = user.person.phoneNumber ?? ""
    nickname = user.person.nickname ?? ""
    isHidden = user.hidden
  }

  init(_ form: Form) {
    userName = trimmed(form["user_name"] ?? "")
    name = trimmed(form["name"] ?? "")
    email = trimmed(form["email_address"] ?? "")
    phone = trimmed(form["phone_number"] ?? "")
    nickname = trimmed(form["nickname"] ?? "")
    isHidden = form.isTicked("hidden")
  }

  var change: UserChange {
    UserChange(
      userName: userName, name: name, emailAddress: email, phoneNumber: phone, nickname: nickname,
      hidden: isHidden)
  }
}

/// What the template of one user reads.
struct UserPage {
  struct State {
    var value: String
    var label: String
    var isChosen: Bool
  }

  var words: AdministrationWords
  var csrf: String
  var problem: String?
  var token: String
  var created: String
  var lastSeen: String
  var person: PersonFields
  var states: [State]
  var save: String
  var cancel: String

  init(
    _ user: UserView, person: PersonFields? = nil, state chosen: String? = nil, problem: String? = nil,
    csrf: String, language: Language, calendar: LocalCalendar
  ) {
    words = AdministrationWords.in(language)
    self.csrf = csrf
    self.problem = problem
    token = user.token.text
    created = calendar.civil(user.created).description
    lastSeen = user.lastSeen.map { calendar.civil($0).description } ?? words.never
    self.person = person ?? PersonFields(user)
    // Who is given a name is to have coffee.
    let present = user.isPending ? "active" : user.barred ? "barred" : user.active ? "active" : "inactive"
    states = [("active", words.active), ("inactive", words.inactive), ("barred", words.barred)].map {
      State(value: $0.0, label: $0.1, isChosen: $0.0 == chosen ?? present)
    }
    save = CommonWords.in(language).save
    cancel = CommonWords.in(language).cancel
  }
}

/// What the template reads that asks whether a user is to be erased.
struct ErasePage {
  var words: AdministrationWords
  var csrf: String
  var name: String
  var token: String
  /// What is not settled with the user.
  var debt: String?
  var cancel: String
}
