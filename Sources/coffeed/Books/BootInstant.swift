import PiHAL

/// A point in time on the clock that counts since boot, and which boot it was. It survives a restart of the
/// daemon and says when it has lost its meaning: after a reboot nobody knows how long ago it was.
struct BootInstant: Codable, Equatable, Sendable {
  /// The boot's id, as the kernel names it (`/proc/sys/kernel/random/boot_id`).
  var boot: String
  var instant: MonotonicInstant
}
