import HTTPTypes
import Hummingbird

/// Login, logout and the first password.
///
/// A form of somebody who has not logged in is tied to the browser it was sent to: a random value stands in
/// it and in a cookie. A stranger's page can send the form, but does not know the value.
struct LoginRoutes: PanelRoutes {
  private let access: AccessControl
  private let pages: AppPages
  private let home: String

  init(access: AccessControl, frame: PageFrame) {
    self.access = access
    pages = AppPages(frame: frame)
    home = frame.home
  }

  func add(to router: PanelRouter) {
    router.get("/login", .open) { request, context -> Response in
      guard access.store.hasPassword else { return .redirect(to: "/setup", type: .normal) }
      let next = NextPage.checked(try request.query()["next"], fallback: home)
      if context.visitor.isLoggedIn { return .redirect(to: next, type: .normal) }
      return loginPage(request, context, next: next)
    }
    router.post("/login", .open) { request, context in try await login(request, context) }
    router.post("/logout", .open) { request, context in try await logout(request, context) }
    router.get("/setup", .open) { request, context in
      access.store.hasPassword
        ? Response.redirect(to: "/login", type: .normal) : setupPage(request, context)
    }
    router.post("/setup", .open) { request, context in try await setUp(request, context) }
  }

  // MARK: Answers

  private func login(_ request: Request, _ context: PanelContext) async throws -> Response {
    let form = try await checkedForm(request, context)
    guard access.store.hasPassword else { return .redirect(to: "/setup", type: .normal) }
    let next = NextPage.checked(form["next"], fallback: home)
    let words = LoginWords.in(context.language)
    do throws(AccessError) {
      switch try await access.login(
        form["password"] ?? "", request, from: context.remoteAddress?.ipAddress)
      {
      case .loggedIn(let id):
        if case .session(let old) = context.visitor { access.logout(old) }
        return loggedIn(id, next: next)
      case .wrong:
        return loginPage(request, context, next: next, status: .forbidden, problem: words.wrong)
      case .wait(let time):
        return loginPage(
          request, context, next: next, status: .tooManyRequests, problem: words.wait(time), wait: time)
      }
    } catch {
      throw error.asHTTPError(context)
    }
  }

  private func setUp(_ request: Request, _ context: PanelContext) async throws -> Response {
    let form = try await checkedForm(request, context)
    guard !access.store.hasPassword else { return .redirect(to: "/login", type: .normal) }
    let words = LoginWords.in(context.language)
    let (password, code) = (form["password"] ?? "", form["code"] ?? "")
    guard password == form["repeat"] else {
      return setupPage(request, context, code: code, status: .badRequest, problem: words.notTheSame)
    }
    do throws(AccessError) {
      switch try await access.setUp(
        password, code: code, request, from: context.remoteAddress?.ipAddress)
      {
      case .loggedIn(let id):
        context.logger.notice("the password was set from \(context.remoteAddress?.ipAddress ?? "a socket")")
        return loggedIn(id, next: home)
      case .wrong:
        return setupPage(request, context, status: .forbidden, problem: words.wrongCode)
      case .wait(let time):
        return setupPage(
          request, context, code: code, status: .tooManyRequests, problem: words.wait(time), wait: time)
      }
    } catch .passwordTooLong {
      return setupPage(request, context, status: .badRequest, problem: words.passwordTooLong)
    } catch .passwordTooShort {
      return setupPage(request, context, code: code, status: .badRequest, problem: words.passwordRule)
    } catch .alreadySetUp {
      return .redirect(to: "/login", type: .normal)
    } catch {
      throw error.asHTTPError(context)
    }
  }

  private func logout(_ request: Request, _ context: PanelContext) async throws -> Response {
    if case .session(let session) = context.visitor {
      let form = try await context.form(request)
      guard constantTimeEqual((form["csrf"] ?? "").utf8, session.csrf.utf8) else {
        throw PanelError.wrongToken
      }
      access.logout(session)
    }
    var response = Response.redirect(to: "/login", type: .normal)
    response.setCookie(access.expiredCookie)
    return response
  }

