#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The physics of a tap in steps of one millisecond: keg, valve, hand lever, leak, flow sensor.
///
/// What flows is kept in whole nanolitres, so that a day of steps loses nothing to rounding.
struct TapModel {
  static let nanosecondsPerStep: UInt64 = 1_000_000

  let configuration: VirtualTap.Configuration
  private var random: SeededRandom

  var isValveOpen = false
  var isPowered = true
  var lever = 0.0
  var leak = 0.0
  var valveFault: VirtualTap.ValveFault?
  var isSensorDead = false

  /// Through the valve.
  private var flow = 0.0
  private(set) var kegNanolitres: Int64
  private(set) var pouredNanolitres: Int64 = 0
  private(set) var pulses: UInt64 = 0
  private(set) var sensorLevel = false

  /// Steps since something last flowed: after a pause the line has to fill up again.
  private var stepsAtRest = Int.max / 2
  private var refillStepsLeft = 0
  /// Gas that follows the last drop, and turns the sensor too.
  private var gasStepsLeft = 0
  private var turbulence = (liquid: 1.0, air: 1.0, stepsLeft: 0)
  private var spurt = (strength: 1.0, stepsLeft: 0)
  /// What has leaked and is less than a nanolitre.
  private var leaked = 0.0
  /// Nanolitres times half pulses a litre, since the sensor's last change of level.
  private var sensorProgress: Int64 = 0

  init(_ configuration: VirtualTap.Configuration) {
    self.configuration = configuration
    random = SeededRandom(seed: configuration.seed)
    kegNanolitres = max(0, configuration.kegMicrolitres).multipliedClamping(by: 1000)
  }

  /// Whether the valve lets through what the lever asks for.
  var isOpen: Bool {
    switch valveFault {
    case .stuckOpen: true
    case .stuckClosed: false
    case nil: isValveOpen && isPowered
    }
  }

  private var hasContent: Bool { kegNanolitres > 0 || gasStepsLeft > 0 }

  private var target: Double {
    hasContent && isOpen ? configuration.fullFlowMicrolitresPerSecond * lever : 0
  }

  /// Through the valve and past it, in microlitres per second.
  var totalFlow: Double { flow + (hasContent ? leak : 0) }

  /// Nothing flows, and nothing will before something is changed from outside.
  var isAtRest: Bool { target == 0 && totalFlow == 0 }

  /// Puts another keg on.
  mutating func mountKeg(nanolitres: Int64) {
    kegNanolitres = nanolitres
    gasStepsLeft = 0
  }

  /// Lets `steps` pass in which nothing flows.
  mutating func rest(steps: Int) { stepsAtRest = min(stepsAtRest, Int.max / 2) + min(steps, Int.max / 4) }

  /// One millisecond.
  /// - Returns: the sensor's changes of level in it, as fractions of the step, 0 to 1.
  mutating func step() -> [Double] {
    let wanted = target
    if flow == 0, wanted > 0, stepsAtRest > Self.drainSteps { refillStepsLeft = Self.refillSteps }
    let time = wanted > flow ? configuration.openingMilliseconds : configuration.closingMilliseconds
    flow += (wanted - flow) * (1 - exp(-1 / max(time, 0.001)))
    if wanted == 0, flow < 50 { flow = 0 }
    stepsAtRest = flow > 0 ? 0 : stepsAtRest + 1

    var factor = 1.0
    if refillStepsLeft > 0, flow > 0 {
      refillStepsLeft -= 1
      factor = configuration.refillFactor
    }
    let isFoaming = kegNanolitres < configuration.foamBelowMicrolitres.multipliedClamping(by: 1000)
    var air = 1.0
    if isFoaming {
      stirUp()
      factor *= turbulence.liquid
      air = turbulence.air
    }
    // µL/s are nL/ms. A leak has a rate of its own: it neither rises, falls nor refills a line.
    leaked += hasContent ? leak : 0
    let drops = leaked.rounded(.down)
    leaked -= drops
    let moved = Int64((flow * factor).rounded() + drops)
    let liquid = min(moved, kegNanolitres)
    kegNanolitres -= liquid
    pouredNanolitres += liquid
    if liquid > 0 {
      gasStepsLeft = kegNanolitres == 0 ? configuration.gasMilliseconds : 0
      return isSensorDead ? [] : turn(by: Int64((Double(liquid) * air).rounded()))
    }
    guard gasStepsLeft > 0, moved > 0 else { return [] }
    gasStepsLeft -= 1
    let gas = Double(moved) * configuration.gasFactor * blow()
    return isSensorDead ? [] : turn(by: Int64(gas.rounded()))
  }

  private static let drainSteps = 2000
  private static let refillSteps = 500

  /// Foam: for some tens of milliseconds at a time less liquid, and a sensor that turns faster than the
  /// liquid alone would turn it.
  private mutating func stirUp() {
    guard turbulence.stepsLeft == 0 else {
      turbulence.stepsLeft -= 1
      return
    }
    turbulence = (
      Double.random(in: 0.2...1.0, using: &random), Double.random(in: 1.0...2.5, using: &random),
      Int.random(in: 20...80, using: &random)
    )
  }

  /// Gas: steady, or in spurts of some hundred milliseconds with pauses between them.
  private mutating func blow() -> Double {
    guard configuration.gasSpurts else { return 1 }
    if spurt.stepsLeft == 0 {
      let strength = spurt.strength > 0 ? 0 : Double.random(in: 0.6...1.4, using: &random)
      spurt = (strength, Int.random(in: 80...400, using: &random))
    }
    spurt.stepsLeft -= 1
    return spurt.strength
  }

  private mutating func turn(by nanolitres: Int64) -> [Double] {
    // A pulse is two changes of level; a litre is 10⁹ nanolitres.
    let halfPulsesPerLitre = Int64(2 * configuration.pulsesPerLitre)
    let gain = nanolitres * halfPulsesPerLitre
    guard gain > 0 else { return [] }
    var changes: [Double] = []
    var threshold = 1_000_000_000 - sensorProgress
    while threshold <= gain {
      changes.append(Double(threshold) / Double(gain))
      sensorLevel.toggle()
      if sensorLevel { pulses += 1 }
      threshold += 1_000_000_000
    }
    sensorProgress = gain - threshold + 1_000_000_000
    return changes
  }
}

extension Int64 {
  func multipliedClamping(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? (self < 0) == (factor < 0) ? .max : .min : product
  }
}
