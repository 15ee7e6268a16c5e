extension KioskWords {
  static let french = KioskWords(
    waiting: "Présentez votre carte", waitingDetail: "et laissez\u{2011}la en place",
    authorising: "Un instant…",
    pullLever: "Tirez le levier", pullLeverDetail: "La carte reste en place",
    pouring: "Servez-vous", settling: "On fait le compte…",
    done: "Santé\u{202F}!", doneDetail: "Bonne dégustation",
    nothingPoured: "Rien n’a coulé", nothingPouredDetail: "Laissez la carte en vous servant",
    takeCard: "Reprenez votre carte", takeCardDetail: "pour laisser la place au suivant",
    refused: "Carte refusée",
    maintenance: "Maintenance", maintenanceDetail: "Non facturé",
    maintenanceDone: "Maintenance terminée",
    outOfService: "Hors service",
    connectionLost: "Connexion perdue", connectionLostDetail: "Reconnexion automatique…",
    cost: "Prix", balance: "Solde", left: "Encore", maximum: "max.", free: "Offert",
    kegLow: "bientôt vide", noKeg: "pas de fût", kegGauge: "Fût"
  ) { notice in
    switch notice {
    case .unknownCard: Notice(title: "Carte inconnue", advice: "Adressez\u{2011}vous au bar")
    case .blockedCard: Notice(title: "Carte bloquée", advice: "Adressez\u{2011}vous au bar")
    case .expiredCard: Notice(title: "Carte expirée", advice: "Adressez\u{2011}vous au bar")
    case .notYetValidCard: Notice(title: "Carte pas encore valable", advice: "Adressez\u{2011}vous au bar")
    case .randomCard: Notice(title: "Téléphone non accepté", advice: "Utilisez une carte")
    case .noCredit: Notice(title: "Solde épuisé", advice: "Rechargez au bar")
    case .noKeg: Notice(title: "Aucun fût en place", advice: "Adressez\u{2011}vous au bar")
    case .kegEmpty: Notice(title: "Fût vide", advice: "Un nouveau fût arrive")
    case .kegSuspectedEmpty: Notice(title: "Fût vide\u{202F}?", advice: "Prévenez le bar")
    case .tapOutOfService: Notice(title: "Tireuse hors service", advice: "Essayez la suivante")
    case .cardRemoved: Notice(title: "Carte retirée")
    case .limitReached: Notice(title: "Crédit épuisé")
    case .kegReserveReached: Notice(title: "Fût presque vide")
    case .noFlow: Notice(title: "Rien n’a coulé", advice: "Levier tiré\u{202F}? Prévenez le bar")
    case .flowStopped: Notice(title: "Plus rien ne coule", advice: "Prévenez le bar")
    case .maximumTimeReached: Notice(title: "Temps écoulé")
    case .cancelled: Notice(title: "Service interrompu")
    case .readerFault: Notice(title: "Lecteur de cartes en panne", advice: "Adressez\u{2011}vous au bar")
    case .valveFault: Notice(title: "Vanne en panne", advice: "Adressez\u{2011}vous au bar")
    case .meterFault: Notice(title: "Débitmètre en panne", advice: "Adressez\u{2011}vous au bar")
    case .storageFault: Notice(title: "Mémoire en panne", advice: "Adressez\u{2011}vous au bar")
    case .serverUnreachable: Notice(title: "Serveur injoignable", advice: "Patientez un peu")
    case .secondCard: Notice(title: "Une carte à la fois", advice: "Retirez la deuxième carte")
    case .leak: Notice(title: "Fuite\u{A0}: fermez le levier", advice: "Prévenez le bar")
    case .settledAfterPowerCut: Notice(title: "Facturé après une coupure")
    }
  }
}
