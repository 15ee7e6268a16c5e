import DaemonKit
import HTTPTypes
import Hummingbird
import JSONState
import PanelKit

/// What all pages are made with.
struct CoffeeSite: Sendable {
  let books: StoredBooks
  let board: MachineBoard
  /// Where the machine stands.
  let calendar: LocalCalendar
  let now: @Sendable () -> WallTime
  /// The master token of the environment, which goes before the setting.
  let fixedMasterToken: Token?
  /// Whether what is brewed can be seen.
  let hasBrewInputs: Bool
  let pages = AppPages(frame: CoffeeFrame.frame)
  let banner = MachineBanner()
  let cache = PageCache()
  let queue = DrawingQueue()

  init(
    books: StoredBooks, board: MachineBoard, calendar: LocalCalendar,
    now: @escaping @Sendable () -> WallTime, fixedMasterToken: Token?,
    hasBrewInputs: Bool
  ) {
    self.books = books
    self.board = board
    self.calendar = calendar
    self.now = now
    self.fixedMasterToken = fixedMasterToken
    self.hasBrewInputs = hasBrewInputs
  }

  /// For readers whose browser wants none of those that the pages speak.
  var language: Language { Language(rawValue: books.store.read { $0.settings.language }) ?? .english }

  var today: CivilDate { calendar.date(now()) }

  /// A page in the frame.
  /// - Parameter address: where it can be asked for, if it answers something that was sent.
  func response(
    _ html: String, title: String, to request: Request, _ context: PanelContext, address: String? = nil,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    let isFull = PageReader(context.visitor).seesAll
    let line = MachineLine(board.live.current, language: context.language, isFull: isFull)
    // What is kept for several readers has no form of its own: its buttons send this one.
    let form = #"<form id="act" method="post" hidden>\#(HTML.csrfField(context.csrf))</form>"#
    return pages.response(
      form + html, banner: banner.html(line, language: context.language, isFull: isFull), title: title,
      to: request, context, address: address, status: status)
  }

  /// A page that is kept as long as the books stay as they are.
  func keptPage(
    _ address: String, title: String, to request: Request, _ context: PanelContext,
    draw: @escaping @Sendable (BooksReading, PageReader, BootInstant) -> PageCache.Drawing
  ) async -> Response {
    let now = books.now
    let books = books.reading
    let reader = PageReader(context.visitor)
    let key = PageCache.Key(
      address: address, language: context.language.rawValue, reader: reader, today: today)
    let html = await cache.page(key, generation: books.generation, at: now.instant) {
      draw(books, reader, now)
    }
    return response(html, title: title, to: request, context)
  }

  // MARK: Changing

  /// Carries a command out.
  /// - Throws: `BooksError` when the books refuse it, `SpokenError` when it cannot be made durable.
  func carryOut(_ command: BooksCommand) async throws -> BooksOutcome {
    var random = SystemRandomNumberGenerator()
    do {
      return try await books.carryOut(command, id: CommandID(using: &random))
    } catch let error as JSONStateError {
      throw SpokenError(.serviceUnavailable) { language in
        let words = CommonWords.in(language).notRecorded
        return language == .english ? "\(words) (\(error))" : words
      }
    }
  }

  /// Why the books refused something, as far as the reader's language has words.
  func words(_ error: BooksError, _ context: PanelContext) -> String {
    RefusalWords.text(error, context.language) ?? CommonWords.in(context.language).refused(error.kind)
  }

  /// The page that says why the books refused something.
  func refusal(
    _ error: BooksError, back: String, to request: Request, _ context: PanelContext
  ) -> Response {
    let words = CommonWords.in(context.language)
    return message(
      MessagePage(
        text: words.refused(error.kind), detail: RefusalWords.text(error, context.language), isProblem: true,
        backAddress: back,
        back: words.back),
      title: words.refused(error.kind), to: request, context, status: error.status)
  }

  /// A short page. Where it answers something that was sent, its address is that of the page it leads back to.
  func message(
    _ page: MessagePage, title: String, to request: Request, _ context: PanelContext,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    response(
      PageParts.shared.html(page, template: "message"), title: title, to: request, context,
      address: request.method == .post ? String(page.backAddress.prefix { $0 != "#" }) : nil, status: status)
  }

  /// To a page after a change: it has an address, and asking for it again changes nothing again.
  static func redirect(_ path: String, status: HTTPResponse.Status = .seeOther) -> Response {
    Response(status: status, headers: [.location: path])
  }
}

/// What the template of a short message reads.
struct MessagePage {
  var text: String
  var detail: String?
  var isProblem = false
  var backAddress: String
  var back: String
}

extension BooksError {
  var status: HTTPResponse.Status {
    switch kind {
    case .unknown: .notFound
    case .exists, .tooLate, .idReused, .importUnfinished: .conflict
    case .invalid, .nothing: .badRequest
    }
  }
}
