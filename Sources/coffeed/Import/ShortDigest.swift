/// FNV-1a in 32 bits: tells texts apart, and lets a guess be confirmed. What is made of names may stand nowhere but in
/// ``People``.
func shortDigest(of bytes: some Sequence<UInt8>) -> UInt32 {
  bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
}