  private func loggedIn(_ id: String, next: String) -> Response {
    var response = Response.redirect(to: next, type: .normal)
    response.setCookie(access.cookie(id: id))
    return response
  }

  // MARK: The form's tie to the browser

  private var tieName: String { access.cookieName + "-form" }

  private func checkedForm(_ request: Request, _ context: PanelContext) async throws -> Form {
    guard access.isFromOwnPage(request) else { throw PanelError.foreignPage }
    let form = try await context.form(request)
    guard let tie = tie(of: request), let sent = form["csrf"], constantTimeEqual(tie.utf8, sent.utf8) else {
      throw PanelError.wrongToken
    }
    return form
  }

  private func tie(of request: Request) -> String? {
    request.cookies[tieName].map(\.value).flatMap { $0.utf8.count == 64 ? $0 : nil }
  }

  private func tied(_ request: Request, _ make: (String) -> Response) -> Response {
    let known = tie(of: request)
    let tie = known ?? access.random(bytes: 32)
    var response = make(tie)
    if known == nil {
      response.setCookie(
        Cookie(
          name: tieName, value: tie, path: "/", secure: access.settings.isBehindTLS, httpOnly: true,
          sameSite: .strict))
    }
    return response
  }

  // MARK: Pages

  private struct LoginContent {
    var csrf: String
    var next: String
    var problem: String?
    var words: LoginWords
  }

  private func loginPage(
    _ request: Request, _ context: PanelContext, next: String, status: HTTPResponse.Status = .ok,
    problem: String? = nil, wait: Duration? = nil
  ) -> Response {
    let words = LoginWords.in(context.language)
    return tied(request) { tie in
      pages.response(
        PageLibrary.panelKit.text(
          LoginContent(csrf: tie, next: next, problem: problem, words: words), template: "login"),
        title: words.login, to: request, context, address: "/login?next=\(NextPage.encoded(next))",
        status: status, headers: .retryAfter(wait))
    }
  }

  private struct SetupContent {
    var csrf: String
    var needsCode: Bool
    /// As it was typed.
    var code: String
    var minimum: Int
    var problem: String?
    var words: LoginWords
  }

  private func setupPage(
    _ request: Request, _ context: PanelContext, code: String = "", status: HTTPResponse.Status = .ok,
    problem: String? = nil,
    wait: Duration? = nil
  ) -> Response {
    let words = LoginWords.in(context.language)
    return tied(request) { tie in
      pages.response(
        PageLibrary.panelKit.text(
          SetupContent(
            csrf: tie, needsCode: !access.isOnThisMachine(request, from: context.remoteAddress?.ipAddress),
            code: code, minimum: Password.minimumLength, problem: problem, words: words),
          template: "setup"),
        title: words.setupTitle, to: request, context, address: "/setup", status: status,
        headers: .retryAfter(wait))
    }
  }
}

extension HTTPFields {
  static func retryAfter(_ wait: Duration?) -> HTTPFields {
    guard let wait else { return [:] }
    return [.retryAfter: String(wait.wholeSeconds)]
  }
}

extension Duration {
  /// Rounded up, and at least one.
  var wholeSeconds: Int64 { max(1, components.seconds + (components.attoseconds > 0 ? 1 : 0)) }
}

extension AccessError {
  /// What a page cannot do anything about.
  func asHTTPError(_ context: PanelContext) -> HTTPError {
    switch self {
    case .busy:
      return HTTPError(.tooManyRequests, headers: .retryAfter(.seconds(1)), message: description)
    case .noSuchKey:
      return HTTPError(.notFound, message: description)
    case .damaged, .storage:
      context.logger.error("\(description)")
      return HTTPError(.internalServerError, message: description)
    default:
      return HTTPError(.badRequest, message: description)
    }
  }
}
