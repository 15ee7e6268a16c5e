import Foundation
import DaemonTesting

@testable import coffeed

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// A browser in front of a daemon that runs as a process: keeps its cookies and follows where it is led.
struct Browser: Sendable {
  struct Page: Sendable {
    var status: Int
    /// Where it was led to.
    var path: String
    var text: String

    /// The value of a hidden field.
    func hidden(_ name: String) throws -> String {
      guard let start = text.range(of: "name=\"\(name)\" value=\"") else {
        throw ProgramError(problem: "there is no field \(name) in \(path)")
      }
      return String(text[start.upperBound...].prefix { $0 != "\"" })
    }
  }

  private let site: URL
  private let session = URLSession(configuration: .ephemeral)

  init(_ site: URL) { self.site = site }

  /// - Parameter languages: those that it wants, as it tells them.
  func get(_ path: String, key: String? = nil, languages: String? = nil) async throws -> Page {
    var request = URLRequest(url: site.appending(path: path))
    request.setValue("text/html", forHTTPHeaderField: "Accept")
    if let key { request.setValue(key, forHTTPHeaderField: "X-API-Key") }
    if let languages { request.setValue(languages, forHTTPHeaderField: "Accept-Language") }
    return try await send(request)
  }

  func post(_ path: String, _ fields: [String: String]) async throws -> Page {
    let body = fields.map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
    return try await post(path, body, type: "application/x-www-form-urlencoded")
  }

  /// Sends JSON, as the script of the board's page does.
  @discardableResult func postJSON(_ path: String, _ json: String) async throws -> Page {
    try await post(path, json, type: "application/json")
  }

  /// Fills in the login's form.
  func logIn(_ password: String) async throws -> Page {
    let form = try await get("login")
    return try await post("login", ["password": password, "csrf": try form.hidden("csrf")])
  }

  private func post(_ path: String, _ body: String, type: String) async throws -> Page {
    var request = URLRequest(url: site.appending(path: path))
    request.httpMethod = "POST"
    request.httpBody = Data(body.utf8)
    request.setValue(type, forHTTPHeaderField: "Content-Type")
    request.setValue("text/html", forHTTPHeaderField: "Accept")
    return try await send(request)
  }

  private func send(_ request: URLRequest) async throws -> Page {
    let (data, response) = try await session.data(for: request)
    guard let response = response as? HTTPURLResponse else {
      throw ProgramError(problem: "\(request) was answered by something else than a web server")
    }
    return Page(
      status: response.statusCode, path: response.url?.path ?? "", text: String(decoding: data, as: UTF8.self)
    )
  }
}
