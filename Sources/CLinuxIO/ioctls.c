#include "CLinuxIO.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void copy_text(char *to, const char *from) {
  to[0] = 0;
  if (from) strncat(to, from, GPIO_MAX_NAME_SIZE - 1);
}

// Closing a descriptor after a failure must not hide why it failed.
static void close_quietly(int descriptor) {
  int number = errno;
  close(descriptor);
  errno = number;
}

int clinuxio_request_edges(
    const char *path, unsigned int offset, uint64_t flags, uint32_t event_buffer_size, const char *consumer) {
  int chip = open(path, O_RDWR | O_CLOEXEC);
  if (chip < 0) return -1;
  struct gpio_v2_line_request request;
  memset(&request, 0, sizeof request);
  request.offsets[0] = offset;
  request.num_lines = 1;
  request.event_buffer_size = event_buffer_size;
  request.config.flags = flags;
  copy_text(request.consumer, consumer);
  int result = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request);
  close_quietly(chip);
  return result < 0 ? -1 : request.fd;
}

int clinuxio_read_edge_line(int descriptor) {
  struct gpio_v2_line_values values = {.bits = 0, .mask = 1};
  if (ioctl(descriptor, GPIO_V2_LINE_GET_VALUES_IOCTL, &values) < 0) return -1;
  return (int)(values.bits & 1);
}

int clinuxio_spi_set_mode(int descriptor, uint8_t mode) {
  return ioctl(descriptor, SPI_IOC_WR_MODE, &mode);
}

int clinuxio_spi_set_bits_per_word(int descriptor, uint8_t bits) {
  return ioctl(descriptor, SPI_IOC_WR_BITS_PER_WORD, &bits);
}

int clinuxio_spi_set_speed(int descriptor, uint32_t hertz) {
  return ioctl(descriptor, SPI_IOC_WR_MAX_SPEED_HZ, &hertz);
}

int clinuxio_spi_message(int descriptor, struct spi_ioc_transfer *transfers, unsigned int count) {
  return ioctl(descriptor, SPI_IOC_MESSAGE(count), transfers);
}

int clinuxio_take_terminal(int descriptor) { return ioctl(descriptor, TIOCEXCL); }

#endif
