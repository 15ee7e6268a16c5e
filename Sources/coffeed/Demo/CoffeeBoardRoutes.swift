import Hummingbird
import PanelKit

/// The page of the coffee machine's virtual board, `/board`: only for demonstrations.
struct CoffeeBoardRoutes<Control: CoffeeBoardControl>: PanelRoutes {
  private let control: Control
  private let shared: BoardRoutes<Control>

  init(control: Control, language: Language, isShared: Bool = false) {
    self.control = control
    shared = BoardRoutes(control: control, page: .coffee, language: language, isShared: isShared) {
      CoffeeBoardContent($0)
    }
  }

  func add(to router: PanelRouter) {
    shared.add(to: router)
    router.post("/board/api/drink", shared.changing) { request, context in
      let drink = try await context.json(DrinkBody.self, from: request).drink
      guard CoffeeWiring.brewedDrinks.contains(drink) else {
        throw HTTPError.outside("drink", "single, double or steam")
      }
      return try await boardAnswer { () async throws(BoardControlError) in try await control.press(drink) }
    }
  }
}

private struct DrinkBody: Decodable { var drink: Drink }
