import FlowControl
import PiHAL

/// The end of a keg: gas turns the meter as drink does, but nobody pays for it.
extension TapMachine {
  /// Takes in what the meter has counted.
  mutating func watchGas() {
    let counted = countedMicrolitres
    guard let newest = tally.newestEdge, pour?.gas == nil,
      let found = pour?.gasWatch?.update(microlitres: counted, newestPulse: newest)
    else { return }
    foundGas(found)
  }

  /// A flow that was irregular and then falls silent was gas.
  mutating func watchSilence() {
    guard pour?.gas == nil, hasFallenSilent(for: settings.silence),
      let found = pour?.gasWatch?.findingAfterSilence()
    else { return }
    foundGas(found)
  }

  mutating func foundGas(_ found: GasWatch.Finding) {
    switch stage {
    case .pouring:
      pour?.gas = found
      end(.kegSuspectedEmpty)
    case .closing, .settling:
      pour?.gas = found
      pour?.ending?.reason = .kegSuspectedEmpty
    case .idle, .authorising, .readingMeter, .recording: return
    }
    log(.alarm, "the flow was too fast or too irregular for drink: is the keg empty?")
  }

  /// Whether the valve is open, and what flowed has stopped for so long. Only readings show it.
  func hasFallenSilent(for silence: Duration) -> Bool {
    guard stage == .pouring, let pour, tally.count.pulses > pour.start.pulses, let newest = tally.newestEdge
    else { return false }
    return newest.duration(to: tally.lastReading) >= silence
  }
}
