import DaemonKit
import PiHAL

extension LockMachine {
  /// The master token was shown: always on from now, or no more. Works at any time.
  mutating func masterShown() {
    if isMaster || masterRequest != nil {
      log(.warning, "master token: no longer always on")
      leaveMaster()
    } else {
      log(.warning, "master token: always on until it is shown again")
      let id = recordMaster(true)
      masterRequest = MasterRequest(record: id, deadline: now.advanced(by: settings.askTimeout))
    }
  }

  /// The order to end goes to the relays at once, and to the books until they have it.
  private mutating func leaveMaster() {
    isMaster = false
    masterRequest = nil
    recordMaster(false)
  }

  @discardableResult
  private mutating func recordMaster(_ isOn: Bool) -> EffectID {
    // What was not even sent is out of date.
    records.removeAll { record in
      if case .setMaster = record.request { record.sent == nil } else { false }
    }
    return record(.setMaster(isOn, id: newActivationID(), at: bootInstant, onReader: tokensOnReader))
  }

  /// The books have it: a lock-out is over, and the machine may be turned on.
  mutating func masterRecorded(_ id: EffectID) {
    if lockOutBegan != nil { log(.info, "the lock-out was ended by the master token") }
    lockOutBegan = nil
    invalidTokens = []
    guard let masterRequest, masterRequest.record == id else { return }
    self.masterRequest = nil
    isMaster = true
  }

  mutating func advanceMaster() {
    if let masterRequest, now >= masterRequest.deadline {
      // It may be on record all the same; so what holds is put on record.
      log(.alarm, "the books could not record the master token; the machine is not turned on")
      show(.storageFault, for: settings.faultShown)
      leaveMaster()
    }
    if isMaster, settings.masterToken == nil {
      log(.warning, "no longer always on: without a master token nobody could turn the machine off")
      leaveMaster()
    }
  }
}
