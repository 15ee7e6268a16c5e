import Foundation
import NIOCore

/// Why a server cannot listen, in words that say what to do.
enum ListenProblem {
  /// Looks through /proc when the port is taken: not on an event loop.
  static func words(for error: any Error, host: String, port: Int, setting: String) -> String {
    let place = "\(host):\(port) (\(setting))"
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE:
      let holder = PortHolder.find(port: port) ?? "another program"
      return "\(place) is taken by \(holder): end that or set another port"
    case EADDRNOTAVAIL:
      return "\(place) is no address of this machine, or not yet: is the network up?"
    case EACCES, EPERM:
      return "\(place) may not be used by this user: ports below 1024 need root or CAP_NET_BIND_SERVICE"
    default:
      return "\(place) cannot be listened on: \(error)"
    }
  }
}
