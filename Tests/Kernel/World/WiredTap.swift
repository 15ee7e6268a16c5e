import PiHAL
import VirtualPi

struct TapWiring {
  var valveLine = 18
  var isValveActiveLow = false
  var sensorLine = 23
  var pulsesPerLitre = 450
}

/// A valve with a tap behind it, and its flow sensor.
final class WiredTap: Sendable {
  let tap: VirtualTap
  let sensor: SensorLine
  private let clock: any MonotonicClock

  /// - Parameter board: has the valve's level already.
  init(
    _ wiring: TapWiring, header: String, board: VirtualBoard, clock: any MonotonicClock
  ) throws(WorldError) {
    var configuration = VirtualTap.Configuration(
      valveLine: wiring.valveLine, sensorLine: wiring.sensorLine)
    configuration.isValveActiveLow = wiring.isValveActiveLow
    configuration.pulsesPerLitre = wiring.pulsesPerLitre
    sensor = SensorLine(try HeaderLine(chip: header, number: wiring.sensorLine), clock: clock)
    tap = VirtualTap(board: board, configuration: configuration)
    self.clock = clock
    board.onTransition { [sensor, number = wiring.sensorLine] transition in
      if transition.line == number { sensor.appendEdge() }
    }
  }

  /// Lets the tap run up to now.
  func advance() throws(WorldError) {
    tap.advance(to: clock.now)
    try sensor.sendDueEdge()
  }
}
