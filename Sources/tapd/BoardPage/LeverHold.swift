import PanelKit

/// Holds the virtual lever only as long as the page that pulls it is there.
///
/// The page repeats its command while the lever is held. A page that was closed in the middle of a pour does
/// not, and then the lever springs back by itself, as the real one does without a hand.
actor LeverHold {
  private let control: any TapBoardControl
  private let patience: Duration
  private var release: Task<Void, Never>?

  init(control: any TapBoardControl, patience: Duration = .seconds(2)) {
    self.control = control
    self.patience = patience
  }

  /// Pulls the lever to `position` (0 to 1) until the next call, but no longer than `patience`.
  func pull(to position: Double) async throws(BoardControlError) {
    release?.cancel()
    release = nil
    if position > 0 {
      release = Task { [control, patience] in
        do { try await Task.sleep(for: patience) } catch { return }
        try? await control.perform(.lever(0))
      }
    }
    try await control.perform(.lever(position))
  }
}
