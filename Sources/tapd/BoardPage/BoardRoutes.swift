import Hummingbird
import PanelKit

/// The page of the virtual board, `/board`: only for demonstrations, and only on the machine itself.
struct BoardRoutes: PanelRoutes {
  private let control: any BoardControl
  private let language: Language
  private let lever: LeverHold

  init(control: any BoardControl, language: Language) {
    self.control = control
    self.language = language
    lever = LeverHold(control: control)
  }

  func add(to router: PanelRouter) {
    BoardPage.page.add(to: router)
    let board = router.group("/board")
    board.get("", .local) { request, _ in
      BoardPage.response(control.snapshots.current, language: request.language(default: language))
    }
    board.get("/events", .local) { request, _ in
      EventStream(control.snapshots, name: "board", version: BoardPage.page.version) { $0 }.response(
        to: request)
    }
    let api = board.group("/api")
    api.post("/card", .local) { request, context in
      let body = try await context.json(CardBody.self, from: request)
      guard (1...64).contains(body.card.utf8.count) else {
        throw Self.outside("card", "1 to 64 bytes of text")
      }
      return try await perform(.card(id: body.card, isOnReader: body.onReader))
    }
    api.post("/lever", .local) { request, context in
      let position = try await context.json(LeverBody.self, from: request).position
      guard (0...1).contains(position) else { throw Self.outside("position", "a number from 0 to 1") }
      return try await answer { () async throws(BoardControlError) in try await lever.pull(to: position) }
    }
    api.post("/reader", .local) { request, context in
      try await perform(.reader(try await context.json(ReaderBody.self, from: request).fault))
    }
    api.post("/leak", .local) { request, context in
      try await perform(.leak(try await context.json(LeakBody.self, from: request).leaking))
    }
    api.post("/keg", .local) { request, context in
      let litres = try await context.json(KegBody.self, from: request).litres
      guard (1...100).contains(litres), litres == litres.rounded() else {
        throw Self.outside("litres", "a whole number from 1 to 100")
      }
      return try await perform(.keg(microlitres: Int64(litres) * 1_000_000))
    }
    api.post("/plug", .local) { _, _ in try await perform(.pullPlug) }
  }

  private struct CardBody: Decodable {
    var card: String
    var onReader: Bool
  }
  private struct LeverBody: Decodable { var position: Double }
  private struct ReaderBody: Decodable { var fault: ReaderFault }
  private struct LeakBody: Decodable { var leaking: Bool }
  // Not an integer: JSONDecoder does not say which field holds a number that is none.
  private struct KegBody: Decodable { var litres: Double }

  private func perform(_ command: BoardCommand) async throws -> Response {
    try await answer { () async throws(BoardControlError) in try await control.perform(command) }
  }

  private func answer(_ action: () async throws(BoardControlError) -> Void) async throws -> Response {
    do {
      try await action()
    } catch .noSuchCard(let id) {
      throw HTTPError(.notFound, message: "There is no card '\(id)' on the table.")
    } catch .refused(let reason) {
      throw HTTPError(.conflict, message: reason)
    }
    return Response(status: .noContent)
  }

  private static func outside(_ field: String, _ range: String) -> HTTPError {
    HTTPError(.badRequest, message: "'\(field)' must be \(range).")
  }
}
