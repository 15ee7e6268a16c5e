import Hummingbird

/// The page of a virtual board, `/board`: only for demonstrations, and on the machine itself
/// unless the demonstration was started for others too.
public struct BoardRoutes<Control: BoardControl>: PanelRoutes {
  private let control: Control
  private let page: BoardPage
  private let language: Language
  private let own: @Sendable (Language) -> Any
  private let isShared: Bool

  /// Who may look at the board, and who may touch it.
  public var reading: ReadAccess { isShared ? .demo : .local }
  public var changing: ChangeAccess { isShared ? .demo : .local }

  /// - Parameters:
  ///   - language: for browsers that want none of those that the page speaks.
  ///   - isShared: whether other machines may use it.
  ///   - own: what the daemon's part of the template reads.
  public init(
    control: Control, page: BoardPage, language: Language, isShared: Bool = false,
    own: @escaping @Sendable (Language) -> Any
  ) {
    self.control = control
    self.page = page
    self.language = language
    self.own = own
    self.isShared = isShared
  }

  public func add(to router: PanelRouter) {
    page.page.add(to: router)
    let board = router.group("/board")
    board.get("", reading) { request, _ in
      let language = request.language(default: language)
      return page.response(control.snapshots.current, own: own(language), language: language)
    }
    board.get("/events", reading) { request, _ in
      EventStream(control.snapshots, name: "board", version: page.page.version) { $0 }.response(to: request)
    }
    let api = board.group("/api")
    api.post("/card", changing) { request, context in
      let body = try await context.json(CardBody.self, from: request)
      guard (1...64).contains(body.card.utf8.count) else {
        throw HTTPError.outside("card", "1 to 64 bytes of text")
      }
      return try await perform(.card(id: body.card, isOnReader: body.onReader))
    }
    api.post("/reader", changing) { request, context in
      try await perform(.reader(try await context.json(ReaderBody.self, from: request).fault))
    }
    api.post("/plug", changing) { _, _ in try await perform(.pullPlug) }
  }

  private func perform(_ gesture: BoardGesture) async throws -> Response {
    try await boardAnswer { () async throws(BoardControlError) in try await control.perform(gesture) }
  }
}

private struct CardBody: Decodable {
  var card: String
  var onReader: Bool
}
private struct ReaderBody: Decodable { var fault: ReaderFault }

/// What a page is answered that has done something to a board.
public func boardAnswer(
  _ action: () async throws(BoardControlError) -> Void
) async throws -> Response {
  do {
    try await action()
  } catch .noSuchCard(let id) {
    throw HTTPError(.notFound, message: "There is no card '\(id)' on the table.")
  } catch .refused(let reason) {
    throw HTTPError(.conflict, message: reason)
  }
  return Response(status: .noContent)
}

extension HTTPError {
  /// A field of a request's body is not what it must be.
  public static func outside(_ field: String, _ range: String) -> HTTPError {
    HTTPError(.badRequest, message: "'\(field)' must be \(range).")
  }
}
