import Foundation
import JSONState
import JSONStateTesting
import Testing

@Suite struct JSONDocumentTests {
  struct Person: Codable, Equatable, Sendable {
    var name: String
    var phone: String?
  }
  typealias People = JSONDocument<[String: Person]>

  static let path = "\(directory)/people.json"

  static func open(_ disk: SimulatedDisk, version: Int = 1) throws(JSONStateError) -> People {
    try People(path: path, version: version, fileSystem: disk, initial: [:])
  }

  static func written() throws -> SimulatedDisk {
    let disk = SimulatedDisk()
    try open(disk).updateAndWait { $0 = ["04a1": Person(name: "Zoë \"Z\"\n"), "04b2": Person(name: "Bo")] }
    return disk
  }

  @Test func whatWasWrittenIsThereAfterAPowerCut() async throws {
    let disk = SimulatedDisk()
    let people = try Self.open(disk)
    #expect(people.isNew && people.value.isEmpty && people.path == Self.path)
    #expect(disk[Self.path] == nil)
    let count = try await people.update { people in
      people["04a1"] = Person(name: "Ada")
      return people.count
    }
    #expect(count == 1 && people.read { $0["04a1"]?.name } == "Ada")
    disk.cutPower()
    let again = try await People.open(path: Self.path, fileSystem: disk, initial: [:])
    #expect(again.value == ["04a1": Person(name: "Ada")] && !again.isNew)
    #expect(
      disk.text("people.json") == """
        {
          "crc" : "6bd46f14",
          "format" : 1,
          "value" : {
            "04a1" : {
              "name" : "Ada"
            }
          },
          "version" : 1
        }

        """)
  }

  @Test func nothingOfAnErasedValueIsLeft() throws {
    let disk = try Self.written()
    try Self.open(disk).updateAndWait { $0["04b2"] = nil }
    for path in disk.paths {
      #expect(!String(decoding: try #require(disk[path]), as: UTF8.self).contains("Bo"), "\(path)")
    }
  }

  @Test func aChangeThatChangesNothingWritesNothing() throws {
    let disk = try Self.written()
    let people = try Self.open(disk)
    let calls = disk.calls
    #expect(try people.updateAndWait { $0["none"] != nil } == false)
    #expect(disk.calls == calls)
  }

  @Test func noChangeIsLostBetweenTwoOthers() async throws {
    let disk = SimulatedDisk()
    let counter = try JSONDocument(path: Self.path, fileSystem: disk, initial: 0)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 1...40 { group.addTask { try await counter.update { $0 += 1 } } }
      try await group.waitForAll()
    }
    #expect(counter.value == 40)
    #expect(try JSONDocument(path: Self.path, fileSystem: disk, initial: 0).value == 40)
  }

  // MARK: Faults

  /// The calls of opening and one change.
  static let calls: Int = {
    guard let disk = try? written() else { return 0 }
    let before = disk.calls.count
    try? open(disk).updateAndWait { $0["04b2"] = nil }
    return disk.calls.count - before
  }()

  @Test(arguments: [ENOSPC, EIO]) func aFailingCallLeavesTheOldValueAndIsTold(code: Int32) throws {
    #expect(Self.calls == 7)  // open; open, write, fsync, rename; open, fsync
    for call in 2...Self.calls {
      let disk = try Self.written()
      let people = try Self.open(disk)
      let old = people.value
      disk.fail(call: disk.calls.count + call - 1, with: code)
      #expect {
        try people.updateAndWait { $0["04b2"] = nil }
      } throws: { error in
        "\(error)".contains("in \(directory)") && (code != ENOSPC || "\(error)".contains("free some space"))
      }
      #expect(people.value == old, "call \(call)")
      #expect(try people.verify() == nil)
      #expect(!disk.paths.contains(Self.path + ".new"))
      let rebooted = disk.copyAfterPowerCut(.onlySynchronized)
      #expect(try Self.open(rebooted).value == old, "call \(call)")

      // The old value is written again if asked for, whatever the file contains now.
      try people.updateAndWait { _ in }
      #expect(try Self.open(disk.copyAfterPowerCut(.onlySynchronized)).value == old, "call \(call)")
      try people.updateAndWait { $0["04b2"] = nil }
      #expect(people.value.count == 1)
      #expect(try Self.open(disk.copyAfterPowerCut(.onlySynchronized)).value == people.value)
    }
  }

  @Test(arguments: [0, 0.5, 1, 2]) func aPowerCutLeavesTheOldOrTheNewValue(share: Double) throws {
    let old = try Self.open(try Self.written()).value
    var seen: Set<Int> = []
    for call in 2...Self.calls + 1 {
      let disk = try Self.written()
      let people = try Self.open(disk)
      disk.endPower(atCall: disk.calls.count + call - 1)
      let isAcknowledged = (try? people.updateAndWait { $0["04b2"] = nil }) != nil
      #expect(isAcknowledged == (call > Self.calls))
      disk.cutPower(keeping: share > 1 ? .everything : .share(share))
      let found = try Self.open(disk).value
      #expect(found == old || (found.count == 1 && found["04a1"] == old["04a1"]), "call \(call)")
      if isAcknowledged { #expect(found.count == 1) }
      seen.insert(found.count)
      // What a cut left of the unfinished file does not matter.
      try Self.open(disk).updateAndWait { $0 = ["04c3": Person(name: "Cy")] }
      #expect(try Self.open(disk).value == ["04c3": Person(name: "Cy")])
    }
    #expect(seen == [1, 2])
  }

  @Test func anUnreadableFileIsNotTakenForAMissingOne() throws {
    let disk = try Self.written()
    disk.fail(call: disk.calls.count + 1, with: EACCES)
    #expect {
      _ = try Self.open(disk)
    } throws: {
      "\($0)".contains("Permission denied in \(Self.path)")
    }
  }

  // MARK: Damage

  @Test func everyFlippedByteAndEveryCutIsFoundAndLeftAlone() throws {
    let written = try Self.written()
    let whole = try #require(written[Self.path])
    let flipped = whole.indices.map { index in
      var bytes = whole
      bytes[index] ^= 1
      return bytes
    }
    for (index, bytes) in (flipped + whole.indices.map { Array(whole.prefix($0)) }).enumerated() {
      let disk = written.copy()
      disk[Self.path] = bytes
      #expect {
        _ = try Self.open(disk)
      } throws: { error in
        guard case .damaged(directory, let damages)? = error as? JSONStateError else { return false }
        return damages.map(\.file) == ["people.json"] && "\(error)".contains("repair command")
      }
      #expect(try People.verify(path: Self.path, fileSystem: disk)?.file == "people.json", "\(index)")
      #expect(disk[Self.path] == bytes)
    }
  }

  @Test func aNewerVersionIsRefusedAndAnOlderOneRead() throws {
    let disk = SimulatedDisk()
    try Self.open(disk, version: 2).updateAndWait { $0["04a1"] = Person(name: "Ada") }
    let bytes = disk[Self.path]
    for attempt in [
      { _ = try Self.open(disk) }, { _ = try People.verify(path: Self.path, fileSystem: disk) },
      { _ = try People.repair(path: Self.path, fileSystem: disk) },
    ] {
      #expect(throws: JSONStateError.newerFormat(file: Self.path, found: 2, supported: 1)) { try attempt() }
    }
    #expect(disk[Self.path] == bytes)
    #expect(try Self.open(disk, version: 3).value.count == 1)
  }

  @Test func aNewerVersionOfAnotherShapeIsRefusedAsNewer() throws {
    let disk = SimulatedDisk()
    try JSONDocument(path: Self.path, version: 2, fileSystem: disk, initial: [1]).updateAndWait { $0 = [2] }
    #expect(throws: JSONStateError.newerFormat(file: Self.path, found: 2, supported: 1)) {
      _ = try Self.open(disk)
    }
  }

  @Test func anotherProgramsFileIsNotOverwritten() throws {
    let disk = SimulatedDisk()
    try JSONDocument(path: Self.path, fileSystem: disk, initial: [1]).updateAndWait { $0 = [2] }
    #expect(throws: JSONStateError.self) { _ = try Self.open(disk) }
    #expect(try JSONDocument(path: Self.path, fileSystem: disk, initial: [1]).value == [2])
  }

  @Test func whatCannotBeJSONIsRefused() throws {
    let disk = SimulatedDisk()
    let number = try JSONDocument(path: Self.path, fileSystem: disk, initial: 1.5)
    #expect {
      try number.updateAndWait { $0 = .infinity }
    } throws: {
      "\($0)".contains(Self.path)
    }
    #expect(number.value == 1.5 && disk[Self.path] == nil)
  }

  @Test func aDocumentThatWasNewMissesItsFileOnceItHasOne() throws {
    let disk = SimulatedDisk()
    let people = try Self.open(disk)
    #expect(try people.verify() == nil)
    try people.updateAndWait { $0["04a1"] = Person(name: "Ada") }
    #expect(try people.verify() == nil)
    disk[Self.path] = nil
    #expect(try people.verify()?.problem.contains("missing") == true)
  }

  @Test func verifyingAnOpenDocumentFindsAFileThatSomebodyReplaced() throws {
    let disk = try Self.written()
    let people = try Self.open(disk)
    #expect(try people.verify() == nil)
    try Self.open(disk).updateAndWait { $0["04b2"] = nil }
    #expect(try people.verify()?.problem.contains("replaced") == true)
    disk[Self.path] = nil
    #expect(try people.verify()?.problem.contains("missing") == true)
    #expect(try People.verify(path: Self.path, fileSystem: disk) == nil)
  }

  // MARK: Repair

  static func repair(_ disk: SimulatedDisk) throws -> DocumentRepair {
    try People.repair(path: path, fileSystem: disk)
  }

  @Test func aSoundOrMissingFileIsNotRepaired() throws {
    #expect(try Self.repair(SimulatedDisk()) == .wasSound)
    let disk = try Self.written()
    let (calls, bytes) = (disk.calls.count, disk[Self.path])
    #expect(try Self.repair(disk) == .wasSound)
    #expect(disk[Self.path] == bytes && disk.calls[calls...].allSatisfy { $0.hasPrefix("open") })
  }

  @Test func whatWasEditedByHandIsTakenOver() throws {
    let disk = try Self.written()
    let text = try #require(disk.text("people.json")).replacingOccurrences(of: "Bo", with: "Bob")
    disk[Self.path] = Array(text.utf8)
    #expect(throws: JSONStateError.self) { _ = try Self.open(disk) }
    #expect(try Self.repair(disk) == .kept(damaged: "people.json.damaged-1"))
    disk.cutPower()
    #expect(disk[Self.path + ".damaged-1"] == Array(text.utf8))
    #expect(try Self.open(disk).value["04b2"]?.name == "Bob")
  }

  @Test func oneDamagedByteIsPutRight() throws {
    let written = try Self.written()
    let (whole, old) = (try #require(written[Self.path]), try Self.open(written).value)
    for index in whole.indices {
      for mask: UInt8 in [1, 4, 16, 128, 255] {
        let disk = written.copy()
        disk[Self.path]?[index] ^= mask
        #expect(
          try Self.repair(disk) == .restored(damaged: "people.json.damaged-1"), "byte \(index) ^ \(mask)")
        #expect(try Self.open(disk).value == old && disk[Self.path] == whole)
      }
    }
  }

  /// Larger damages cost what they hit.
  @Test func whatCanBeReadIsKept() throws {
    let disk = SimulatedDisk()
    let all = Dictionary(
      uniqueKeysWithValues: (10...99).map { ("\($0)", Person(name: "Person \($0)", phone: "1")) })
    try Self.open(disk).updateAndWait { $0 = all }
    let whole = try #require(disk[Self.path])
    // Behind the members that stand before the persons.
    for start in stride(from: 60, to: whole.count - 40, by: 203) {
      for kind in 0..<3 {
        var bytes = whole
        switch kind {
        case 0: for index in start..<start + 20 { bytes[index] = 0 }
        case 1: bytes.removeSubrange(start..<start + 20)
        default: bytes.removeSubrange(start...)
        }
        let damaged = disk.copy()
        damaged[Self.path] = bytes
        let outcome = try People.repair(path: Self.path, inParts: true, fileSystem: damaged)
        let kept = try Self.open(damaged).value
        // Bytes that are missing may leave JSON that can be read: two persons then are one.
        if case .kept = outcome, kind == 1 {
          #expect(kept.count >= all.count - 2)
          continue
        }
        guard case .keptPartly("people.json.damaged-1", _) = outcome else {
          Issue.record("\(start), \(kind): \(outcome)")
          continue
        }
        if kind != 1 { #expect(kept.allSatisfy { all[$0]?.name == $1.name }, "\(start), \(kind)") }
        let spared = kind == 2 ? (start - 60) / 70 - 1 : all.count - 3
        #expect(kept.count >= spared && kept.count <= all.count, "\(start), \(kind): \(kept.count)")
      }
    }
  }

  @Test func whatCannotBeReadIsSetAside() throws {
    let disk = try Self.written()
    for number in 1...2 {
      disk[Self.path] = Array("{".utf8)
      #expect(try Self.repair(disk) == .setAside(damaged: "people.json.damaged-\(number)"))
      disk.cutPower()
      #expect(disk[Self.path + ".damaged-\(number)"] == Array("{".utf8))
      #expect(try Self.open(disk).isNew)
    }
  }

  @Test func aPowerCutWhileRepairingLosesNothing() throws {
    let edited = try Self.written()
    edited[Self.path]?.append(UInt8(ascii: " "))
    for call in 1...12 {
      let disk = edited.copy()
      disk.endPower(atCall: call)
      _ = try? Self.repair(disk)
      disk.cutPower()
      _ = try Self.repair(disk)
      #expect(try Self.open(disk).value.count == 2, "call \(call)")
    }
  }

  // MARK: The kernel's files

  @Test func aDocumentStandsBesideAnOpenStateAndItsModeIsAsAsked() throws {
    try ProcessTests.withDirectory { path in
      let store = try StateStore<Accounts>(directory: path)
      let people = try People(path: path + "/people.json", initial: [:])
      // Left over with another mode.
      #expect(FileManager.default.createFile(atPath: path + "/access.json.new", contents: Data()))
      let access = try JSONDocument(path: path + "/access.json", access: .owner, initial: "")
      try people.updateAndWait { $0["04a1"] = Person(name: "Ada") }
      try access.updateAndWait { $0 = "secret" }
      #expect(try ProcessTests.mode(path + "/people.json") == 0o640)
      #expect(try ProcessTests.mode(path + "/access.json") == 0o600)
      #expect(try store.verify().isSound && people.verify() == nil && access.verify() == nil)
      store.close()
      #expect(try StateStore<Accounts>.repair(directory: path).damages.isEmpty)
      #expect(try JSONDocument(path: path + "/access.json", initial: "").value == "secret")
    }
  }

  @Test func aDocumentMakesItsDirectory() throws {
    try ProcessTests.withDirectory { path in
      let people = try People(path: path + "/a/people.json", initial: [:])
      try people.updateAndWait { $0["04a1"] = Person(name: "Ada") }
      #expect(try People(path: path + "/a/people.json", initial: [:]).value == people.value)
    }
  }

  /// A child that replaces the file again and again is killed at a random moment.
  @Test func nothingAcknowledgedIsLostByKilling() async throws {
    let path = NSTemporaryDirectory() + "json-document-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var newest = 0
    for round in 1...(FaultTests.isSlow ? 200 : 4) {
      let delay = UInt32.random(in: 500...20_000)
      await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
        let notes = try SystemFileSystem().open(path + "/acknowledged", .lock)
        let document = try JSONDocument(path: path + "/count.json", initial: [0])
        Thread {
          usleep(delay)
          kill(getpid(), SIGKILL)
        }.start()
        while true {
          let next = document.read { $0[0] } + 1
          try document.updateAndWait { $0 = Array(repeating: next, count: 1000) }
          _ = try SystemFileSystem().write(notes, Array("\(next)\n".utf8)[...])
        }
      }
      let notes = (try? String(contentsOfFile: path + "/acknowledged", encoding: .utf8)) ?? ""
      let acknowledged = max(newest, notes.split(separator: "\n").last.flatMap { Int($0) } ?? 0)
      newest = try JSONDocument(path: path + "/count.json", initial: [0]).value[0]
      #expect((acknowledged...acknowledged + 1).contains(newest), "round \(round)")
    }
    #expect(newest > 0)
  }
}
