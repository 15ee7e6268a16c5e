import HTTPTypes

/// Why a request is not answered, where a page says it in the reader's language.
enum PanelError: Error {
  /// Nobody has logged in.
  case loginNeeded
  /// Nobody has set a password.
  case setupNeeded
  /// There is no such key.
  case unknownKey
  /// The key may not do that.
  case scopeMissing
  /// The token of the form is not that of the session.
  case wrongToken
  /// The request comes from a page of somebody else.
  case foreignPage

  var status: HTTPResponse.Status {
    switch self {
    case .loginNeeded, .setupNeeded, .unknownKey: .unauthorized
    case .scopeMissing, .wrongToken, .foreignPage: .forbidden
    }
  }
}

/// An answer other than what was asked for, in words: a page says them in its reader's language, and a script gets
/// the English ones.
///
/// The message of an `HTTPError` is English only; a page in another language says what its status means.
public struct SpokenError: Error {
  public let status: HTTPResponse.Status
  public let headers: HTTPFields
  public let message: @Sendable (Language) -> String

  public init(
    _ status: HTTPResponse.Status, headers: HTTPFields = [:],
    message: @escaping @Sendable (Language) -> String
  ) {
    self.status = status
    self.headers = headers
    self.message = message
  }
}
