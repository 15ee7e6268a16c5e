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
