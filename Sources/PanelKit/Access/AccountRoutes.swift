import Foundation
import HTTPTypes
import Hummingbird

/// The account's page: the password and the keys for scripts.
struct AccountRoutes: PanelRoutes {
  private let access: AccessControl
  private let pages: AppPages
  private let day: @Sendable (Date) -> String

  init(access: AccessControl, frame: PageFrame) {
    self.access = access
    pages = AppPages(frame: frame)
    day = frame.day
  }

  func add(to router: PanelRouter) {
    let account = router.group("/account")
    account.get("", .administration) { request, context in page(request, context) }
    account.post("/password", .administration) { request, context in
      try await changePassword(request, context)
    }
    account.post("/keys", .administration) { request, context in try await createKey(request, context) }
    account.post("/keys/:id/revoke", .administration) { _, context in
      do throws(AccessError) {
        try await access.store.revokeKey(context.parameters.get("id") ?? "")
      } catch {
        throw error.asHTTPError(context)
      }
      context.tell(.done, LoginWords.in(context.language).revoked)
      return Response.redirect(to: "/account", type: .normal)
    }
  }

  private func changePassword(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = LoginWords.in(context.language)
    let form = try await context.form(request)
    let password = form["password"] ?? ""
    guard password == form["repeat"] else { return told(.problem, words.notTheSame, context) }
    let result: AccessControl.LoginResult
    do throws(AccessError) {
      result = try await access.changePassword(
        from: form["old"] ?? "", to: password, request, from: context.remoteAddress?.ipAddress)
    } catch .passwordTooLong {
      return told(.problem, words.passwordTooLong, context)
    } catch .passwordTooShort {
      return told(.problem, words.passwordRule, context)
    } catch {
      throw error.asHTTPError(context)
    }
    switch result {
    case .loggedIn(let id):
      context.logger.notice("the password was changed")
      access.handle(id: id)?.tell(PageMessage(kind: .done, text: words.passwordChanged))
      var response = Response.redirect(to: "/account", type: .normal)
      response.setCookie(access.cookie(id: id))
      return response
    case .wrong:
      return told(.problem, words.wrong, context)
    case .wait(let time):
      throw SpokenError(.tooManyRequests, headers: .retryAfter(time)) { LoginWords.in($0).wait(time) }
    }
  }

  private func createKey(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = LoginWords.in(context.language)
    let form = try await context.form(request)
    let scopes = Set(APIKey.Scope.allCases.filter { form.isTicked($0.rawValue) })
    do throws(AccessError) {
      let new = try await access.store.createKey(name: form["name"] ?? "", scopes: scopes, at: access.date())
      context.logger.notice("the key '\(new.key.name)' was created")
      // Not stored anywhere: so it is answered with at once, and not after a redirection.
      return page(request, context, newKey: new.text)
    } catch .badKeyName {
      return page(request, context, refused: form, because: words.badName)
    } catch .noScope {
      return page(request, context, refused: form, because: words.noScope)
    } catch .tooManyKeys {
      return told(.problem, words.tooManyKeys, context)
    } catch {
      throw error.asHTTPError(context)
    }
  }

  private func told(_ kind: PageMessage.Kind, _ text: String, _ context: PanelContext) -> Response {
    context.tell(kind, text)
    return .redirect(to: "/account", type: .normal)
  }

  private struct Content {
    struct Key {
      var id: String
      var name: String
      var scopes: String
      var created: String
      var lastUsed: String
    }
    var minimum = Password.minimumLength
    var csrf: String
    var words: LoginWords
    var keys: [Key]
    var hasKeys: Bool
    var newKey: String?
    var problem: String?
    /// As it was typed.
    var name: String
    var reads: Bool
    var writes: Bool
  }

  /// - Parameters:
  ///   - form: of a key that was not made, with what was typed.
  ///   - problem: why it was not made.
  private func page(
    _ request: Request, _ context: PanelContext, newKey: String? = nil, refused form: Form? = nil,
    because problem: String? = nil
  ) -> Response {
    let words = LoginWords.in(context.language)
    let keys = access.store.keys.map { key in
      Content.Key(
        id: key.id, name: key.name,
        scopes: APIKey.Scope.allCases.filter(key.scopes.contains)
          .map { $0 == .read ? words.scopeRead : words.scopeWrite }.joined(separator: ", "),
        created: day(key.created), lastUsed: key.lastUsed.map(day) ?? words.never)
    }
    return pages.response(
      PageLibrary.panelKit.text(
        Content(
          csrf: context.csrf, words: words, keys: keys, hasKeys: !keys.isEmpty, newKey: newKey,
          problem: problem,
          name: form?["name"] ?? "", reads: form?.isTicked(APIKey.Scope.read.rawValue) ?? true,
          writes: form?.isTicked(APIKey.Scope.write.rawValue) ?? false),
        template: "account"),
      title: words.account, to: request, context, address: "/account", status: form == nil ? .ok : .badRequest
    )
  }
}
