extension KioskWords {
  static let english = KioskWords(
    waiting: "Present your card", waitingDetail: "and leave it on the reader",
    authorising: "One moment…",
    pullLever: "Now pull the lever", pullLeverDetail: "The card stays on the reader",
    pouring: "Pouring", settling: "Adding it up…",
    done: "Cheers!", doneDetail: "Enjoy your drink",
    nothingPoured: "Nothing poured", nothingPouredDetail: "Leave the card while you pour",
    takeCard: "Take your card", takeCardDetail: "to let the next guest pour",
    refused: "Card refused",
    maintenance: "Maintenance", maintenanceDetail: "Not charged",
    maintenanceDone: "Maintenance ended",
    outOfService: "Out of service",
    connectionLost: "Connection lost", connectionLostDetail: "Reconnecting by itself…",
    cost: "Price", balance: "Balance", left: "Left to pour", maximum: "max.", free: "Free",
    kegLow: "nearly empty", noKeg: "no keg", kegGauge: "Keg"
  ) { notice in
    switch notice {
    case .unknownCard: Notice(title: "Unknown card", advice: "Please ask at the bar")
    case .blockedCard: Notice(title: "Card blocked", advice: "Please ask at the bar")
    case .expiredCard: Notice(title: "Card expired", advice: "Please ask at the bar")
    case .notYetValidCard: Notice(title: "Card not valid yet", advice: "Please ask at the bar")
    case .randomCard: Notice(title: "Phones do not work", advice: "Please use a card")
    case .noCredit: Notice(title: "No credit left", advice: "Top up at the bar")
    case .noKeg: Notice(title: "No keg mounted", advice: "Please ask at the bar")
    case .kegEmpty: Notice(title: "Keg empty", advice: "A new one is coming")
    case .kegSuspectedEmpty: Notice(title: "Keg empty?", advice: "Please tell the bar")
    case .tapOutOfService: Notice(title: "Tap out of service", advice: "Try the next one")
    case .cardRemoved: Notice(title: "Card removed")
    case .limitReached: Notice(title: "Credit used up")
    case .kegReserveReached: Notice(title: "Keg nearly empty")
    case .noFlow: Notice(title: "Nothing flowed", advice: "Lever pulled? Please tell the bar")
    case .flowStopped: Notice(title: "Nothing flows any more", advice: "Please tell the bar")
    case .maximumTimeReached: Notice(title: "Time is up")
    case .cancelled: Notice(title: "Pour stopped")
    case .readerFault: Notice(title: "Card reader fault", advice: "Please ask at the bar")
    case .valveFault: Notice(title: "Valve fault", advice: "Please ask at the bar")
    case .meterFault: Notice(title: "Flow meter fault", advice: "Please ask at the bar")
    case .storageFault: Notice(title: "Storage fault", advice: "Please ask at the bar")
    case .serverUnreachable: Notice(title: "Server out of reach", advice: "Please wait a little")
    case .secondCard: Notice(title: "One card at a time", advice: "Take the second card away")
    case .leak: Notice(title: "Tap leaks: close the lever", advice: "Please tell the bar")
    case .settledAfterPowerCut: Notice(title: "Charged after a power cut")
    }
  }
}
