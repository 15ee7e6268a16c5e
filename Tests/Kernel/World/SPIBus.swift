import Glibc
import PiHAL
import VirtualPi

/// The chip's end of the test kernel's SPI bus.
///
/// The wire format stands at the top of `Tests/Kernel/spi-bridge/spi-bridge.c`.
struct SPIBus: Sendable {
  private static let device = "/dev/spi-bridge"
  private static let frameEnds: UInt32 = 1
  private static let messageWords = 4
  private static let transferWords = 3

  private let descriptor: Int32

  init() throws(WorldError) {
    descriptor = open(Self.device, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system(Self.device) }
  }

  /// Answers messages with the chip, for ever. Owns the calling thread.
  func serve(_ chip: VirtualMFRC522) throws(WorldError) -> Never {
    let device = chip.spiDevice()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let size = read(descriptor, &buffer, buffer.count)
      guard size > 0 else {
        if errno == EINTR { continue }
        throw .system(Self.device)
      }
      let reply = Self.answer(to: buffer[..<size], from: device)
      // ESTALE: whoever sent it has given up.
      guard write(descriptor, reply, reply.count) >= 0 || errno == ESTALE else {
        throw .system(Self.device)
      }
    }
  }

  private static func answer(to message: ArraySlice<UInt8>, from device: VirtualSPIDevice) -> [UInt8] {
    func word(_ index: Int) -> UInt32 {
      message.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index * 4, as: UInt32.self) }
    }
    let chipSelect = word(1)
    let transferCount = Int(word(2))
    var sent = message.dropFirst((messageWords + transferCount * transferWords) * 4)
    var frames: [[UInt8]] = []
    var frame: [UInt8] = []
    for transfer in 0..<transferCount {
      let entry = messageWords + transfer * transferWords
      let length = Int(word(entry))
      frame += sent.prefix(length)
      sent = sent.dropFirst(length)
      if word(entry + 2) & frameEnds != 0, !frame.isEmpty {
        frames.append(frame)
        frame = []
      }
    }
    // Chip select is left active: the chip sees the end of the frame all the same.
    if !frame.isEmpty { frames.append(frame) }

    var reply: [UInt8] = []
    func append(_ number: UInt32) { withUnsafeBytes(of: number) { reply += $0 } }
    append(word(0))
    // The second chip select has nothing on it: MISO stays at its pull-down.
    if chipSelect != 0 {
      append(0)
      reply += repeatElement(0, count: frames.reduce(0) { $0 + $1.count })
      return reply
    }
    do throws(PiHALError) {
      let received = try device.transfer(frames)
      append(0)
      reply += received.joined()
    } catch {
      append(1)
    }
    return reply
  }
}
