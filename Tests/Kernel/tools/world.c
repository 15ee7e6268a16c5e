// SPDX-License-Identifier: MIT
// world COMMAND...
//
// Gives one command to the pi-world that runs, and prints its answer; exits with 1 if it refuses.

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argument_count, char **arguments) {
  const char *path = getenv("PI_WORLD_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path ? path : "/run/pi-world.sock", sizeof address.sun_path - 1);
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connection < 0 || connect(connection, (struct sockaddr *)&address, sizeof address) < 0) {
    perror("world: no pi-world runs");
    return 1;
  }
  for (int index = 1; index < argument_count; index++) {
    dprintf(connection, index > 1 ? " %s" : "%s", arguments[index]);
  }
  shutdown(connection, SHUT_WR);

  char answer[65536];
  size_t size = 0;
  for (ssize_t count = 1; count > 0 && size < sizeof answer - 1; size += count > 0 ? (size_t)count : 0) {
    count = read(connection, answer + size, sizeof answer - 1 - size);
  }
  answer[size] = 0;
  // The first line is "ok" or "error", the rest is to be printed.
  char *text = strchr(answer, '\n');
  int succeeded = text && strncmp(answer, "ok", 2) == 0;
  FILE *stream = succeeded ? stdout : stderr;
  if (text && text[1]) fprintf(stream, "%s\n", text + 1);
  if (!text) fprintf(stderr, "world: pi-world ended without an answer\n");
  return succeeded ? 0 : 1;
}
