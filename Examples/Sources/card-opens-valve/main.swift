// A card on the reader opens a valve; taking it away closes it. The flow is measured, and the valve closes by
// itself when nothing flows or it has been open for too long.
//
//   The RC522 reader as in read-card, the flow meter as in count-flow, and
//   a relay board's IN ── GPIO18 (pin 12); the valve's supply runs over the relay (COM and NO), so that it is
//   closed without power.
//
// To keep it short, any card will do and the valve's line is held by this very program: if it is killed, the
// line may stay at its level. `tapd` shows how a guard process closes the valve then.
import ExampleBoard
import FlowControl
import PiHAL
import RC522

ExampleBoard.run { board in
  let clock = board.clock
  let reset = try board.output([25], activeLow: true)
  let reader = RC522Reader(chip: MFRC522(spi: try board.cardReaderBus(), reset: reset, clock: clock))
  let sensor = PlausibleRate.yfS201
  let counter = try board.edgeCounter(23, minimumInterval: sensor.minimumInterval)
  let meter = FlowMeter(counter: counter, calibration: .yfS201, plausible: sensor)
  let limits = FlowWatch.Limits(maximumOpenTime: .seconds(60), noFlowTimeout: .seconds(10))
  let valve = try Valve(output: board.output([18]), limits: limits, at: clock.now)
  var start: Int64 = 0

  print("Waiting for cards.")
  while board.isRunning {
    do {
      for event in try reader.poll() {
        switch event {
        case .appeared(let uid):
          print("\(uid) is here.")
          if valve.position == .closed {
            start = meter.latest.microlitres
            try valve.open(at: clock.now)
          }
        case .removed(let uid):
          print("\(uid) is gone.")
          if reader.presentCards.isEmpty { try valve.close(at: clock.now) }
        }
      }
    } catch let error as RC522Error {
      // A reader that does not answer cannot tell that the card has gone.
      try valve.close(at: clock.now)
      print(error)
      clock.sleep(for: .seconds(1))
    }
    let reading = try meter.read(at: clock.now)
    for event in valve.update(reading, at: clock.now) {
      if case .found(.settled) = event {
        print("Poured \((reading.microlitres - start) / 1000) mL.")
      } else {
        print(event)
      }
    }
    clock.sleep(for: .milliseconds(50))
  }
  try valve.close(at: clock.now)
}
