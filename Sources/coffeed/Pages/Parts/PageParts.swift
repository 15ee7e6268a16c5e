import PanelKit

/// The templates of what stands inside the pages' frame, parsed once.
struct PageParts: Sendable {
  private let library: PageLibrary

  static let shared: PageParts = {
    do {
      return PageParts(library: try PageLibrary(templates))
    } catch {
      preconditionFailure("The pages' templates do not parse: \(error)")
    }
  }()

  func html(_ content: Any, template: String) -> String { library.text(content, template: template) }

  private static let templates: [String: String] = [
    "page-links": text(PackageResources.page_links_mustache),
    "transactions": text(PackageResources.transactions_mustache),
    "invoicing": text(PackageResources.invoicing_mustache),
    "invoice": text(PackageResources.invoice_mustache),
    "mail-text": text(PackageResources.mail_text_mustache),
    "batch": text(PackageResources.batch_mustache),
    "leaderboard": text(PackageResources.leaderboard_mustache),
    "history": text(PackageResources.history_mustache),
    "period": text(PackageResources.period_mustache),
    "person": text(PackageResources.person_mustache),
    "administration": text(PackageResources.administration_mustache),
    "user": text(PackageResources.user_mustache),
    "erase": text(PackageResources.erase_mustache),
    "settings": text(PackageResources.settings_mustache),
    "export": text(PackageResources.export_mustache),
    "message": text(PackageResources.message_mustache),
    "machine": text(PackageResources.machine_mustache),
  ]

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
