import PanelKit

/// A `TapScreen` in the words and number formats of one language: what the page shows, and nothing to work
/// out any more. The page is drawn from it on the server, and its script puts each next one into place.
struct KioskView: Codable, Equatable, Sendable {
  /// The page's look: the phase's name, or `lost`.
  var phase: String
  /// What the guest is to do now, which the page shows with a picture.
  var step: Step?
  /// Texts by their place on the page; a place without one is not shown.
  var text: [String: String]
  /// How full the glass is, in thousandths of its mark.
  var fill: Int
  /// Whether liquid runs at this moment.
  var isFlowing: Bool
  /// How full the keg is, in thousandths; nil without a keg.
  var keg: Int?
  var isKegLow: Bool

  enum Step: String, Codable, Sendable {
    /// Lay the card on and leave it.
    case layCard
    /// Pull the lever.
    case pullLever
    /// Take the card away.
    case takeCard
  }

  /// The share of a keg below which the page says that it is nearly empty, in thousandths.
  static let lowKeg = 120

  init(_ screen: TapScreen, language: Language) {
    let words = KioskWords.in(language)
    let format = NumberFormat(language)
    phase = screen.phase.rawValue
    step = Self.step(screen)
    text = ["tap": screen.tap]
    text["beverage"] = screen.beverage

    if let price = screen.pricePerLitre {
      text["price"] = price.minorUnits == 0 ? words.free : format.money(price, of: screen) + "/L"
    }

    let headline = Self.headline(screen, words)
    text["headline"] = headline.title
    text["detail"] = headline.advice
    text["alert"] = Self.alert(screen, words)

    let glass = Glass(screen)
    fill = glass.fill
    if let mark = glass.mark {
      text["mark"] =
        mark.isMultiple(of: 1_000_000)
        ? format.litres(microlitres: mark, decimals: 0)
        : format.volume(microlitres: mark, rounding: .down, wholeCentilitres: mark >= 100_000)
      text["markLabel"] = glass.isLimit ? words.maximum : ""
    }

    isFlowing = false
    if let pour = screen.pour {
      isFlowing = screen.phase != .done && pour.microlitresPerSecond > 0
      let parts = format.volume(microlitres: pour.microlitres).split(separator: "\u{A0}")
      text["volume"] = parts.first.map(String.init)
      text["unit"] = parts.last.map(String.init)
      if let cost = pour.cost { text["cost"] = format.money(cost, of: screen) }
      if let balance = pour.balance {
        text["balanceLabel"] = words.balance
        text["balance"] = format.money(balance, of: screen)
      }
      if screen.phase == .pouring, let limit = pour.limitMicrolitres {
        text["leftLabel"] = words.left
        text["left"] = format.volume(
          microlitres: max(0, limit - pour.microlitres), rounding: .down, wholeCentilitres: true)
      }
    } else if let balance = screen.balance {
      text["balanceLabel"] = words.balance
      text["balance"] = format.money(balance, of: screen)
    }

    isKegLow = false
    if let remaining = screen.kegRemainingMicrolitres, let capacity = screen.kegCapacityMicrolitres,
      capacity > 0
    {
      let share = Int(min(1, Double(max(0, remaining)) / Double(capacity)) * 1000)
      keg = share
      isKegLow = share < Self.lowKeg
      text["keg"] = format.litres(microlitres: max(0, remaining), decimals: 1, rounding: .down)
      if isKegLow { text["kegNote"] = words.kegLow }
    } else {
      text["keg"] = words.noKeg
    }
  }

  /// What the page shows by itself when it hears nothing from the daemon: no figure, for it would be stale.
  static func connectionLost(_ language: Language) -> KioskView {
    let words = KioskWords.in(language)
    var view = KioskView(
      TapScreen(phase: .outOfService, tap: "", currency: "", currencyDecimals: 0), language: language)
    view.phase = "lost"
    view.text = ["headline": words.connectionLost, "detail": words.connectionLostDetail]
    return view
  }

  private static func step(_ screen: TapScreen) -> Step? {
    switch screen.phase {
    case .waiting: screen.isCardLeft == true ? .takeCard : .layCard
    case .pouring: screen.pour?.microlitres ?? 0 == 0 ? .pullLever : nil
    case .done, .refused: screen.isCardLeft == true ? .takeCard : nil
    case .authorising, .settling, .maintenance, .outOfService: nil
    }
  }

