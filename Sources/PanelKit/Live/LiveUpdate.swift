/// What a page that keeps itself up to date with `live.js` is sent in each event.
public struct LiveUpdate<Value: Encodable>: Encodable {
  /// The version of the page that belongs to this daemon; a page drawn by another one loads itself again.
  public var version: String
  public var value: Value

  public init(version: String, value: Value) {
    self.version = version
    self.value = value
  }
}

extension EventStream {
  /// A stream for a page that uses `live.js`.
  ///
  /// - Parameters:
  ///   - name: the event's name, as the page's script gave it.
  ///   - version: as the page's script gave it.
  ///   - view: what the page is sent of a value.
  public init<View: Encodable & SendableMetatype>(
    _ source: Broadcaster<Value>, name: String, version: String,
    view: @escaping @Sendable (Value) -> View
  ) {
    self.init(source) { value in
      ServerSentEvent(
        name: name, data: try JSONText.encode(LiveUpdate(version: version, value: view(value))))
    }
  }
}
