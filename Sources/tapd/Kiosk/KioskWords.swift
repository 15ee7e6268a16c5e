import PanelKit

/// The words of the kiosk page. They are read from two metres: the fewer, the larger.
struct KioskWords: Words {
  struct Notice: Sendable {
    /// What is the matter.
    var title: String
    /// What the guest can do; may be empty.
    var advice: String = ""
  }

  var waiting: String
  var waitingDetail: String
  var authorising: String
  var pouring: String
  var settling: String
  var done: String
  var doneDetail: String
  /// Instead of `done` when not a drop ran.
  var nothingPoured: String
  var refused: String
  var maintenance: String
  var maintenanceDetail: String
  var outOfService: String
  var connectionLost: String
  var connectionLostDetail: String

  var cost: String
  var balance: String
  /// What may still be poured.
  var left: String
  /// In front of the volume at which the valve closes.
  var maximum: String
  var free: String
  var kegLow: String
  var noKeg: String
  /// Spoken by screen readers for the gauge.
  var kegGauge: String

  var notice: @Sendable (TapScreen.Notice) -> Notice
}
