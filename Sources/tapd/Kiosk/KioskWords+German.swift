extension KioskWords {
  static let german = KioskWords(
    waiting: "Karte auflegen", waitingDetail: "und liegen lassen",
    authorising: "Einen Moment…",
    pullLever: "Jetzt Hebel ziehen", pullLeverDetail: "Die Karte bleibt liegen",
    pouring: "Zapfen", settling: "Wird abgerechnet…",
    done: "Prost!", doneDetail: "Zum Wohl",
    nothingPoured: "Nichts gezapft", nothingPouredDetail: "Karte beim Zapfen liegen lassen",
    takeCard: "Karte mitnehmen", takeCardDetail: "dann kann der Nächste zapfen",
    refused: "Karte abgelehnt",
    maintenance: "Wartung", maintenanceDetail: "Wird nicht verrechnet",
    maintenanceDone: "Wartung beendet",
    outOfService: "Außer Betrieb",
    connectionLost: "Verbindung verloren", connectionLostDetail: "Verbindet sich von selbst wieder…",
    cost: "Preis", balance: "Guthaben", left: "Noch", maximum: "max.", free: "Gratis",
    kegLow: "bald leer", noKeg: "kein Fass", kegGauge: "Fass"
  ) { notice in
    switch notice {
    case .unknownCard: Notice(title: "Unbekannte Karte", advice: "Bitte an der Bar fragen")
    case .blockedCard: Notice(title: "Karte gesperrt", advice: "Bitte an der Bar fragen")
    case .expiredCard: Notice(title: "Karte abgelaufen", advice: "Bitte an der Bar fragen")
    case .notYetValidCard: Notice(title: "Karte noch nicht gültig", advice: "Bitte an der Bar fragen")
    case .randomCard: Notice(title: "Telefon geht nicht", advice: "Bitte eine Karte nehmen")
    case .noCredit: Notice(title: "Guthaben aufgebraucht", advice: "An der Bar aufladen")
    case .noKeg: Notice(title: "Kein Fass angeschlossen", advice: "Bitte an der Bar fragen")
    case .kegEmpty: Notice(title: "Fass leer", advice: "Ein neues kommt")
    case .kegSuspectedEmpty: Notice(title: "Fass leer?", advice: "Bitte der Bar melden")
    case .tapOutOfService: Notice(title: "Hahn außer Betrieb", advice: "Den nächsten versuchen")
    case .cardRemoved: Notice(title: "Karte weggenommen")
    case .limitReached: Notice(title: "Guthaben erschöpft")
    case .kegReserveReached: Notice(title: "Fass fast leer")
    case .noFlow: Notice(title: "Es floss nichts", advice: "Hebel gezogen? Bitte der Bar melden")
    case .flowStopped: Notice(title: "Es fließt nichts mehr", advice: "Bitte der Bar melden")
    case .maximumTimeReached: Notice(title: "Zeit abgelaufen")
    case .cancelled: Notice(title: "Zapfen abgebrochen")
    case .readerFault: Notice(title: "Kartenleser gestört", advice: "Bitte an der Bar fragen")
    case .valveFault: Notice(title: "Ventil gestört", advice: "Bitte an der Bar fragen")
    case .meterFault: Notice(title: "Zähler gestört", advice: "Bitte an der Bar fragen")
    case .storageFault: Notice(title: "Speicher gestört", advice: "Bitte an der Bar fragen")
    case .serverUnreachable: Notice(title: "Keine Verbindung", advice: "Bitte kurz warten")
    case .secondCard: Notice(title: "Nur eine Karte", advice: "Die zweite Karte wegnehmen")
    case .leak: Notice(title: "Hahn leckt: Hebel schließen", advice: "Bitte der Bar melden")
    case .settledAfterPowerCut: Notice(title: "Stromausfall: verrechnet")
    }
  }
}
