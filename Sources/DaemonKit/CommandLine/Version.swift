/// The version of this package, as `--version` prints it; `CHANGELOG.md` says what is in it.
public let packageVersion = "0.1.0"
