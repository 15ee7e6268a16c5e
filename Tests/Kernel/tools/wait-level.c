// SPDX-License-Identifier: MIT
// wait-level [--any] LINE[,LINE...] LEVEL MILLISECONDS [SIGNAL PROCESS...]
//
// Waits until simulated lines ($SIM_GPIO) have a level, all of them or one, and prints how many milliseconds it
// took; exits with 1 when that many have passed. With a signal's number, sends it to the processes first and
// measures from there.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static long milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int main(int argument_count, char **arguments) {
  const char *chip = getenv("SIM_GPIO");
  int any = argument_count > 1 && strcmp(arguments[1], "--any") == 0;
  if (any) {
    argument_count--;
    arguments++;
  }
  if (argument_count < 4 || !chip) {
    fprintf(stderr, "usage: SIM_GPIO=... wait-level [--any] LINE[,LINE...] LEVEL MILLISECONDS [SIGNAL PROCESS...]\n");
    return 2;
  }
  int values[64], count = 0;
  for (char *line = strtok(arguments[1], ","); line && count < 64; line = strtok(NULL, ",")) {
    char path[512];
    snprintf(path, sizeof path, "%s/sim_gpio%s/value", chip, line);
    values[count] = open(path, O_RDONLY | O_CLOEXEC);
    if (values[count++] < 0) {
      fprintf(stderr, "wait-level: %s: %s\n", path, strerror(errno));
      return 2;
    }
  }
  long start = milliseconds(), limit = atol(arguments[3]);
  for (int index = 5; index < argument_count; index++) {
    if (kill(atoi(arguments[index]), atoi(arguments[4])) < 0) {
      fprintf(stderr, "wait-level: process %s: %s\n", arguments[index], strerror(errno));
      return 2;
    }
  }
  for (;;) {
    int there = 0;
    long passed = milliseconds() - start;
    for (int index = 0; index < count; index++) {
      char level = 0;
      there += pread(values[index], &level, 1, 0) == 1 && level == arguments[2][0];
    }
    if (any ? there > 0 : there == count) {
      printf("%ld\n", passed);
      return passed > limit;
    }
    if (passed >= limit) return 1;
    // Rarely enough not to take the only processor from those that are waited for.
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
  }
}
