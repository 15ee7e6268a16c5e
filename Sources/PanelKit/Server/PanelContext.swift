import Foundation
import Hummingbird
import NIOCore

/// What a request brings along besides itself.
public struct PanelContext: RequestContext, RemoteAddressRequestContext {
  public var coreContext: CoreRequestContextStorage
  /// Where the request comes from; nil for a Unix socket.
  public let remoteAddress: SocketAddress?
  /// The largest body that is read, in bytes.
  public internal(set) var maxUploadSize = 16 * 1024
  var cookies = Cookies(from: [])
  /// Who asks.
  public internal(set) var visitor = Visitor.guest
  /// The language of the answer: `?lang=`, else what was chosen before, else the browser's liking.
  public internal(set) var language = Language.english

  public init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.channel.remoteAddress
  }

  /// The token that belongs into each form, as the field `csrf`; empty without a login.
  public var csrf: String { visitor.session?.csrf ?? "" }

  /// What stands in the address in the place of `:name`.
  ///
  /// - Throws: 404 when it is no percent-encoded text.
  public func parameter(_ name: String) throws(HTTPError) -> String {
    guard let text = parameters.get(name)?.removingPercentEncoding else { throw HTTPError(.notFound) }
    return text
  }

  /// Shows `message` on the next page of this login; without a login it is not shown.
  public func tell(_ kind: PageMessage.Kind = .done, _ message: String) {
    visitor.session?.tell(PageMessage(kind: kind, text: message))
  }
}

/// Who asks.
public enum Visitor: Sendable {
  /// Nobody in particular.
  case guest
  /// A browser on this very machine, where that is what a route needs.
  case local
  /// Nobody in particular, in a trusted network.
  case trusted
  /// A script with a key.
  case key(KeyHandle)
  /// Who has logged in with the password.
  case session(SessionHandle)

  var session: SessionHandle? {
    if case .session(let session) = self { session } else { nil }
  }

  /// Whether this is a browser that has logged in.
  public var isLoggedIn: Bool { session != nil }

  /// Whether a route with this need would answer.
  public func may(_ access: ReadAccess) -> Bool { satisfies(access.need) }
  public func may(_ access: ChangeAccess) -> Bool { satisfies(access.need) }

  func satisfies(_ need: RouteNeed) -> Bool {
    switch (self, need) {
    case (_, .open), (_, .demo), (.local, .local), (.session, .trusted), (.session, .read),
      (.session, .write),
      (.session, .administration), (.trusted, .trusted):
      true
    case (.key(let key), .trusted), (.key(let key), .read): key.key.scopes.contains(.read)
    case (.key(let key), .write): key.key.scopes.contains(.write)
    default: false
    }
  }
}
