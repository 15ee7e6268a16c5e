// SPDX-License-Identifier: MIT
// serial-line DEVICE FIFO
//
// Makes a serial line's device, which is a terminal, and sends there what is written to the FIFO. Prints "ready"
// when both are there.

#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

int main(int argument_count, char **arguments) {
  if (argument_count != 3) {
    fprintf(stderr, "usage: serial-line DEVICE FIFO\n");
    return 2;
  }
  const char *device = arguments[1], *fifo = arguments[2];
  int line = posix_openpt(O_RDWR | O_NOCTTY);
  if (line < 0 || grantpt(line) < 0 || unlockpt(line) < 0) fail("serial-line: a terminal");
  if (symlink(ptsname(line), device) < 0) fail(device);
  if (mkfifo(fifo, 0600) < 0) fail(fifo);
  // Also for writing, so that it does not end with its first writer.
  int input = open(fifo, O_RDWR);
  if (input < 0) fail(fifo);
  printf("ready\n");
  fflush(stdout);

  char bytes[256];
  for (;;) {
    ssize_t count = read(input, bytes, sizeof bytes);
    if (count <= 0 || write(line, bytes, (size_t)count) != count) fail("serial-line");
  }
}
