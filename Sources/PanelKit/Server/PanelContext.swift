import Hummingbird
import NIOCore

/// What a request brings along besides itself.
public struct PanelContext: RequestContext, RemoteAddressRequestContext {
  public var coreContext: CoreRequestContextStorage
  /// Where the request comes from; nil for a Unix socket.
  public let remoteAddress: SocketAddress?

  public init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.channel.remoteAddress
  }

  /// The largest body that is read, in bytes: the pages send short commands only.
  public var maxUploadSize: Int { 16 * 1024 }
}
