// SPDX-License-Identifier: MIT
// count-edges DEVICE LINE EXPECTED [BUFFER_SIZE [STALL_MILLISECONDS]]
//
// Counts the edges of a line through the kernel's line interface, version 2. Prints "ready" once the line
// is requested, waits for a stall if one is asked for, then reads until EXPECTED edges are accounted for,
// or nothing has come for 20 s before the first edge or for 1 s after one. Prints the events seen and those that the sequence numbers show to be
// missing; exits with 0 if their sum is EXPECTED.

#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "count-edges: %s: %s\n", what, strerror(errno));
  exit(1);
}

int main(int argument_count, char **arguments) {
  if (argument_count < 4) {
    fprintf(stderr, "usage: count-edges DEVICE LINE EXPECTED [BUFFER_SIZE [STALL_MILLISECONDS]]\n");
    return 2;
  }
  int chip = open(arguments[1], O_RDONLY | O_CLOEXEC);
  if (chip < 0) fail(arguments[1]);
  struct gpio_v2_line_request request = {
      .offsets = {(unsigned)atoi(arguments[2])},
      .num_lines = 1,
      .consumer = "count-edges",
      .config.flags =
          GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_EDGE_RISING | GPIO_V2_LINE_FLAG_EDGE_FALLING,
      .event_buffer_size = argument_count > 4 ? (unsigned)atoi(arguments[4]) : 0,
  };
  long expected = atol(arguments[3]);
  if (ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) < 0) fail("request line");
  printf("ready\n");
  fflush(stdout);

  if (argument_count > 5) {
    long stall = atol(arguments[5]);
    struct timespec pause = {.tv_sec = stall / 1000, .tv_nsec = stall % 1000 * 1000000};
    nanosleep(&pause, NULL);
  }

  long seen = 0, missing = 0;
  unsigned last = 0;
  struct pollfd wait = {.fd = request.fd, .events = POLLIN};
  while (seen + missing < expected && poll(&wait, 1, last == 0 ? 20000 : 1000) > 0) {
    struct gpio_v2_line_event events[64];
    ssize_t size = read(request.fd, events, sizeof events);
    if (size < 0) fail("read events");
    for (size_t index = 0; index < (size_t)size / sizeof events[0]; index++) {
      missing += events[index].line_seqno - last - 1;
      last = events[index].line_seqno;
      seen++;
    }
  }
  // An edge too many would be as wrong as one too few.
  if (poll(&wait, 1, 50) > 0) seen++;
  printf("seen=%ld missing=%ld\n", seen, missing);
  return seen + missing == expected ? 0 : 1;
}
