extension CRC32C {
  /// Where one damaged byte would explain that bytes have another checksum than they should, and what it has to be
  /// changed by (exclusive or). Among random damage of `n` bytes it finds such a place by chance in about `n` of
  /// sixteen million cases: so look at the outcome.
  static func damagedByte(_ bytes: some RandomAccessCollection<UInt8>, checksum: UInt32) -> (
    offset: Int, mask: UInt8
  )? {
    // The checksum is linear: what a changed byte does to it is the byte's table entry, run through as many zero
    // bytes as follow. So the difference is run backwards until it is a table entry.
    var difference = self.checksum(bytes) ^ checksum
    if difference == 0 { return nil }
    var byTop = [UInt8](repeating: 0, count: 256)
    for mask in 0..<256 { byTop[Int(table[mask] >> 24)] = UInt8(mask) }
    for offset in (0..<bytes.count).reversed() {
      let mask = byTop[Int(difference >> 24)]
      if table[Int(mask)] == difference { return (offset, mask) }
      difference = (difference ^ table[Int(mask)]) << 8 | UInt32(mask)
    }
    return nil
  }
}
