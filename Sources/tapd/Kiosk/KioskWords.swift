import PanelKit

/// The words of the kiosk page. They are read from two metres: the fewer, the larger.
struct KioskWords: Words {
  struct Notice: Sendable {
    /// What is the matter.
    var title: String
    /// What the guest can do; may be empty.
    var advice: String = ""
  }

  /// The first step: lay the card on and leave it.
  var waiting: String
  var waitingDetail: String
  var authorising: String
  /// The second step: the valve is open, and nothing has flowed yet.
  var pullLever: String
  var pullLeverDetail: String
  var pouring: String
  var settling: String
  var done: String
  var doneDetail: String
  /// Instead of `done` when not a drop ran.
  var nothingPoured: String
  /// Why, when the card was taken away.
  var nothingPouredDetail: String
  /// The third step.
  var takeCard: String
  var takeCardDetail: String
  var refused: String
  var maintenance: String
  var maintenanceDetail: String
  /// Instead of `done`, for a maintenance card.
  var maintenanceDone: String
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
