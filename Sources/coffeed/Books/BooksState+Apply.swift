import DaemonKit
import JSONState

extension BooksState: JournaledState {
  /// Takes in the next entry. Entries are checked before they are recorded, so nothing is refused here; one that
  /// names a user, usage or invoice that is not there changes nothing. Where a repair had to give an entry up, the
  /// numbers that it gave stay free, so that all later ones mean what they meant.
  mutating func apply(_ record: JournalRecord<BooksEntry>) {
    apply(record.entry, at: WallTime(record.date))
  }

  mutating func apply(_ entry: BooksEntry, at time: WallTime) {
    months.note(entryAt: time)
    switch entry.event {
    case .userAdded(let added):
      users.leaveOut(through: added.user - 1)
      users.add(
        User(
          token: added.token, active: added.active, barred: added.barred,
          isPending: !added.active && added.barred && added.named != true, hidden: added.hidden,
          created: added.created ?? time, revision: added.revision))
    case .tokenEnrolled(let enrolled):
      if enrolled.user > users.count {
        users.leaveOut(through: enrolled.user - 1)
        users.add(
          User(token: enrolled.token, active: false, barred: true, isPending: true, created: time))
      }
      remember(
        Presented(id: enrolled.activation, token: enrolled.token, at: enrolled.at, user: enrolled.user),
        beside: enrolled.beside)
    case .userChanged(let changed):
      users.change(changed.user) { user in
        user.active = changed.active ?? user.active
        user.barred = changed.barred ?? user.barred
        user.hidden = changed.hidden ?? user.hidden
        user.revision = changed.revision ?? user.revision
        if changed.named == true || user.active || !user.barred { user.isPending = false }
      }
    case .userErased(let erased): users.erase(erased.user)
    case .scanModeSet(let mode): settings.isScanMode = mode.on
    case .settingsChanged(let change): settings.apply(change)
    case .usageLogged, .drinkBrewed, .drinkCharged, .usageCancelled, .activationEnded:
      applyUsage(entry.event, at: time)
    case .tokenRefused, .masterSet, .lockedOut, .lockOutEnded: applyLock(entry.event)
    case .invoiceCreated(let invoice): addInvoice(invoice, at: time)
    case .batchCreated(let batch):
      newestBatch = batch.batch
      batches.append(
        Batch(
          number: batch.batch, until: batch.until, created: batch.created ?? time,
          currency: settings.currency, decimals: settings.currencyDecimals))
    case .invoicePaid(let paid):
      if let index = invoiceIndex(paid.invoice) { invoices[index].paid = paid.paid }
    case .retentionApplied(let report): applyRetention(before: report.before)
    case .importBegun(let begun): unfinishedImports.insert(begun.source)
    case .usagesImported(let imported): addUsages(imported)
    case .invoiceItemsImported(let imported): addItems(imported)
    case .importDone(let done):
      var source = imports[done.source] ?? ImportedSource()
      source.note(done) { invoice($0)?.paid == true }
      imports[done.source] = source
      if done.isPart != true { unfinishedImports.remove(done.source) }
    }
    if var mark = entry.command, let outcome = outcome(of: entry.event) {
      // Made without a key by an older version: no further file gets it.
      if mark.digestKey == nil { mark.digest = nil }
      recentCommands.append(DoneCommand(mark: mark, outcome: outcome))
      recentCommands.keepLast(Self.rememberedCommands)
    }
  }

  // MARK: Usages

