import PanelKit

/// All of coffeed's pages.
struct CoffeePages: PanelRoutes {
  let site: CoffeeSite

  func add(to router: PanelRouter) {
    MachineRoutes(site: site).add(to: router)
    TransactionsRoutes(site: site).add(to: router)
    LeaderboardRoutes(site: site).add(to: router)
    InvoicingRoutes(site: site).add(to: router)
    AdministrationRoutes(site: site).add(to: router)
    SettingsRoutes(site: site).add(to: router)
    ScanModeRoutes(site: site).add(to: router)
    UserRoutes(site: site).add(to: router)
    ExportRoutes(site: site).add(to: router)
  }
}
