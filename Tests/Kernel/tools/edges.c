// SPDX-License-Identifier: MIT
// edges LINE COUNT EDGES_PER_SECOND
//
// Drives a simulated line ($SIM_GPIO) with a square wave of exactly COUNT edges from outside: the first
// one away from the present pull, then alternating. Prints the edges made and the seconds they took.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "edges: %s: %s\n", what, strerror(errno));
  exit(1);
}

static long long nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

int main(int argument_count, char **arguments) {
  const char *chip = getenv("SIM_GPIO");
  if (argument_count != 4 || !chip) {
    fprintf(stderr, "usage: SIM_GPIO=... edges LINE COUNT EDGES_PER_SECOND\n");
    return 2;
  }
  long count = atol(arguments[2]);
  double rate = atof(arguments[3]);
  if (count < 0 || !(rate > 0)) {
    fprintf(stderr, "edges: count must be 0 or more, rate above 0\n");
    return 2;
  }

  char path[512];
  snprintf(path, sizeof path, "%s/sim_gpio%s/pull", chip, arguments[1]);
  int pull = open(path, O_RDWR | O_CLOEXEC);
  if (pull < 0) fail(path);
  char present[16] = "";
  if (pread(pull, present, sizeof present - 1, 0) <= 0) fail(path);
  int up = strncmp(present, "pull-up", 7) == 0;

  long long start = nanoseconds();
  for (long edge = 0; edge < count; edge++) {
    long long due = start + (long long)(edge * 1e9 / rate);
    struct timespec at = {.tv_sec = due / 1000000000, .tv_nsec = due % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
    up = !up;
    const char *level = up ? "pull-up" : "pull-down";
    if (pwrite(pull, level, strlen(level), 0) < 0) fail(path);
  }
  printf("edges=%ld seconds=%.3f\n", count, (nanoseconds() - start) / 1e9);
  return 0;
}
