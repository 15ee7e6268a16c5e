import Hummingbird
import JSONState
import PanelKit

/// Users, as the predecessor's scripts ask for them.
struct UserRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/api/admin/users", .read, use: list)
    router.post("/api/admin/user", .write, use: save)
    router.post("/api/scan-mode/user/:token", .write, use: change)
    router.delete("/api/admin/user/:token", .write, use: erase)
  }

  private func list(_ request: Request, _ context: PanelContext) async throws -> Response {
    let books = site.books.reading
    let key = PageCache.Key(
      address: "/api/admin/users", language: "", reader: .reading, today: site.today)
    let text = await site.cache.page(key, generation: books.generation, at: site.books.now.instant) {
      let users = books.users().filter { !$0.isErased }
      let json = PlainJSON.list(users.map { LegacyUser.json($0, withLastSeen: false) })
      return PageCache.Drawing(html: String(decoding: json.bytes, as: UTF8.self))
    }
    return LegacyAnswer.response(.ok, Array(text.utf8))
  }

  private func save(_ request: Request, _ context: PanelContext) async throws -> Response {
    let members = try await Self.members(request, context)
    let text: String
    switch members["token_id"] {
    case .text(let sent): text = trimmed(sent)
    case nil, .null, .bool(false), .integer(0): text = ""
    case .some: return LegacyAnswer.refused(LegacyError("token_id must be text"))
    }
    guard !text.isEmpty else { return LegacyAnswer.refused(LegacyError("token_id required")) }
    guard let token = Token(text) else {
      return LegacyAnswer.refused(LegacyError("token_id is no card's number: that \(Token.shape)"))
    }
    return try await answer { () async throws in
      let change = try LegacyUser.change(members) ?? UserChange()
      // A user that exists and is told nothing new is no error.
      if change == UserChange(), site.books.reading.user(token)?.isErased == false { return token }
      return try await carryOut(.saveUser(token, change))
    }
  }

  private func change(_ request: Request, _ context: PanelContext) async throws -> Response {
    let members = try await Self.members(request, context)
    let text = try context.parameter("token")
    // Here the case matters.
    guard let token = Token(text), token.text == text, site.books.reading.user(token)?.isErased == false
    else { return LegacyAnswer.refused }
    return try await answer { () async throws in
      guard let change = try LegacyUser.change(members) else { return nil }
      return try await carryOut(.changeUser(token, change))
    }
  }

  private func carryOut(_ command: BooksCommand) async throws -> Token? {
    guard case .user(let token) = try await site.carryOut(command) else { return nil }
    return token
  }

  private func erase(_ request: Request, _ context: PanelContext) async throws -> Response {
    let unknown = LegacyError("User not found or deletion failed")
    guard let token = Token(try context.parameter("token")) else { return LegacyAnswer.refused(unknown) }
    do {
      _ = try await site.carryOut(.eraseUser(token))
      return LegacyAnswer.ok(.object(["ok": .bool(true)]))
    } catch let error as BooksError {
      return LegacyAnswer.refused(error.kind == .unknown ? unknown : LegacyError(error.description))
    } catch let error as SpokenError {
      return LegacyAnswer.refused(LegacyError(error.message(.english)), status: error.status)
    }
  }

  /// Answers with the user that a change comes to.
  private func answer(_ change: () async throws -> Token?) async throws -> Response {
    do {
      guard let token = try await change(), let user = site.books.reading.user(token) else {
        return LegacyAnswer.refused
      }
      return LegacyAnswer.ok(
        .object(["ok": .bool(true), "user": LegacyUser.json(user, withLastSeen: true)]))
    } catch let error as LegacyError {
      return LegacyAnswer.refused(error)
    } catch let error as BooksError {
      return LegacyAnswer.refused(LegacyError(error.description))
    } catch let error as SpokenError {
      return LegacyAnswer.refused(LegacyError(error.message(.english)), status: error.status)
    }
  }

  /// The body's members, whatever type it says to have; what is no JSON object has none.
  private static func members(
    _ request: Request, _ context: PanelContext
  ) async throws -> [String: PlainJSON] {
    guard case .object(let members)? = PlainJSON(try await context.text(request)) else { return [:] }
    return members
  }
}
