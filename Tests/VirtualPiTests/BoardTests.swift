import PiHAL
import Testing
import VirtualPi

@Suite struct BoardTests {
  let clock = VirtualClock()
  let board: VirtualBoard

  init() { board = VirtualBoard(clock: clock) }

  @Test func firstLevelIsPartOfTheRequest() throws {
    let relays = try board.output(lines: [17, 27], activeLow: true, initial: [false, true])
    #expect(board.level(of: 17))
    #expect(!board.level(of: 27))
    #expect(board.transitionCount(of: 17) == 1, "one change, straight from pulled down to inactive")
    #expect(board.transitionCount(of: 27) == 0)
    try relays.set(active: [true, false])
    #expect(!board.level(of: 17))
    #expect(board.level(of: 27))
    #expect(relays.active == [true, false])
    try relays.set(line: 0, active: false)
    #expect(relays.active == [false, false])
  }

  @Test func closingLeavesTheSafeStateAndFreesTheLine() throws {
    let output = try board.output(lines: [17], safe: [true])
    try output.set(active: [false])
    output.close()
    #expect(board.level(of: 17), "the safe level stays: this kernel keeps it")
    #expect(board.holder(of: 17) == nil)
    #expect(throws: PiHALError.self) { try output.set(active: [true]) }
    _ = try board.output(lines: [17])
  }

  @Test func forgottenObjectsGiveTheirLinesBack() throws {
    do { _ = try board.output(lines: [5], initial: [true]) }
    #expect(board.holder(of: 5) == nil)
    #expect(!board.level(of: 5))
  }

  @Test func busyLineNamesItsHolder() throws {
    let holder = try board.input(lines: [4], consumer: "somebody")
    let error = #expect(throws: PiHALError.self) { try board.output(lines: [17, 4]) }
    #expect(error?.kind == .busy)
    #expect(error?.description.contains("somebody") == true)
    #expect(error?.place == "GPIO4")
    #expect(board.holder(of: 17) == nil, "a request takes all its lines or none")
    holder.close()
    _ = try board.output(lines: [17, 4])
  }

  @Test(arguments: [[], [54], [-1], [3, 3]])
  func impossibleLinesAreRefused(lines: [Int]) {
    let error = #expect(throws: PiHALError.self) { try board.input(lines: lines) }
    #expect(error?.kind == .invalidRequest)
  }

  @Test func wrongNumberOfStatesIsRefused() throws {
    #expect(throws: PiHALError.self) { try board.output(lines: [1, 2], initial: [true]) }
    let output = try board.output(lines: [1, 2])
    let error = #expect(throws: PiHALError.self) { try output.set(active: [true]) }
    #expect(error?.kind == .invalidRequest)
  }

  @Test func inputsFollowTheWorldAndTheirBias() throws {
    let input = try board.input(lines: [20, 21], activeLow: true, bias: .pullUp)
    #expect(try input.read() == [false, false])
    board.drive(20, false)
    #expect(try input.read() == [true, false])
    board.drive(20, nil)
    #expect(try input.read() == [false, false])
  }

  @Test func outputsWinAgainstTheWorld() throws {
    let output = try board.output(lines: [20], initial: [true])
    board.drive(20, false)
    #expect(board.level(of: 20))
    board.killHolder(of: 20)
    #expect(board.level(of: 20), "the level outlives its holder")
    #expect(throws: PiHALError.self) { try output.set(active: [false]) }
    _ = try board.input(lines: [20])
    #expect(!board.level(of: 20))
  }

  @Test func mainlineKernelsLetGoOfADeadHoldersLine() throws {
    let board = VirtualBoard(clock: clock, persistence: .becomesInput)
    let output = try board.output(lines: [17], initial: [true])
    board.killHolder(of: 17)
    #expect(!board.level(of: 17))
    #expect(!board.isOutput(17))
    withExtendedLifetime(output) {}
  }

  @Test func processDiesWithAllItsLines() throws {
    let output = try board.output(lines: [17, 27], initial: [true, true])
    board.killHolder(of: 27)
    #expect(board.holder(of: 17) == nil)
    #expect(board.level(of: 17) && board.level(of: 27))
    output.close()
    #expect(board.level(of: 17) && board.level(of: 27), "the dead set nothing safe any more")
  }

