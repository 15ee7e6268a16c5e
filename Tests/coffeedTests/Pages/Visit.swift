import Foundation
import HTTPTypes
import Hummingbird
import PageTesting
import NIOCore
import Testing

@testable import PanelKit
@testable import coffeed

/// Who sends a request in a test.
enum Sender: Sendable {
  case nobody
  case readKey
  case writeKey
  case login(Login)
}

/// A browser that has logged in.
struct Login: Sendable {
  var cookie: String
  var csrf: String
}

struct Answer: Sendable {
  var status: HTTPResponse.Status
  var headers: HTTPFields
  var text: String

  var type: String? { headers[.contentType] }
  var location: String? { headers[.location] }
  /// The page's heading.
  var heading: String? { text.firstMatch(of: /<h1>(.*?)<\/h1>/).map { String($0.1) } }
}

/// Sends requests to an office's pages.
struct Visit: Sendable {
  let client: PageClient
  let access: AccessControl
  let readKey: String
  let writeKey: String

  func send(
    _ method: HTTPRequest.Method, _ path: String, as sender: Sender = .readKey, headers: HTTPFields = [:],
    body: String? = nil
  ) async throws -> Answer {
    var headers = headers
    switch sender {
    case .nobody: break
    case .readKey: headers[.authorization] = "Bearer \(readKey)"
    case .writeKey: headers[.authorization] = "Bearer \(writeKey)"
    case .login(let login): headers[.cookie] = login.cookie
    }
    return try await client.execute(
      uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }
    ) { Answer(status: $0.status, headers: $0.headers, text: String(buffer: $0.body)) }
  }

  func get(_ path: String, as sender: Sender = .readKey, accept: String? = nil) async throws -> Answer {
    try await send(.get, path, as: sender, headers: accept.map { [.accept: $0] } ?? [:])
  }

  /// Sends a form; a login's token is put into it.
  func post(
    _ path: String, _ fields: [(String, String)] = [], as sender: Sender = .writeKey, accept: String? = nil
  ) async throws -> Answer {
    var fields = fields
    if case .login(let login) = sender { fields.append(("csrf", login.csrf)) }
    let body = fields.map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
    var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
    if let accept { headers[.accept] = accept }
    return try await send(.post, path, as: sender, headers: headers, body: body)
  }

  /// Sends a form and goes where the answer leads, as a browser does.
  func postAndFollow(_ path: String, _ fields: [(String, String)] = [], as sender: Sender) async throws
    -> Answer
  {
    let answer = try await post(path, fields, as: sender)
    #expect(answer.status == .seeOther, "\(path)")
    return try await get(try #require(answer.location), as: sender)
  }

  /// Sends JSON, with whatever content type.
  func json(
    _ path: String, _ body: String, as sender: Sender = .writeKey, type: String? = "application/json"
  ) async throws -> Answer {
    try await send(.post, path, as: sender, headers: type.map { [.contentType: $0] } ?? [:], body: body)
  }

  /// A browser that has logged in. PanelKit's tests log in with the password, which takes its time.
  func logIn() async throws -> Sender {
    let cookie = "\(access.cookieName)=\(access.beginSession(password: access.store.currentPassword))"
    let page = try await send(.get, "/export", as: .nobody, headers: [.cookie: cookie])
    let csrf = String(try #require(page.text.firstMatch(of: /name="csrf" value="([^"]+)"/)).1)
    return .login(Login(cookie: cookie, csrf: csrf))
  }
}
