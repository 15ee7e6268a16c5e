import PanelKit

/// The state of the machine in words.
struct MachineWords: Words {
  var phase: @Sendable (LockView.Phase) -> String
  var notice: @Sendable (LockView.Notice) -> String
  var scanMode: String
  /// Who is being served.
  var servedTo: @Sendable (_ name: String) -> String

  static let english = MachineWords(
    phase: { phase in
      switch phase {
      case .starting: "starting"
      case .ready: "ready"
      case .asking: "checking a token"
      case .active: "unlocked"
      case .master: "always on"
      case .lockedOut: "locked out"
      case .outOfOrder: "out of order"
      }
    },
    notice: { notice in
      switch notice {
      case .refused: "token refused"
      case .enrolled: "token taken down"
      case .storageFault: "storage fault"
      case .readerFault: "reader fault"
      case .relayFault: "relay fault"
      }
    },
    scanMode: "scan mode", servedTo: { "for \($0)" })

  static let german = MachineWords(
    phase: { phase in
      switch phase {
      case .starting: "startet"
      case .ready: "bereit"
      case .asking: "prüft einen Chip"
      case .active: "freigegeben"
      case .master: "immer an"
      case .lockedOut: "gesperrt"
      case .outOfOrder: "außer Betrieb"
      }
    },
    notice: { notice in
      switch notice {
      case .refused: "Chip abgewiesen"
      case .enrolled: "Chip aufgenommen"
      case .storageFault: "Speicherfehler"
      case .readerFault: "Leserfehler"
      case .relayFault: "Relaisfehler"
      }
    },
    scanMode: "Aufnahmemodus", servedTo: { "für \($0)" })

  static let french = MachineWords(
    phase: { phase in
      switch phase {
      case .starting: "démarre"
      case .ready: "prête"
      case .asking: "vérifie un badge"
      case .active: "déverrouillée"
      case .master: "toujours allumée"
      case .lockedOut: "bloquée"
      case .outOfOrder: "hors service"
      }
    },
    notice: { notice in
      switch notice {
      case .refused: "badge refusé"
      case .enrolled: "badge enregistré"
      case .storageFault: "défaut de stockage"
      case .readerFault: "défaut du lecteur"
      case .relayFault: "défaut de relais"
      }
    },
    scanMode: "mode d’enregistrement", servedTo: { "pour \($0)" })
}
