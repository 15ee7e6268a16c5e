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

  func add(to router: Router<PanelContext>) {
    BoardPage.assets.add(to: router)
    let board = router.group("board").add(middleware: LocalOnly())
    board.get { request, _ in
      BoardPage.response(control.snapshots.current, language: request.language(default: language))
    }
    board.get("events") { request, _ in
      EventStream(control.snapshots, name: "board", version: BoardPage.version) { $0 }.response(to: request)
    }
    let api = board.group("api")
    api.post("card") { request, context in
      let body = try await context.read(CardBody.self, from: request)
      guard (1...64).contains(body.card.utf8.count) else {
        throw Self.outside("card", "1 to 64 bytes of text")
      }
      return try await perform(.card(id: body.card, isOnReader: body.onReader))
    }
    api.post("lever") { request, context in
      let position = try await context.read(LeverBody.self, from: request).position
      guard (0...1).contains(position) else { throw Self.outside("position", "a number from 0 to 1") }
      return try await answer { () async throws(BoardControlError) in try await lever.pull(to: position) }
    }
    api.post("reader") { request, context in
      try await perform(.reader(try await context.read(ReaderBody.self, from: request).fault))
    }
    api.post("leak") { request, context in
      try await perform(.leak(try await context.read(LeakBody.self, from: request).leaking))
    }
    api.post("keg") { request, context in
      let litres = try await context.read(KegBody.self, from: request).litres
      guard (1...100).contains(litres), litres == litres.rounded() else {
        throw Self.outside("litres", "a whole number from 1 to 100")
      }
      return try await perform(.keg(microlitres: Int64(litres) * 1_000_000))
    }
    api.post("plug") { _, _ in try await perform(.pullPlug) }
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

extension PanelContext {
  /// Reads a JSON body; what is wrong with it is said with the field's name.
  fileprivate func read<Body: Decodable>(_ type: Body.Type, from request: Request) async throws -> Body {
    do {
      return try await requestDecoder.decode(type, from: request, context: self)
    } catch let error as DecodingError {
      throw HTTPError(.badRequest, message: Self.words(for: error))
    }
  }

  private static func words(for error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _):
      return "'\(key.stringValue)' is missing."
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "The body is no JSON object." : "'\(path)' has a value that does not fit."
    @unknown default:
      return "The body does not fit."
    }
  }
}
