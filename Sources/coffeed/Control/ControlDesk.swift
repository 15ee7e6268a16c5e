import DaemonKit
import Foundation
import JSONState
import PanelKit

/// Answers what the command line asks, in the daemon and where none is running.
struct ControlDesk: Sendable {
  let books: StoredBooks
  let access: AccessStore
  /// What the daemon's pages call themselves; nil where no daemon runs.
  var pages: String?
  /// The daemon's devices; nil where no daemon runs.
  var devices: DeviceProblems?

  /// How many rows of a list an answer has. Texts of 200 characters in every field still fit into a message.
  static let pageSize = 500

  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    switch request {
    case .setPassword(let password):
      try await access.setPassword(password)
      return .done
    case .hasPassword: return .hasPassword(access.hasPassword)
    case .createKey(let name, let scopes):
      return .newKey(try await access.createKey(name: name, scopes: scopes, at: Date()).text)
    case .keys: return .keys(access.keys.map { KeyView($0) })
    case .revokeKey(let name):
      guard let key = access.keys.first(where: { $0.name == name }) else { throw AccessError.noSuchKey }
      try await access.revokeKey(key.id)
      return .done
    case .ping: return .pong(pages: pages)
    case .devices: return .devices(devices?.all ?? [:])
    case .verify:
      var report = try await books.verificationReport()
      let damage = try await onOwnThread { [access] () throws(JSONStateError) in try access.verify() }
      if let damage { report.damages.append(damage.description) }
      return .verified(report)
    default: return try await books.answer(request)
    }
  }
}

extension StoredBooks {
  func answer(_ request: ControlRequest) async throws -> ControlAnswer {
    let size = ControlDesk.pageSize
    switch request {
    case .carryOut(let command, let id): return .outcome(try await carryOut(command, id: id))
    case .settings: return .settings(reading.settings)
    case .user(let token): return .user(reading.user(token))
    case .users(let page): return .users(ListPage(of: reading.users(), page: page, size: size))
    case .usages(let filter, let page, let wanted):
      let rows = min(max(1, wanted), size)
      // A million usages take a while to go through.
      return await onOwnThread { [self] in .usages(reading.usages(filter, page: page, pageSize: rows)) }
    case .invoices(let token, let page):
      guard let token else { return .invoices(ListPage(of: reading.invoices(), page: page, size: size)) }
      let reading = reading
      let known = reading.user(token)?.token
      let invoices = reading.invoices().filter { $0.token == known }
      return .invoices(ListPage(of: invoices, page: page, size: size))
    case .invoice(let number): return .invoice(reading.invoice(number))
    case .invoiceItems(let number, let page):
      return .invoiceItems(ListPage(of: reading.items(ofInvoice: number), page: page, size: size))
    case .batches(let page): return .batches(ListPage(of: reading.batches(), page: page, size: size))
    case .export(let table, let format, let selection, let part):
      return await onOwnThread { [self] in .export(reading.export(table, as: format, selection).part(part)) }
    case .takeDatabase(let path, let zone, let options):
      return .imported(try await take(Self.read(path: path, zone: zone), options))
    case .ping, .devices, .verify, .setPassword, .hasPassword, .createKey, .keys, .revokeKey:
      throw ControlError(problem: "the books alone do not know it: this is asked of the control desk")
    }
  }

  private static func read(path: String, zone name: String) async throws -> PredecessorBooks {
    guard let zone = TimeZone(identifier: name) else {
      throw ImportError(place: "time zone \(name)", problem: "is not known: give one such as Europe/Zurich")
    }
    return try await onOwnThread { () throws(ImportError) in
      try PredecessorDatabase.read(path: path, timeZone: zone)
    }
  }
}
