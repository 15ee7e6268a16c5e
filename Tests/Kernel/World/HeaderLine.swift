import Glibc

/// One line of the test kernel's header, from the side of what is wired to it.
struct HeaderLine: Sendable {
  let number: Int
  private let pullDescriptor: Int32
  private let valueDescriptor: Int32

  /// - Parameters:
  ///   - chip: the chip's directory in sysfs, `$SIM_GPIO`.
  ///   - number: the line offset, equal to the BCM number.
  init(chip: String, number: Int) throws(WorldError) {
    self.number = number
    let directory = "\(chip)/sim_gpio\(number)"
    pullDescriptor = open("\(directory)/pull", O_WRONLY | O_CLOEXEC)
    guard pullDescriptor >= 0 else { throw .system("\(directory)/pull") }
    valueDescriptor = open("\(directory)/value", O_RDONLY | O_CLOEXEC)
    guard valueDescriptor >= 0 else { throw .system("\(directory)/value") }
  }

  /// The level on the pin, whoever drives it.
  func level() throws(WorldError) -> Bool {
    var character: UInt8 = 0
    guard pread(valueDescriptor, &character, 1, 0) == 1 else { throw .system("level of GPIO\(number)") }
    return character == UInt8(ascii: "1")
  }

  /// Pulls the line; an output of the Pi wins.
  func pull(_ level: Bool) throws(WorldError) {
    let word = level ? "pull-up" : "pull-down"
    guard pwrite(pullDescriptor, word, word.utf8.count, 0) > 0 else {
      throw .system("pull of GPIO\(number)")
    }
  }
}
