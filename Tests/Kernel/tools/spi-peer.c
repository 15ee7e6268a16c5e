// SPDX-License-Identifier: MIT
// spi-peer [hang]
//
// The smallest program that answers the SPI bus: one chip with the register access of an MFRC522 and
// nothing behind it. Registers hold what was last written to them, VersionReg (0x37) reads 0x92. Prints
// "ready" once it holds the bus. With "hang" it takes messages, prints "taken" and never answers. The wire
// format stands in spi-bridge/spi-bridge.c.

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { version_register = 0x37, version = 0x92, frame_ends = 1, header_words = 4, transfer_words = 3 };

static uint8_t registers[64];

struct frame {
  int started, reading, address;
};

// The byte that comes back while `sent` goes out.
static uint8_t exchange(uint8_t sent, struct frame *frame) {
  if (!frame->started) {
    frame->started = 1;
    frame->reading = (sent & 0x80) != 0;
    frame->address = sent >> 1 & 0x3f;
    return 0;
  }
  if (!frame->reading) {
    registers[frame->address] = sent;
    return 0;
  }
  int address = frame->address;
  frame->address = sent >> 1 & 0x3f;
  return address == version_register ? version : registers[address];
}

int main(int argument_count, char **arguments) {
  int hang = argument_count > 1 && strcmp(arguments[1], "hang") == 0;
  int bus = open("/dev/spi-bridge", O_RDWR | O_CLOEXEC);
  if (bus < 0) {
    perror("spi-peer: /dev/spi-bridge");
    return 1;
  }
  printf("ready\n");
  fflush(stdout);

  static union {
    uint32_t words[8192];
    uint8_t bytes[32768];
  } message, answer;
  for (;;) {
    if (read(bus, message.bytes, sizeof message.bytes) < 0) {
      if (errno == EINTR) continue;
      perror("spi-peer: read");
      return 1;
    }
    if (hang) {
      printf("taken\n");
      fflush(stdout);
      continue;
    }
    uint32_t transfers = message.words[2], size = message.words[3];
    const uint32_t *transfer = message.words + header_words;
    const uint8_t *sent = (const uint8_t *)(transfer + transfers * transfer_words);
    uint8_t *received = answer.bytes + 8;
    struct frame frame = {0};
    for (; transfers > 0; transfers--, transfer += transfer_words) {
      for (uint32_t count = transfer[0]; count > 0; count--) *received++ = exchange(*sent++, &frame);
      if (transfer[2] & frame_ends) memset(&frame, 0, sizeof frame);
    }
    answer.words[0] = message.words[0];
    answer.words[1] = 0;
    // A message given up in the meantime is stale: the next one follows.
    if (write(bus, answer.bytes, 8 + size) < 0 && errno != ESTALE) {
      perror("spi-peer: write");
      return 1;
    }
  }
}
