import HTTPTypes
import Hummingbird
import PanelKit

/// Answers of the routes that the predecessor's scripts know.
enum LegacyAnswer {
  static func ok(_ json: PlainJSON) -> Response { response(.ok, json.bytes) }

  static func refused(_ error: LegacyError, status: HTTPResponse.Status = .badRequest) -> Response {
    response(status, error.json.bytes)
  }

  /// Refused without a reason, as the predecessor does it.
  static var refused: Response { response(.badRequest, PlainJSON.object(["ok": .bool(false)]).bytes) }

  static func response(_ status: HTTPResponse.Status, _ bytes: [UInt8]) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }

  /// Whether a client would rather have JSON than a page (RFC 9110, 12.5.1): the type with the highest quality,
  /// the first one of several.
  static func prefersJSON(_ request: Request) -> Bool {
    var best: (type: String, quality: Double)?
    for entry in (request.headers[.accept] ?? "").split(separator: ",") {
      let parts = entry.split(separator: ";").map { trimmed(String($0)).lowercased() }
      guard let type = parts.first else { continue }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
      if quality > (best?.quality ?? 0) { best = (type, quality) }
    }
    return best?.type == "application/json"
  }
}
