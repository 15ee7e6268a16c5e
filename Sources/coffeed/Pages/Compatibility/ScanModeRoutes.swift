import Hummingbird
import PanelKit

/// Scan mode, as the predecessor's scripts ask for it.
struct ScanModeRoutes: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    router.get("/scan-mode", .read) { _, _ in
      CoffeeSite.redirect("/administration", status: .found)
    }
    router.post("/scan-mode/toggle", .write, use: toggle)
    router.get("/api/scan-mode/status", .read) { _, _ in
      LegacyAnswer.ok(.object(["scan_mode": .bool(site.books.reading.settings.isScanMode)]))
    }
    router.get("/api/scan-mode/last", .read) { _, _ in
      let scan = site.books.reading.settings.isScanMode ? site.board.freshScan : nil
      return LegacyAnswer.ok(
        .object([
          "token": .text(scan?.token.text ?? ""),
          "timestamp": .text(scan?.time.isoText(in: site.calendar) ?? ""),
        ]))
    }
    router.get("/api/scan-mode/pending", .read) { _, _ in
      let users = site.books.reading.users().filter { !$0.isErased && LegacyUser.lacksNames($0) }
      return LegacyAnswer.ok(.list(users.map { LegacyUser.json($0, withLastSeen: false) }))
    }
  }

  /// On if `enabled` says so, else off.
  private func toggle(_ request: Request, _ context: PanelContext) async throws -> Response {
    var enabled = ""
    if request.isForm {
      enabled = try await context.form(request)["enabled"] ?? ""
    } else if case .object(let members)? = PlainJSON(try await context.text(request)) {
      switch members["enabled"] {
      case .bool(true): enabled = "true"
      case .integer(let value): enabled = String(value)
      case .text(let text): enabled = text
      default: break
      }
    }
    let isOn = ["1", "true", "True", "on"].contains(enabled)
    _ = try await site.carryOut(.setScanMode(isOn))
    if LegacyAnswer.prefersJSON(request) { return LegacyAnswer.ok(.object(["scan_mode": .bool(isOn)])) }
    let words = AdministrationWords.in(context.language)
    context.tell(.done, isOn ? words.scanModeIsOn : words.scanModeIsOff)
    return CoffeeSite.redirect("/scan-mode", status: .found)
  }
}
