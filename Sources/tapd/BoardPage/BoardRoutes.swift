import Hummingbird
import PanelKit

/// The page of the tap's virtual board, `/board`: only for demonstrations.
struct TapBoardRoutes<Control: TapBoardControl>: PanelRoutes {
  private let control: Control
  private let shared: BoardRoutes<Control>
  private let lever: LeverHold

  init(control: Control, language: Language, isShared: Bool = false) {
    self.control = control
    shared = BoardRoutes(control: control, page: .tap, language: language, isShared: isShared) {
      TapBoardContent($0)
    }
    lever = LeverHold(control: control)
  }

  func add(to router: PanelRouter) {
    shared.add(to: router)
    let api = router.group("/board/api")
    api.post("/lever", shared.changing) { request, context in
      let position = try await context.json(LeverBody.self, from: request).position
      guard (0...1).contains(position) else { throw HTTPError.outside("position", "a number from 0 to 1") }
      return try await boardAnswer { () async throws(BoardControlError) in
        try await lever.pull(to: position)
      }
    }
    api.post("/leak", shared.changing) { request, context in
      try await perform(.leak(try await context.json(LeakBody.self, from: request).leaking))
    }
    api.post("/keg", shared.changing) { request, context in
      let litres = try await context.json(KegBody.self, from: request).litres
      guard (1...100).contains(litres), litres == litres.rounded() else {
        throw HTTPError.outside("litres", "a whole number from 1 to 100")
      }
      return try await perform(.keg(microlitres: Int64(litres) * 1_000_000))
    }
    api.post("/top-up", shared.changing) { request, context in
      try await perform(.topUp(card: try await context.json(TopUpBody.self, from: request).card))
    }
  }

  private func perform(_ command: TapBoardCommand) async throws -> Response {
    try await boardAnswer { () async throws(BoardControlError) in try await control.perform(command) }
  }
}

private struct LeverBody: Decodable { var position: Double }
private struct TopUpBody: Decodable { var card: String }
private struct LeakBody: Decodable { var leaking: Bool }
// Not an integer: JSONDecoder does not say which field holds a number that is none.
private struct KegBody: Decodable { var litres: Double }
