// Runs a motor forwards, then backwards, with a lamp on meanwhile. The two directions are interlocked, with a
// dead time between them.
//
//   Relay board           Raspberry Pi
//   IN1 (forwards)     ── GPIO5  (pin 29)
//   IN2 (backwards)    ── GPIO6  (pin 31)
//   IN3 (lamp)         ── GPIO13 (pin 33)
//   GND                ── GND    (pin 34)
//   VCC                ── 5 V    (pin 2)
//
// Most relay boards switch on at a low level. If yours clicks at the wrong moments, change `activeLow`.
import ExampleBoard
import FlowControl
import PiHAL

ExampleBoard.run { board in
  let (forwards, backwards, lamp) = (0, 1, 2)
  let bank = try RelayBank(
    board.output([5, 6, 13], activeLow: true),
    relays: [
      RelaySettings(name: "forwards", maximumOnTime: .seconds(10)),
      RelaySettings(name: "backwards", maximumOnTime: .seconds(10)),
      RelaySettings(name: "lamp"),
    ],
    interlocks: [Interlock([forwards, backwards], deadTime: .milliseconds(100))],
    at: board.clock.now)

  try bank.run(
    [
      RelayStep([lamp], for: .seconds(1)),
      RelayStep([forwards, lamp], for: .seconds(2)),
      RelayStep([backwards, lamp], for: .seconds(2)),
    ], at: board.clock.now)

  while board.isRunning, bank.nextDeadline != nil {
    for event in bank.update(at: board.clock.now) { print(event) }
    board.clock.sleep(for: .milliseconds(20))
  }
  try bank.switchAllOff(at: board.clock.now)
}
