import ArgumentParser
import DaemonKit
import JSONState
import PanelKit

struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Users and their tokens.",
    subcommands: [
      UserAdd.self, UserChangeCommand.self, UserBar.self, UserUnbar.self, UserErase.self, UserList.self,
    ])
}

/// What there is to say about a person.
struct PersonOptions: ParsableArguments {
  @Option(help: "An e-mail address, for invoices; empty takes it away.") var email: String?
  @Option(help: "A phone number; empty takes it away.") var phone: String?
  @Option(help: "What the leaderboard shows in place of the name; empty takes it away.") var nickname: String?
  @Option(help: "Whether the leaderboard leaves this user out: true or false.") var hidden: Bool?

  func change(userName: String?, name: String?) -> UserChange {
    UserChange(
      userName: userName, name: name, emailAddress: email, phoneNumber: phone, nickname: nickname,
      hidden: hidden)
  }
}

struct UserAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Add a user, or say who a pending one is; the token unlocks from then on.")

  @Argument(
    help: "The token, such as 04a1b2c3; the pages show it in scan mode when it is presented.",
    transform: Token.argument)
  var token: Token
  @Option(help: "A short name, such as anna.") var userName: String
  @Option(help: "The name, such as \"Anna Müller\".") var name: String
  @OptionGroup var person: PersonOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let configuration = try await options.load()
    let change = person.change(userName: userName, name: name)
    // Enrolled by scan mode: somebody, but nobody knows who.
    let isPending = try await configuration.user(token)?.isPending ?? false
    _ = try await configuration.carryOut(isPending ? .changeUser(token, change) : .addUser(token, change))
    printLine("user \(token): \(userName), active")
  }
}

struct UserChangeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "change", abstract: "Change what is known of a user.")

  @Argument(help: "The token.", transform: Token.argument) var token: Token
  @Option(help: "A short name.") var userName: String?
  @Option(help: "The name.") var name: String?
  @OptionGroup var person: PersonOptions
  @Option(help: "Whether the token unlocks unless it is barred: true or false.") var active: Bool?
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    var change = person.change(userName: userName, name: name)
    change.active = active
    guard change != UserChange() else { throw ValidationError("nothing to change: give at least one option") }
    let configuration = try await options.load()
    if change.userName != nil || change.name != nil, let user = try await configuration.user(token) {
      // A new name alone does not let anybody in.
      change.active = change.active ?? user.active
      change.barred = user.barred
    }
    _ = try await configuration.carryOut(.changeUser(token, change))
    print("user \(token): changed")
  }
}

struct UserBar: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bar", abstract: "Refuse a token from now on.")

  @Argument(help: "The token.", transform: Token.argument) var token: Token
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    _ = try await options.load().carryOut(.changeUser(token, UserChange(barred: true)))
    print("user \(token): barred")
  }
}

struct UserUnbar: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unbar", abstract: "Accept a barred token again.")

  @Argument(help: "The token.", transform: Token.argument) var token: Token
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    _ = try await options.load().carryOut(.changeUser(token, UserChange(barred: false)))
    print("user \(token): no longer barred")
  }
}

struct UserErase: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "erase",
    abstract:
      "Erase what is personal about a user, for ever, and bar the token. The coffees stay in the books.",
    discussion: "At a terminal it asks first; elsewhere --yes is needed.")

  @Argument(help: "The token.", transform: Token.argument) var token: Token
  @Flag(help: "Do not ask.") var yes = false
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let configuration = try await options.load()
    guard let user = try await configuration.user(token) else {
      throw BooksError(
        kind: .unknown, place: "user \(token)",
        problem: "is not known, or is the short form of more than one card: give the card's whole number")
    }
    if !user.isErased {
      let debt = Debt(coffees: user.uninvoiced, try await configuration.invoices(of: user.token))
      if let debt { warn(AdministrationWords.english.debt(debt, NumberFormat(.english))) }
      if !yes { try await Self.confirm(user) }
    }
    // By the token that was found: what was shown is what is erased.
    _ = try await configuration.carryOut(.eraseUser(user.token))
    print("user \(user.token): erased")
  }

  private static func confirm(_ user: UserView) async throws {
    guard Prompt.isTerminal else {
      throw ValidationError("this cannot be undone, and nobody can be asked: give --yes")
    }
    let question = "Erase \(user.person.name) (\(user.token)) for ever? Type yes: "
    guard await onOwnThread({ Prompt.ask(question) })?.lowercased() == "yes" else {
      throw PromptError(problem: "nothing was changed")
    }
  }
}

struct UserList: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "All users, the newest first.")

  @OptionGroup var output: OutputOptions
  @OptionGroup var options: CoffeedOptions

  func run() async throws {
    let users = try await options.load().withAsking { ask in
      try await allRows { page in
        guard case .users(let users) = try await ask(.users(page: page)) else {
          throw ControlError.unexpected
        }
        return users
      }
    }
    try output.print(users) {
      tableLines(
        ["TOKEN", "USER NAME", "NAME", "STATE", "COFFEES", "NOT INVOICED", "LAST SEEN"],
        users.map { user in
          [
            user.token.text, user.person.userName, user.person.name, user.stateWord, "\(user.usages)",
            "\(user.uninvoiced)", user.lastSeen.map { localText($0) } ?? "-",
          ]
        })
    }
  }
}

extension UserView {
  fileprivate var stateWord: String {
    if isErased { return "erased" }
    if isPending { return "pending" }
    if barred { return "barred" }
    return active ? "active" : "inactive"
  }
}

extension CoffeedConfiguration {
  func user(_ token: Token) async throws -> UserView? {
    guard case .user(let user) = try await client.ask(.user(token)) else { throw ControlError.unexpected }
    return user
  }
}
