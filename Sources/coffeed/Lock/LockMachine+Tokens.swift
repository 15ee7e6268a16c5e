import DaemonKit
import PiHAL
import RC522

extension LockMachine {
  /// More cards than this are never in a reader's field.
  private static let mostCards = 16

  // A card counts when it arrives, and never by lying there: one that is left on the reader, or that came while
  // nobody could be served, has to be taken away and laid on again.
  mutating func cardAppeared(_ uid: UID) {
    readerRecovered()
    guard !cards.contains(uid) else { return }
    cards.append(uid)
    if cards.count > Self.mostCards { cards.removeFirst() }

    let token = Token(uid)
    if let left = leftTokens.firstIndex(of: token) {
      leftTokens.remove(at: left)
      return log(.info, "the token on the reader was there before the start and does not count again")
    }
    guard !isShuttingDown else { return }
    if settings.masterToken?.names(uid) ?? false {
      masterShown()
    } else if canBeServed {
      ask(card: uid, token: token)
    }
  }

  /// All that lies there, or lay there before the start and may do so still.
  var tokensOnReader: [Token] { cards.map { Token($0) } + leftTokens }

  mutating func readerFailed(_ message: String) {
    readerHasFailed = true
    log(.alarm, about: .readerFailed, "the card reader does not answer: \(message)")
  }

  mutating func readerRecovered() {
    guard readerHasFailed else { return }
    readerHasFailed = false
    log(.info, about: .readerRecovered, "the card reader answers again")
  }

  /// Locked, in order, and nobody else is being served.
  private var canBeServed: Bool {
    relays.isOff && !relaysHaveFailed && !isMaster && activation == nil && lockOutBegan == nil
      && question == nil
  }

  // MARK: Asking

  private mutating func ask(card: UID, token: Token) {
    notice = nil
    closeEndedActivation()
    if var known = unresolved, known.presentation.token == token {
      // It may have been granted: the same id does not charge a second time.
      unresolved = nil
      known.deadline = now.advanced(by: settings.askTimeout)
      known.sent = nil
      known.hasFailed = false
      question = known
      return
    }
    dropUnresolved()
    let length = min(isCold ? settings.coldActivation : settings.activation, settings.longestActivation)
    question = Question(
      id: nextID(), card: card,
      presentation: Presentation(
        id: newActivationID(), token: token, milliseconds: length.wholeNanoseconds / 1_000_000,
        at: bootInstant, beside: tokensOnReader.filter { $0 != token }),
      deadline: now.advanced(by: settings.askTimeout))
  }

  private var isCold: Bool {
    guard let lastUse else { return true }
    return lastUse.duration(to: now) > settings.coldAfter
  }

  /// Sends the question, and again when it was not answered; gives it up when that is no use any more.
  mutating func advanceQuestion() {
    if let unresolved, now >= unresolved.deadline { dropUnresolved() }
    guard var question else { return }
    let isGone = question.hasFailed && !cards.contains(question.card)
    if now >= question.deadline || isGone {
      self.question = nil
      show(.storageFault, for: settings.faultShown)
      log(.warning, "the books could not let a token in; the machine stays locked")
      // What was never sent is no question.
      guard question.wasSent else { return }
      question.deadline = now.advanced(by: settings.unresolvedTime)
      unresolved = question
      return
    }
    // Everything before it is durable first.
    guard records.isEmpty, question.sent.map({ $0.duration(to: now) >= settings.askRetry }) ?? true else {
      return
    }
    question.sent = now
    question.wasSent = true
    self.question = question
    emit(.ask(question.id, .present(question.presentation)))
  }

  /// Nobody comes back for what may have been granted: where only drinks are charged, it is not charged, for the
  /// machine stayed locked.
  private mutating func dropUnresolved() {
    guard let unresolved else { return }
    self.unresolved = nil
    record(.activationEnded(unresolved.presentation.id, drinks: 0, allSeen: true))
  }

  // MARK: Answers

  mutating func answered(_ id: EffectID, _ answer: LockAnswer) {
    if let question, question.id == id, question.wasSent {
      questionAnswered(answer)
    } else if unresolved?.id == id {
      lateAnswer(answer)
    } else if records.first?.id == id {
      recordAnswered(answer)
    }
  }

  private mutating func questionAnswered(_ answer: LockAnswer) {
    guard let question else { return }
    switch answer {
    case .granted(let usage, let userName):
      booksAnswered()
      self.question = nil
      begin(question.presentation, userName: userName)
      log(.info, "usage \(usage): unlocked for \(question.presentation.milliseconds / 1000) s")
      if settings.isScanMode { emit(.scanned(question.presentation.token)) }
    case .refused(let reason):
      booksAnswered()
      self.question = nil
      refused(question.presentation, reason)
    case .enrolled:
      booksAnswered()
      self.question = nil
      show(.enrolled, for: settings.refusalShown)
      emit(.scanned(question.presentation.token))
      log(.info, "a token was read in scan mode and waits for its name")
    case .failed(let message):
      booksFailed(message)
      self.question?.hasFailed = true
    case .recorded:
      booksFailed("they answered a token with something else")
      self.question?.hasFailed = true
    }
  }

  private mutating func refused(_ presentation: Presentation, _ reason: TokenRefusal) {
    show(.refused, for: settings.refusalShown)
    emit(.scanned(presentation.token))
    log(.info, "a token was refused: \(reason.rawValue)")
    countInvalidToken(at: presentation.at.instant)
  }

  /// An answer after the question was given up. The machine is not unlocked for somebody who has left; who comes
  /// back is let in by the same id.
  private mutating func lateAnswer(_ answer: LockAnswer) {
    guard let unresolved else { return }
    switch answer {
    case .refused:
      self.unresolved = nil
      countInvalidToken(at: unresolved.presentation.at.instant)
    case .enrolled: self.unresolved = nil
    case .granted, .failed, .recorded: break
    }
  }
}

extension Token {
  /// Whether this names the card: by its UID, or by the 10 digits of a predecessor's database. Of a long UID
  /// those hold three bytes only, and with little luck other cards match as well.
  func names(_ card: UID) -> Bool {
    self == Token(card) || LegacyUID(text).map { $0.match(card) != .none } ?? false
  }
}
