// Shows what runs through a YF-S201 flow meter: volume, rate and pulses.
//
//   YF-S201  Raspberry Pi
//   red    ── 5 V    (pin 2)
//   black  ── GND    (pin 6)
//   yellow ── GPIO23 (pin 16), through a level shifter: the sensor's output may be 5 V
import ExampleBoard
import FlowControl
import PiHAL

ExampleBoard.run { board in
  let sensor = PlausibleRate.yfS201
  let counter = try board.edgeCounter(23, minimumInterval: sensor.minimumInterval)
  let meter = FlowMeter(counter: counter, calibration: .yfS201, plausible: sensor)
  while board.isRunning {
    let reading = try meter.read(at: board.clock.now)
    print(
      "\(reading.microlitres / 1000) mL, \(reading.microlitresPerSecond / 1000) mL/s, \(reading.pulses) pulses"
    )
    board.clock.sleep(for: .milliseconds(500))
  }
}