  @Test func countsTheEdgesAskedFor() throws {
    let rising = try board.edgeCounter(line: 10)
    let falling = try board.edgeCounter(line: 11, edge: .falling)
    let both = try board.edgeCounter(line: 12, edge: .both)
    let inverted = try board.edgeCounter(line: 13, activeLow: true, bias: .pullUp)
    for line in 10...12 {
      board.pulse(line, count: 5)
      board.drive(line, true)
    }
    board.pulse(13, count: 5)
    #expect(try rising.read().total == 6)
    #expect(try falling.read().total == 5)
    #expect(try both.read().total == 11)
    #expect(try inverted.read().total == 5)
  }

  @Test func edgesCarryTheirInstantsAndTooQuickOnesAreRejected() throws {
    let counter = try board.edgeCounter(line: 10, minimumInterval: .milliseconds(4))
    let start = clock.now
    board.pulse(10, count: 3, interval: .milliseconds(10), start: start)
    #expect(try counter.read().newestEdge == start.advanced(by: .milliseconds(20)))
    board.pulse(10, count: 10, interval: .milliseconds(1), start: start.advanced(by: .milliseconds(30)))
    // Of edges 1 ms apart every fourth is far enough from the one counted before.
    let count = try counter.read()
    #expect(count.total == 6)
    #expect(count.rejected == 7)
  }

  @Test func droppedEdgesAreGivenBack() throws {
    let counter = try board.edgeCounter(line: 10)
    board.pulse(10, count: 2)
    board.overflowQueue(of: 10, droppedEdges: 984)
    let count = try counter.read()
    #expect(count.total == 986)
    #expect(count.restored == 984)
  }

  @Test func logTellsWhatHappenedWhen() throws {
    let output = try board.output(lines: [17])
    try output.set(active: true)
    clock.advance(by: .seconds(3))
    try output.set(active: true)
    try output.set(active: false)
    let log = board.transitions(of: 17)
    #expect(log.map(\.level) == [true, false])
    #expect(log[0].instant.duration(to: log[1].instant) == .seconds(3))
  }

  @Test func logKeepsTheNewest() throws {
    let board = VirtualBoard(clock: clock, transitionLimit: 10)
    board.pulse(17, count: 1000)
    #expect(board.transitionCount(of: 17) == 2000)
    let log = board.transitions(of: 17)
    #expect((10...20).contains(log.count))
    #expect(log.last?.level == false)
    #expect(zip(log, log.dropFirst()).allSatisfy { $0.instant < $1.instant })
  }

  @Test func faultsLookLikeTheKernels() throws {
    let input = try board.input(lines: [4])
    board.setFault(.inputOutputError, of: 4)
    #expect(throws: PiHALError.self) { try input.read() }
    board.setFault(.missing, of: 4)
    let gone = #expect(throws: PiHALError.self) { try input.read() }
    #expect(gone?.kind == .disconnected)
    board.setFault(nil, of: 4)
    #expect(try input.read() == [board.level(of: 4)])
    board.setFault(.missing, of: 5)
    #expect(#expect(throws: PiHALError.self) { try board.input(lines: [5]) }?.kind == .missing)
    board.setFault(.usedByKernel(consumer: "spi0 CS0"), of: 8)
    let busy = #expect(throws: PiHALError.self) { try board.output(lines: [8]) }
    #expect(busy?.kind == .busy)
    #expect(busy?.description.contains("spi0 CS0") == true)
  }

  @Test func powerLossDropsEverything() throws {
    let output = try board.output(lines: [17], initial: [true])
    board.losePower()
    #expect(board.levels.allSatisfy { !$0 })
    #expect(throws: PiHALError.self) { try output.set(active: true) }
    #expect(throws: PiHALError.self) { try board.input(lines: [17]) }
    board.restorePower()
    #expect(!board.level(of: 17))
    #expect(!board.isOutput(17))
    _ = try board.output(lines: [17])
  }

  @Test func observersHearEveryChangeInOrder() async throws {
    let board = board
    let heard = Heard()
    board.onTransition { transition in heard.add(transition) }
    await withTaskGroup(of: Void.self) { group in
      for line in 10..<14 { group.addTask { for _ in 0..<50 { board.pulse(line) } } }
    }
    for line in 10..<14 {
      let levels = heard.all.filter { $0.line == line }.map(\.level)
      #expect(levels == (0..<100).map { $0.isMultiple(of: 2) })
    }
  }
}
