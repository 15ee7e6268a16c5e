import HTTPTypes
import Hummingbird
import PanelKit

/// Users, those who wait for a name, and scan mode.
struct AdministrationRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/administration", .read, use: list)
    router.post("/administration/user", .administration, use: addUser)
    router.get("/administration/user/:token", .administration, use: show)
    router.post("/administration/user/:token", .administration, use: change)
    router.post("/administration/user/:token/bar", .administration) { request, context in
      try await bar(true, request, context)
    }
    router.post("/administration/user/:token/unbar", .administration) { request, context in
      try await bar(false, request, context)
    }
    router.get("/administration/user/:token/erase", .administration, use: askToErase)
    router.post("/administration/user/:token/erase", .administration, use: erase)
  }

  private func list(_ request: Request, _ context: PanelContext) async throws -> Response {
    await list(request, context, adding: nil)
  }

  /// - Parameter refused: what was typed of a user who was not added.
  private func list(
    _ request: Request, _ context: PanelContext, adding refused: AdministrationPage.Refused?,
    status: HTTPResponse.Status = .ok
  ) async -> Response {
    let page = PageQuery(request).number("page", default: 1, upTo: 100_000)
    // Before the books are looked at: they know of whoever was scanned, and what comes later comes by itself.
    let scan = site.board.live.current.scan
    let books = site.books.reading
    let (language, calendar, csrf) = (context.language, site.calendar, context.csrf)
    let html = await site.queue.draw {
      let content = AdministrationPage(
        books, page: page, scan: scan, adding: refused, csrf: csrf, language: language, calendar: calendar)
      return PageParts.shared.html(content, template: "administration")
    }
    return site.response(
      html, title: AdministrationWords.in(language).title, to: request, context,
      address: refused == nil ? nil : "/administration", status: status)
  }

  private func addUser(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = AdministrationWords.in(context.language)
    let form = try await context.form(request)
    let person = PersonFields(form)
    func refused(_ problem: String, status: HTTPResponse.Status) async -> Response {
      await list(
        request, context,
        adding: AdministrationPage.Refused(
          token: trimmed(form["token_id"] ?? ""), person: person, problem: problem),
        status: status)
    }
    guard let token = Token(form["token_id"] ?? ""), token.isCards || site.books.reading.user(token) != nil
    else {
      return await refused(words.invalidToken, status: .badRequest)
    }
    do {
      // A token that was scanned a moment ago is pending already; naming it by this form is as good.
      let isPending = site.books.reading.user(token)?.isPending == true
      _ = try await site.carryOut(
        isPending ? .changeUser(token, person.change) : .addUser(token, person.change))
    } catch let error as BooksError {
      return await refused(site.words(error, context), status: error.status)
    }
    context.tell(.done, words.saved(person.name))
    return CoffeeSite.redirect("/administration")
  }

  private func user(_ context: PanelContext) throws -> UserView {
    guard let token = Token(try context.parameter("token")), let user = site.books.reading.user(token),
      !user.isErased
    else { throw HTTPError(.notFound) }
    return user
  }

  private func show(_ request: Request, _ context: PanelContext) async throws -> Response {
    let user = try user(context)
    let page = UserPage(user, csrf: context.csrf, language: context.language, calendar: site.calendar)
    return response(page, of: user, to: request, context)
  }

  private func change(_ request: Request, _ context: PanelContext) async throws -> Response {
    let user = try user(context)
    let form = try await context.form(request)
    let person = PersonFields(form)
    var change = person.change
    switch form["state"] {
    case "active": (change.active, change.barred) = (true, false)
    case "barred": (change.active, change.barred) = (user.active, true)
    case "inactive": (change.active, change.barred) = (false, false)
    case nil: break
    case .some:
      throw SpokenError(.badRequest) { AdministrationWords.in($0).invalidState }
    }
    do {
      _ = try await site.carryOut(.changeUser(user.token, change))
    } catch let error as BooksError {
      let page = UserPage(
        user, person: person, state: form["state"], problem: site.words(error, context),
        csrf: context.csrf, language: context.language, calendar: site.calendar)
      return response(page, of: user, to: request, context, status: error.status)
    }
    context.tell(.done, AdministrationWords.in(context.language).saved(person.name))
    return CoffeeSite.redirect("/administration")
  }

  private func response(
    _ page: UserPage, of user: UserView, to request: Request, _ context: PanelContext,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    let name = user.isPending ? user.token.text : user.person.name
    return site.response(
      PageParts.shared.html(page, template: "user"), title: page.words.editTitle(name), to: request, context,
      address: request.method == .post ? "/administration/user/\(user.token)" : nil, status: status)
  }

  private func bar(_ bars: Bool, _ request: Request, _ context: PanelContext) async throws -> Response {
    let user = try user(context)
    do {
      _ = try await site.carryOut(.changeUser(user.token, UserChange(barred: bars)))
    } catch let error as BooksError {
      return site.refusal(error, back: "/administration", to: request, context)
    }
    context.tell(.done, AdministrationWords.in(context.language).saved(user.person.name))
    return CoffeeSite.redirect("/administration")
  }

  private func askToErase(_ request: Request, _ context: PanelContext) async throws -> Response {
    let user = try user(context)
    let words = AdministrationWords.in(context.language)
    let page = ErasePage(
      words: words, csrf: context.csrf, name: user.person.name, token: user.token.text,
      debt: Debt(of: user, in: site.books.reading).map { words.debt($0, NumberFormat(context.language)) },
      cancel: CommonWords.in(context.language).cancel)
    return site.response(
      PageParts.shared.html(page, template: "erase"), title: words.eraseTitle(user.person.name), to: request,
      context)
  }

  private func erase(_ request: Request, _ context: PanelContext) async throws -> Response {
    let user = try user(context)
    do {
      _ = try await site.carryOut(.eraseUser(user.token))
    } catch let error as BooksError {
      return site.refusal(error, back: "/administration", to: request, context)
    }
    context.tell(.done, AdministrationWords.in(context.language).erased(user.token.text))
    return CoffeeSite.redirect("/administration")
  }
}
