/// FNV-1a in 32 bits: tells texts apart, and is too short to tell anything about them.
func shortDigest(of bytes: some Sequence<UInt8>) -> UInt32 {
  bytes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
}
