import HTTPTypes
import Hummingbird
import Synchronization

/// The pages of an application, in its frame.
///
/// Drawing the frame takes longer than most of what stands in it. So it is drawn once for an address and who
/// may see it, and kept with holes for what differs from one request to the next.
public struct AppPages: Sendable {
  private let frame: PageFrame
  private let drawn = DrawnFrames()

  public init(frame: PageFrame) { self.frame = frame }

  /// A page.
  ///
  /// - Parameters:
  ///   - main: the page's content, as HTML.
  ///   - banner: what stands in the header besides, as HTML: what is to be seen on every page.
  ///   - title: the page's heading, as text.
  ///   - address: where this page, or the one that its form came from, can be asked for, as path and query: needed
  ///     where it answers something that was sent, for that cannot be asked for again.
  public func response(
    _ main: String, banner: String = "", title: String, to request: Request, _ context: PanelContext,
    address: String? = nil, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    let messages = context.visitor.session?.takeMessages() ?? []
    let body = drawn.frame(frame, title: title, at: PageAddress(request, address), request, context).filled {
      hole in
      switch hole {
      case .banner: banner
      case .csrf: HTML.csrfField(context.csrf)
      case .main: main
      case .messages: messages.map(\.html).joined()
      }
    }
    var headers = headers
    headers[.contentType] = "text/html; charset=utf-8"
    return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
  }
}

extension HTML {
  /// The hidden field that belongs into each form: the form is from a page of this login.
  public static func csrfField(_ token: String) -> String {
    #"<input type="hidden" name="csrf" value="\#(escape(token))">"#
  }
}

/// A frame, drawn, with holes. A hole is a comment in the template; no text that is filled in can make one, for
/// its brackets are escaped.
struct DrawnFrame: Sendable {
  enum Hole: String {
    case banner, csrf, main, messages
  }

  /// What stands before each hole, and after the last one.
  private let pieces: [(text: String, hole: Hole?)]
  let size: Int

  init(_ html: String) {
    size = html.utf8.count
    var pieces: [(String, Hole?)] = []
    var rest = html[...]
    for match in html.matches(of: /<!-- (\w+) -->/) {
      guard let hole = Hole(rawValue: String(match.1)) else {
        preconditionFailure("The frame's template has no hole '\(match.1)'")
      }
      pieces.append((String(rest[..<match.range.lowerBound]), hole))
      rest = html[match.range.upperBound...]
    }
    self.pieces = pieces + [(String(rest), nil)]
  }

  func filled(_ content: (Hole) -> String) -> ByteBuffer {
    let contents = pieces.map { $0.hole.map(content) ?? "" }
    var bytes = ByteBuffer()
    bytes.reserveCapacity(size + contents.reduce(0) { $0 + $1.utf8.count })
    for (piece, content) in zip(pieces, contents) {
      bytes.writeString(piece.text)
      bytes.writeString(content)
    }
    return bytes
  }
}

/// The frames that were asked for of late.
private final class DrawnFrames: Sendable {
  /// All that the look of a frame depends on.
  private struct Key: Hashable {
    let address: PageAddress
    let title: String
    let language: Language
    let isLoggedIn: Bool
    /// Which places of the navigation are shown.
    let isShown: [Bool]
  }

  private let frames = Mutex(RecentlyUsed<Key, DrawnFrame>(capacity: 1 << 20))

  func frame(
    _ frame: PageFrame, title: String, at address: PageAddress, _ request: Request, _ context: PanelContext
  ) -> DrawnFrame {
    let key = Key(
      address: address, title: title, language: context.language, isLoggedIn: context.visitor.isLoggedIn,
      isShown: frame.items.map { context.visitor.may($0.access) })
    if let known = frames.withLock({ $0.value(key) }) { return known }
    let content = FrameContent(frame, title: title, at: address, request, context)
    let drawn = DrawnFrame(PageLibrary.panelKit.text(content, template: "frame"))
    frames.withLock { $0.insert(drawn, for: key, size: drawn.size) }
    return drawn
  }
}
