import DaemonKit
import HTTPTypes
import Hummingbird
import PanelKit

/// Price, mails, times, master token, language, retention.
struct SettingsRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/settings", .read) { request, context in page(to: request, context) }
    router.post("/settings", .write, use: save)
    router.post("/settings/retention", .administration, use: applyRetention)
  }

  private func page(
    form: Form? = nil, problem: String? = nil, showsPreview: Bool = false, to request: Request,
    _ context: PanelContext, status: HTTPResponse.Status = .ok
  ) -> Response {
    let page = SettingsPage(
      site.books.reading, form: form, problem: problem, showsPreview: showsPreview,
      fixedMasterToken: site.fixedMasterToken, tellsMaster: context.visitor.isLoggedIn,
      hasBrewInputs: site.hasBrewInputs, csrf: context.csrf, language: context.language,
      calendar: site.calendar, now: site.now())
    return site.response(
      PageParts.shared.html(page, template: "settings"), title: page.words.title, to: request, context,
      address: "/settings", status: status)
  }

  private func save(_ request: Request, _ context: PanelContext) async throws -> Response {
    let words = SettingsWords.in(context.language)
    let form = try await context.form(request)
    if form["preview"] != nil, context.visitor.isLoggedIn {
      return page(form: form, showsPreview: true, to: request, context)
    }
    guard context.visitor.isLoggedIn || Set(form.fields.keys).isSubset(of: SettingsForm.predecessorFields)
    else {
      throw SpokenError(.forbidden) { SettingsWords.in($0).loginNeeded }
    }
    let time = trimmed(form["system_time"] ?? "")
    guard time.isEmpty || (time.utf8.count == 19 && CivilTime(time) != nil) else {
      return refusal(words.invalidTimeTitle, words.invalidTime, form, to: request, context)
    }
    do {
      let settings = site.books.reading.settings
      let change = try SettingsForm(form: form, settings: settings, words: words).change()
      _ = try await site.carryOut(.changeSettings(change))
    } catch let refusal as SettingsForm.Refusal {
      return self.refusal(refusal.title, refusal.text, form, to: request, context)
    } catch let error as BooksError {
      return refusal(words.invalidTitle, site.words(error, context), form, to: request, context)
    }
    guard time.isEmpty else {
      return notice(
        words.timeNotSetTitle, words.timeNotSet, to: request, context, status: .internalServerError)
    }
    let warnings = SettingsPage.warnings(
      site.books.reading, fixedMasterToken: site.fixedMasterToken, tellsMaster: context.visitor.isLoggedIn,
      language: context.language)
    guard context.visitor.isLoggedIn else {
      return notice(
        words.savedTitle, words.saved, detail: warnings.joined(separator: " "), to: request, context)
    }
    context.tell(.done, words.saved)
    warnings.forEach { context.tell(.problem, $0) }
    return CoffeeSite.redirect("/settings")
  }

  /// Who has logged in gets the form back with what was typed; a script a short page.
  private func refusal(
    _ title: String, _ text: String, _ form: Form, to request: Request, _ context: PanelContext
  ) -> Response {
    if context.visitor.isLoggedIn, form["language"] != nil {
      return page(
        form: form, problem: "\(title): \(text)", to: request, context, status: .badRequest)
    }
    return notice(title, text, to: request, context, status: .badRequest)
  }

  private func applyRetention(_ request: Request, _ context: PanelContext) async throws -> Response {
    do {
      if case .retention(let report) = try await site.carryOut(.applyRetention) {
        context.tell(.done, SettingsWords.in(context.language).retained(report.usages, report.invoices))
      }
    } catch let error as BooksError {
      return site.refusal(error, back: "/settings", to: request, context)
    }
    return CoffeeSite.redirect("/settings")
  }

  private func notice(
    _ title: String, _ text: String, detail: String = "", to request: Request, _ context: PanelContext,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    site.message(
      MessagePage(
        text: text, detail: detail.isEmpty ? nil : detail, isProblem: status != .ok, backAddress: "/settings",
        back: CommonWords.in(context.language).back),
      title: title, to: request, context, status: status)
  }
}