  private static func headline(_ screen: TapScreen, _ words: KioskWords) -> KioskWords.Notice {
    let notice = screen.notice.map(words.notice)
    switch screen.phase {
    case .waiting where screen.isCardLeft == true:
      return .init(title: words.takeCard, advice: words.takeCardDetail)
    case .waiting:
      return .init(title: words.waiting, advice: words.waitingDetail)
    case .authorising:
      return .init(title: words.authorising)
    case .pouring where screen.pour?.microlitres ?? 0 == 0:
      return .init(title: words.pullLever, advice: words.pullLeverDetail)
    case .pouring:
      return .init(title: words.pouring)
    case .settling:
      return .init(title: words.settling)
    case .done:
      return done(screen, notice, words)
    case .refused:
      return notice ?? .init(title: words.refused)
    case .maintenance:
      return .init(title: words.maintenance, advice: words.maintenanceDetail)
    case .outOfService:
      let reason = screen.notice == .tapOutOfService ? notice?.advice : notice?.title
      return .init(title: words.outOfService, advice: reason ?? "")
    }
  }

  private static func done(
    _ screen: TapScreen, _ notice: KioskWords.Notice?, _ words: KioskWords
  ) -> KioskWords.Notice {
    // A maintenance pour has no price.
    let isMaintenance = screen.pour != nil && screen.pour?.cost == nil
    if isMaintenance { return .init(title: words.maintenanceDone, advice: words.maintenanceDetail) }
    if screen.pour?.microlitres == 0 {
      // Whoever takes the card away at once does not know that it must stay.
      switch screen.notice {
      case nil, .cardRemoved: return .init(title: words.nothingPoured, advice: words.nothingPouredDetail)
      case .noFlow: return .init(title: words.nothingPoured, advice: notice?.advice ?? "")
      default: return .init(title: words.nothingPoured, advice: notice?.title ?? "")
      }
    }
    guard let notice, screen.notice != .cardRemoved else {
      return .init(title: words.done, advice: screen.isCardLeft == true ? words.takeCard : words.doneDetail)
    }
    return .init(title: words.done, advice: notice.title)
  }

  /// A warning beside what the tap is doing, in the phases whose headline does not say it already.
  private static func alert(_ screen: TapScreen, _ words: KioskWords) -> String? {
    guard let notice = screen.notice else { return nil }
    switch screen.phase {
    case .waiting, .authorising, .pouring, .settling, .maintenance: return words.notice(notice).title
    case .done, .refused, .outOfService: return nil
    }
  }
}

/// The glass on the page: a guest's own is not known, so it is the smallest of some usual measures that
/// holds what was poured, or what the pour may reach when that is less.
struct Glass: Equatable {
  /// Thousandths of `mark`, 0 to 1000.
  var fill: Int
  /// The volume at the glass's mark, in microlitres; nil when the glass is a picture only.
  var mark: Int64?
  /// Whether the pour ends at the mark.
  var isLimit: Bool

  private static let measures: [Int64] = [
    500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000, 20_000_000, 50_000_000,
  ]

  init(_ screen: TapScreen) {
    guard let pour = screen.pour, pour.microlitres >= 0 else {
      (fill, mark, isLimit) = (screen.phase == .waiting ? 1000 : 0, nil, false)
      return
    }
    let measure = Self.measures.first { $0 >= pour.microlitres } ?? pour.microlitres
    let limit = pour.limitMicrolitres.flatMap { $0 > 0 && $0 <= measure ? $0 : nil }
    let capacity = limit ?? measure
    fill = Int(min(1, Double(pour.microlitres) / Double(capacity)) * 1000)
    mark = capacity
    isLimit = limit != nil
  }
}

extension TapScreen {
  init(phase: Phase, tap: String, currency: String, currencyDecimals: Int) {
    self.phase = phase
    self.tap = tap
    self.currency = currency
    self.currencyDecimals = currencyDecimals
  }
}

extension NumberFormat {
  fileprivate func money(_ price: TapScreen.Price, of screen: TapScreen) -> String {
    money(price.minorUnits, currency: screen.currency, decimals: screen.currencyDecimals)
  }
}
