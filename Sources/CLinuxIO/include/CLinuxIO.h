// What Swift cannot call by itself: libgpiod behind one set of functions for 1.6 and 2.x, and the ioctls of
// spidev and of the GPIO character device, whose request numbers are macros.
//
// Functions that return int return 0 (or a descriptor, where they say so) and -1 with errno set by the failing
// call; functions that return a pointer return NULL with errno set. Nothing here keeps state or decides.

#ifndef CLINUXIO_H
#define CLINUXIO_H

#ifdef __linux__

#include <linux/gpio.h>
#include <linux/spi/spidev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>

// The most lines that fit one request, in both libraries and the kernel.
#define CLINUXIO_LINES_MAX 64

struct clinuxio_chip {
  char name[GPIO_MAX_NAME_SIZE];
  char label[GPIO_MAX_NAME_SIZE];
  uint32_t line_count;
};

struct clinuxio_line {
  char name[GPIO_MAX_NAME_SIZE];
  char consumer[GPIO_MAX_NAME_SIZE];
  bool used;
  bool output;
  bool active_low;
};

enum clinuxio_bias {
  CLINUXIO_BIAS_AS_WIRED,
  CLINUXIO_BIAS_PULL_UP,
  CLINUXIO_BIAS_PULL_DOWN,
  CLINUXIO_BIAS_DISABLED,
};

enum clinuxio_drive {
  CLINUXIO_DRIVE_PUSH_PULL,
  CLINUXIO_DRIVE_OPEN_DRAIN,
  CLINUXIO_DRIVE_OPEN_SOURCE,
};

// Lines held by one request.
struct clinuxio_request;

// 1 or 2: the libgpiod interface this was compiled against.
int clinuxio_gpiod_generation(void);

int clinuxio_read_chip(const char *path, struct clinuxio_chip *chip);
int clinuxio_read_line(const char *path, unsigned int offset, struct clinuxio_line *line);

// `values` holds one 0 (inactive) or 1 (active) a line and is the level the lines start with.
struct clinuxio_request *clinuxio_request_outputs(
    const char *path, const unsigned int *offsets, const uint8_t *values, size_t count, bool active_low,
    enum clinuxio_drive drive, const char *consumer);
struct clinuxio_request *clinuxio_request_inputs(
    const char *path, const unsigned int *offsets, size_t count, bool active_low, enum clinuxio_bias bias,
    const char *consumer);
// Both take one value a line, in the order of the request.
int clinuxio_set_values(struct clinuxio_request *request, const uint8_t *values);
int clinuxio_get_values(struct clinuxio_request *request, uint8_t *values);
void clinuxio_release(struct clinuxio_request *request);

// Requests one line for edge events by uAPI v2, past libgpiod: 1.6 speaks uAPI v1, which has no sequence
// numbers. `flags` are GPIO_V2_LINE_FLAG_…; returns a descriptor to read struct gpio_v2_line_event from.
int clinuxio_request_edges(
    const char *path, unsigned int offset, uint64_t flags, uint32_t event_buffer_size, const char *consumer);
// 1 active, 0 inactive.
int clinuxio_read_edge_line(int descriptor);

int clinuxio_spi_set_mode(int descriptor, uint8_t mode);
int clinuxio_spi_set_bits_per_word(int descriptor, uint8_t bits);
int clinuxio_spi_set_speed(int descriptor, uint32_t hertz);
// SPI_IOC_MESSAGE(count). Above 511 transfers the ioctl's size field wraps: the caller keeps below.
int clinuxio_spi_message(int descriptor, struct spi_ioc_transfer *transfers, unsigned int count);

// posix_spawn of `program` with two arguments, in a session of its own, with default signals, nothing to read
// on descriptor 0, `socket` as descriptor 3 and no other descriptor above 2. In C because what it needs of
// posix_spawn are GNU extensions. Returns 0 or the error number.
int clinuxio_spawn(const char *program, const char *name, const char *argument, const char *subject, int socket,
                   int32_t *process);

// TIOCEXCL: later opens of the terminal fail with EBUSY.
int clinuxio_take_terminal(int descriptor);

#endif
#endif
