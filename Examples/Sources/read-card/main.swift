// Prints the UID of each card that comes to an RC522 reader, and tells when it goes.
//
//   RC522   Raspberry Pi                     (switch SPI on: sudo raspi-config nonint do_spi 0)
//   3.3V ── 3.3 V            (pin 1)         never 5 V
//   RST  ── GPIO25           (pin 22)
//   GND  ── GND              (pin 20)
//   MISO ── GPIO9,  SPI0 MISO (pin 21)
//   MOSI ── GPIO10, SPI0 MOSI (pin 19)
//   SCK  ── GPIO11, SPI0 SCLK (pin 23)
//   SDA  ── GPIO8,  SPI0 CE0  (pin 24)
import ExampleBoard
import PiHAL
import RC522

ExampleBoard.run { board in
  let reset = try board.output([25], activeLow: true)
  let chip = MFRC522(spi: try board.cardReaderBus(), reset: reset, clock: board.clock)
  let reader = RC522Reader(chip: chip)
  print("Waiting for cards.")
  while board.isRunning {
    do {
      for event in try reader.poll() {
        switch event {
        case .appeared(let uid): print("\(uid) is here.")
        case .removed(let uid): print("\(uid) is gone.")
        }
      }
    } catch {
      // The reader is reset and comes back by itself.
      print(error)
      board.clock.sleep(for: .seconds(1))
    }
    board.clock.sleep(for: .milliseconds(100))
  }
}