  private mutating func applyUsage(_ event: BooksEvent, at time: WallTime) {
    switch event {
    case .usageLogged(let logged):
      usages.leaveOut(through: logged.usage - 1)
      addUsage(of: logged.user, at: time, .unknown)
      lock.activation = LockMemory.Activation(
        id: logged.activation, start: logged.at, milliseconds: logged.milliseconds)
      remember(
        Presented(
          id: logged.activation, token: logged.token, at: logged.at, user: logged.user,
          usages: [logged.usage]),
        beside: logged.beside)
    case .drinkBrewed(let brewed):
      if let usage = brewed.usage { usages.setDrink(brewed.drink, of: usage) }
      noteDrink(brewed.number, of: brewed.activation, usage: nil)
    case .drinkCharged(let charged):
      usages.leaveOut(through: charged.usage - 1)
      addUsage(of: charged.user, at: time, charged.drink)
      noteDrink(charged.number, of: charged.activation, usage: charged.usage)
    case .usageCancelled(let cancelled):
      guard let usage = usages.usage(cancelled.usage), !usage.isCancelled else { return }
      usages.cancel(cancelled.usage)
      users.change(usage.user) { user in
        user.usages -= 1
        user.uninvoiced -= 1
      }
      if cancelled.reason == .nothingBrewed,
        let index = recentPresentations.lastIndex(where: { $0.usages.contains(cancelled.usage) })
      {
        recentPresentations[index].isEmpty = true
      }
    case .activationEnded(let ended):
      if lock.activation?.id == ended.activation { lock.activation?.hasEnded = true }
      if let index = recentPresentations.lastIndex(where: { $0.id == ended.activation }) {
        recentPresentations[index].hasEnded = true
      }
    default: break
    }
  }

  private mutating func addUsage(of user: Int, at time: WallTime, _ drink: Drink) {
    addUsage(of: user, at: time, drinkCode: drink.code)
  }

  private mutating func addUsage(of user: Int, at time: WallTime, drinkCode: UInt8) {
    users.leaveOut(through: user)
    usages.append(user: user, time: time, drinkCode: drinkCode)
    months.note(usage: usages.newestNumber)
    users.change(user) { user in
      user.usages += 1
      user.uninvoiced += 1
      user.lastUsage = max(user.lastUsage ?? time, time)
    }
  }

  private mutating func noteDrink(_ number: Int, of activation: ActivationID, usage: Int?) {
    if lock.activation?.id == activation { lock.activation?.drinks = number }
    guard let index = recentPresentations.lastIndex(where: { $0.id == activation }) else { return }
    recentPresentations[index].drinks = number
    if let usage { recentPresentations[index].usages.append(usage) }
  }

  private mutating func addUsages(_ imported: BooksEvent.UsagesImported) {
    guard let rows = try? ImportedUsages(imported) else { return }
    usages.leaveOut(through: imported.usage - 1)
    let texts = (imported.drinkTexts ?? []).map { usages.drinkCode(of: $0) }
    for row in rows.rows {
      var code = row.drinkCode
      if let place = Drink.textPlace(ofCode: code) {
        code = texts.indices.contains(place) ? texts[place] : Drink.unknown.code
      }
      addUsage(of: row.user, at: row.time, drinkCode: code)
    }
    imports[imported.source, default: ImportedSource()].note(ids: rows.ids, firstUsage: imported.usage)
  }

  // MARK: The lock

  private mutating func applyLock(_ event: BooksEvent) {
    switch event {
    case .tokenRefused(let refused):
      lock.invalidTokens.append(refused.at)
      lock.invalidTokens.keepLast(LockMemory.rememberedInvalidTokens)
      remember(
        Presented(id: refused.activation, token: refused.token, at: refused.at, refusal: refused.reason),
        beside: refused.beside)
    case .masterSet(let master):
      lock.isMaster = master.on
      lock.tokensOnReader = master.onReader ?? []
      lock.lockOut = nil
      lock.invalidTokens = []
      remember(request: master.activation)
    case .lockedOut(let locked):
      lock.lockOut = locked.at
      lock.invalidTokens = []
      remember(request: locked.activation)
    case .lockOutEnded(let ended):
      lock.lockOut = nil
      remember(request: ended.activation)
    default: break
    }
  }

  private mutating func remember(_ presented: Presented, beside: [Token]?) {
    lock.tokensOnReader = [presented.token] + (beside ?? [])
    recentPresentations.append(presented)
    recentPresentations.keepLast(Self.rememberedPresentations)
  }

  private mutating func remember(request: ActivationID) {
    recentRequests.append(request)
    recentRequests.keepLast(Self.rememberedRequests)
  }

  // MARK: Invoices

