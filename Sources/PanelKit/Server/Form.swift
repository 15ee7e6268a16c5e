import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The fields of a form that a page has sent, or of an address's query.
public struct Form: Sendable {
  /// What was sent, by name. A name that is sent twice is refused.
  public let fields: [String: String]

  public subscript(_ name: String) -> String? { fields[name] }

  /// Whether a checkbox was ticked.
  public func isTicked(_ name: String) -> Bool { fields[name] != nil }

  init(_ body: ByteBuffer) throws(HTTPError) {
    guard let text = body.getString(at: body.readerIndex, length: body.readableBytes, encoding: .utf8) else {
      throw HTTPError(.badRequest, message: "The form is no UTF-8 text.")
    }
    try self.init(text)
  }

  init(_ text: String) throws(HTTPError) {
    // The decoder would put a replacement where percent signs stand for no UTF-8.
    guard text.removingPercentEncoding != nil else {
      throw HTTPError(.badRequest, message: "The form cannot be read: it is badly encoded.")
    }
    do {
      fields = try URLEncodedFormDecoder().decode([String: String].self, from: text)
    } catch {
      throw HTTPError(
        .badRequest, message: "The form cannot be read: a field is in it twice.")
    }
  }
}

extension Request {
  /// Whether it only asks for something.
  var isRead: Bool { method == .get || method == .head }

  /// Whether the body is a form that a page has sent.
  public var isForm: Bool { mediaType == "application/x-www-form-urlencoded" }

  /// The type of the body, in lower case and without parameters.
  var mediaType: String? {
    headers[.contentType].flatMap { $0.split(separator: ";").first }
      .map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
  }

  /// The fields of the query.
  ///
  /// - Throws: 400 when they cannot be read.
  public func query() throws(HTTPError) -> Form { try Form(uri.query ?? "") }
}

extension PanelContext {
  /// Reads the form in the body.
  ///
  /// - Throws: 415 when the body is something else, 413 when it is too long, 400 when it cannot be read.
  public func form(_ request: Request) async throws -> Form {
    guard request.isForm else {
      throw HTTPError(.unsupportedMediaType, message: "Send the form as application/x-www-form-urlencoded.")
    }
    return try Form(try await request.body.collect(upTo: maxUploadSize))
  }

  /// The body as it came, within the server's bound and in UTF-8: for routes that take whatever type.
  public func text(_ request: Request) async throws -> String {
    let body = try await request.body.collect(upTo: maxUploadSize)
    guard let text = body.getString(at: body.readerIndex, length: body.readableBytes, encoding: .utf8) else {
      throw HTTPError(.badRequest, message: "The body is no UTF-8 text.")
    }
    return text
  }

  /// Reads a JSON body; what is wrong with it is said with the field's name.
  public func json<Body: Decodable>(_ type: Body.Type, from request: Request) async throws -> Body {
    do {
      return try JSONDecoder().decode(type, from: Data(try await text(request).utf8))
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
