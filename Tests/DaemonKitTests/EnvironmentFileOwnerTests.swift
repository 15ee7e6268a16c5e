import Foundation
import Testing

@testable import DaemonKit

/// Whose `.env` files are read without being named.
@Suite struct EnvironmentFileOwnerTests {
  private static func owner(_ path: String, user: uid_t) -> EnvironmentFileOwner {
    EnvironmentFileOwner(of: path, user: user)
  }

  @Test func onlyTheCallersAndRootsFilesAreRead() async throws {
    try await Scratch.with { scratch in
      let file = try scratch.write("A=1\n", to: "settings.env")
      let me = geteuid()
      #expect(chmod(file, 0o640) == 0)
      #expect(Self.owner(file, user: me) == .trusted)
      guard me == 0 else { return }
      #expect(Self.owner(file, user: 1000) == .trusted)
      #expect(chown(file, 1000, 1000) == 0)
      #expect(Self.owner(file, user: 1000) == .trusted)
      for user: uid_t in [0, 1001] {
        guard case .stranger(let problem) = Self.owner(file, user: user) else {
          Issue.record("user \(user)")
          continue
        }
        #expect(problem.contains("belongs to user 1000") && problem.contains("--env-file"))
      }
      // A stranger's link to a file of one's own.
      let link = scratch.path + "/link.env"
      let own = try scratch.write("A=1\n", to: "own.env")
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: own)
      #expect(lchown(link, 1000, 1000) == 0)
      guard case .stranger = Self.owner(link, user: 0) else {
        Issue.record("a stranger's link")
        return
      }
    }
  }

  @Test func whatEverybodyMayChangeIsNotRead() async throws {
    try await Scratch.with { scratch in
      let file = try scratch.write("A=1\n", to: "settings.env")
      #expect(chmod(file, 0o646) == 0)
      guard case .stranger(let problem) = Self.owner(file, user: geteuid()) else {
        Issue.record("it is read")
        return
      }
      #expect(problem.contains("chmod o-w"))
    }
  }

  @Test func rootReadsNothingFromTheWorkingDirectory() {
    #expect(Self.owner(".env", user: 0) == .workingDirectoryOfRoot)
    #expect(Self.owner("/etc/kettled/none", user: 0) == .trusted)
  }
}