  private mutating func addInvoice(_ entry: BooksEvent.InvoiceCreated, at time: WallTime) {
    let items = (try? NumberText.numbersFromSteps(entry.items)) ?? []
    newestInvoice = entry.invoice
    invoices.append(
      Invoice(
        number: entry.invoice, user: entry.user, revision: users[entry.user]?.revision ?? 0, from: entry.from,
        until: entry.until, items: items.count,
        firstItem: items.first.map { Int($0) }, lastItem: items.last.map { Int($0) }, price: entry.price,
        currency: entry.currency, decimals: entry.decimals, paid: entry.paid ?? false,
        created: entry.created ?? time, batch: entry.batch, month: months.current))
    if let index = batches.lastIndex(where: { $0.number == entry.batch }) {
      batches[index].from = min(batches[index].from ?? entry.from, entry.from)
      batches[index].invoices += 1
      batches[index].items += items.count
      batches[index].total += entry.price * Int64(items.count)
      batches[index].currency = entry.currency
      batches[index].decimals = entry.decimals
    }
    users.leaveOut(through: entry.user)
    if let last = items.last { usages.leaveOut(through: Int(last)) }
    put(items, onInvoice: entry.invoice, of: entry.user)
    users.change(entry.user) { $0.invoicedUntil = max($0.invoicedUntil ?? entry.until, entry.until) }
  }

  private mutating func put(_ items: [Int64], onInvoice invoice: Int, of user: Int) {
    var found = 0
    for item in items where usages.usage(Int(item)) != nil {
      usages.setInvoice(invoice, of: Int(item))
      found += 1
    }
    users.change(user) { $0.uninvoiced -= found }
  }

  private mutating func addItems(_ entry: BooksEvent.InvoiceItemsImported) {
    guard let index = invoiceIndex(entry.invoice),
      let items = try? NumberText.numbersFromSteps(entry.items), let first = items.first,
      let last = items.last
    else { return }
    let invoice = invoices[index]
    invoices[index].items += items.count
    invoices[index].firstItem = min(invoice.firstItem ?? Int(first), Int(first))
    invoices[index].lastItem = max(invoice.lastItem ?? Int(last), Int(last))
    if let batch = batches.lastIndex(where: { $0.number == invoice.batch }) {
      batches[batch].items += items.count
      batches[batch].total += invoice.price * Int64(items.count)
    }
    put(items, onInvoice: entry.invoice, of: invoice.user)
  }

  /// What stands on an invoice leaves with the invoice, and that when it is paid and all on it is old.
  private mutating func applyRetention(before: WallTime) {
    let due = dueForRetention(before: before)
    usages.remove(where: { due.includes($0) }) { _ in }
    invoices.removeAll { due.invoices.contains($0.number) }
    let batchesInHand = Set(invoices.compactMap(\.batch))
    batches.removeAll { $0.created < before && !batchesInHand.contains($0.number) }
  }

  // MARK: Commands

  /// What a command came to, in the state that its entry has just been applied to.
  private func outcome(of event: BooksEvent) -> BooksOutcome? {
    switch event {
    case .userAdded(let added): .user(added.token)
    case .userChanged(let changed): users[changed.user].map { .user($0.token) }
    case .userErased(let erased): users[erased.user].map { .user($0.token) }
    case .invoiceCreated(let invoice): .invoice(invoice.invoice)
    case .invoicePaid(let paid): .invoice(paid.invoice)
    case .batchCreated(let batch): .batch(batch.batch)
    case .retentionApplied(let report): .retention(report)
    default: .done
    }
  }
}

extension BooksState.Settings {
  mutating func apply(_ change: SettingsChange) {
    pricePerCoffee = change.pricePerCoffee ?? pricePerCoffee
    currency = change.currency ?? currency
    currencyDecimals = change.currencyDecimals ?? currencyDecimals
    invoiceSubject = change.invoiceSubject ?? invoiceSubject
    invoiceBody = change.invoiceBody ?? invoiceBody
    activationSeconds = change.activationSeconds ?? activationSeconds
    coldActivationSeconds = change.coldActivationSeconds ?? coldActivationSeconds
    coldAfterMinutes = change.coldAfterMinutes ?? coldAfterMinutes
    lockOutSeconds = change.lockOutSeconds ?? lockOutSeconds
    chargesDrinks = change.chargesDrinks ?? chargesDrinks
    if let token = change.masterToken { masterToken = Token(token) }
    language = change.language ?? language
    retentionYears = change.retentionYears ?? retentionYears
  }
}

extension Array {
  fileprivate mutating func keepLast(_ count: Int) {
    if self.count > count { removeFirst(self.count - count) }
  }
}
