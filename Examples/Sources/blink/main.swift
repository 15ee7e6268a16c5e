// Blinks a LED: half a second on, half a second off. Ctrl-C ends it, with the LED off.
//
//   GPIO17 (pin 11) ── resistor, 330 Ω ── LED, long leg
//   GND    (pin 9)  ───────────────────── LED, short leg
import ExampleBoard
import PiHAL

ExampleBoard.run { board in
  let led = try board.output([17])
  while board.isRunning {
    try led.set(active: !led.active[0])
    board.clock.sleep(for: .milliseconds(500))
  }
  try led.set(active: false)
}
