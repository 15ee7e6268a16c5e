import PiHAL

extension LockMachine {
  /// Goes on where the last life of the daemon ended. Within a boot all times run on; after a new boot nobody
  /// knows how long ago it was.
  mutating func remember(_ memory: LockMemory) {
    leftTokens = memory.tokensOnReader
    isMaster = memory.isMaster
    if let activation = memory.activation { remember(activation) }
    rememberLockOut(memory)
  }

  /// Whether drinks were seen before the start, and between the two lives, nobody knows.
  private mutating func remember(_ remembered: LockMemory.Activation) {
    let length = Duration.milliseconds(remembered.milliseconds)
    let isOfThisBoot = remembered.start.boot == boot
    if isOfThisBoot { lastUse = remembered.start.instant }
    let end = remembered.start.instant.advanced(by: length)
    if isOfThisBoot, !remembered.hasEnded, now < end {
      activation = Activation(
        id: remembered.id, length: length, end: min(end, now.advanced(by: length)), hasBegun: true,
        drinks: remembered.drinks, allSeen: false)
      log(.info, "the activation goes on that was interrupted")
    } else if !remembered.hasEnded {
      record(.activationEnded(remembered.id, drinks: remembered.drinks, allSeen: false))
    }
  }

  private mutating func rememberLockOut(_ memory: LockMemory) {
    if let began = memory.lockOut {
      if began.boot == boot {
        lockOutBegan = began.instant
      } else {
        log(.warning, "the lock-out starts anew, for it is not known how long ago it began")
        beginLockOut()
      }
      return
    }
    invalidTokens = memory.invalidTokens.filter { $0.boot == boot }.map(\.instant)
    // The last life ended after the last invalid token and before the lock-out was on record.
    guard let newestBoot = memory.invalidTokens.last?.boot else { return }
    let tokens = memory.invalidTokens.filter { $0.boot == newestBoot }.map(\.instant)
    guard let newest = tokens.max(),
      tokens.count(where: { $0.advanced(by: settings.attemptWindow) >= newest }) > settings.invalidTokens
    else { return }
    if newestBoot != boot {
      beginLockOut()
    } else if now < newest.advanced(by: settings.lockOut) {
      beginLockOut(at: newest)
    }
  }
}
