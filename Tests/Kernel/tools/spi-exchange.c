// SPDX-License-Identifier: MIT
// spi-exchange registers | nothing | error | read REGISTER | time MESSAGES TRANSFERS
//
// Talks to /dev/spidev0.0 through the kernel's spidev and checks the answer:
//   registers  with spi-peer on the bus: frames in one ioctl are kept apart, and return what was written
//   nothing    with no program on the bus: every byte received is zero
//   error      with a program that does not answer, or has just died: the ioctl fails with EIO
//   read       prints the register of an MFRC522, two hexadecimal digits
//   time       prints the microseconds of one ioctl of that many transfers

#include <errno.h>
#include <fcntl.h>
#include <linux/spi/spidev.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static int device;

static _Noreturn void fail(const char *what) {
  fprintf(stderr, "spi-exchange: %s: %s\n", what, strerror(errno));
  exit(1);
}

static void expect(int holds, const char *what) {
  if (holds) return;
  fprintf(stderr, "spi-exchange: not so: %s\n", what);
  exit(1);
}

static struct spi_ioc_transfer transfer(const uint8_t *sent, uint8_t *received, unsigned length) {
  return (struct spi_ioc_transfer){.tx_buf = (uintptr_t)sent, .rx_buf = (uintptr_t)received, .len = length};
}

static int message(struct spi_ioc_transfer *transfers, unsigned count) {
  // The macro wants a constant; this is what it makes of one.
  return ioctl(device, _IOC(_IOC_WRITE, SPI_IOC_MAGIC, 0, count * sizeof *transfers), transfers);
}

static void registers(void) {
  const uint8_t write_two[] = {0x09 << 1, 0xa5}, read_back[] = {0x09 << 1 | 0x80, 0x37 << 1 | 0x80, 0};
  uint8_t received[3] = {1, 1, 1};
  struct spi_ioc_transfer frames[] = {transfer(write_two, NULL, 2), transfer(read_back, received, 3)};
  frames[0].cs_change = 1;
  expect(message(frames, 2) == 5, "a message of 2 and 3 bytes returns 5");
  expect(received[0] == 0 && received[1] == 0xa5 && received[2] == 0x92, "frame 2 reads what frame 1 wrote");

  // Without cs_change both transfers are one frame, so the second one goes on writing to register 9.
  struct spi_ioc_transfer one_frame[] = {transfer(write_two, NULL, 2), transfer(read_back, NULL, 3)};
  expect(message(one_frame, 2) == 5, "a message of one frame returns 5");
  struct spi_ioc_transfer reading = transfer(read_back, received, 3);
  expect(message(&reading, 1) == 3 && received[1] == 0, "one frame wrote its last byte to register 9");

  // A transfer without bytes to send sends zeros: address 0, written to.
  struct spi_ioc_transfer silent = transfer(NULL, received, 3);
  expect(message(&silent, 1) == 3 && received[0] == 0 && received[2] == 0, "a transfer only received");
}

int main(int argument_count, char **arguments) {
  const char *what = argument_count > 1 ? arguments[1] : "";
  device = open("/dev/spidev0.0", O_RDWR | O_CLOEXEC);
  if (device < 0) fail("/dev/spidev0.0");
  uint8_t mode = 0xff, bits = 0;
  uint32_t speed = 0;
  if (ioctl(device, SPI_IOC_RD_MODE, &mode) < 0 || ioctl(device, SPI_IOC_RD_BITS_PER_WORD, &bits) < 0 ||
      ioctl(device, SPI_IOC_RD_MAX_SPEED_HZ, &speed) < 0)
    fail("read mode, bits and speed");
  expect(mode == SPI_MODE_0 && bits == 8 && speed == 10000000, "mode 0, 8 bits, 10 MHz");

  uint8_t sent[8] = {0x37 << 1 | 0x80, 0}, received[8];
  memset(received, 0x55, sizeof received);
  struct spi_ioc_transfer reading = transfer(sent, received, 2);
  if (strcmp(what, "registers") == 0) {
    registers();
  } else if (strcmp(what, "nothing") == 0) {
    expect(message(&reading, 1) == 2 && received[0] == 0 && received[1] == 0, "an empty bus reads zero");
  } else if (strcmp(what, "error") == 0) {
    expect(message(&reading, 1) < 0 && errno == EIO, "no answer is EIO");
  } else if (strcmp(what, "read") == 0 && argument_count == 3) {
    sent[0] = (uint8_t)(strtoul(arguments[2], NULL, 0) << 1 | 0x80);
    if (message(&reading, 1) < 0) fail("message");
    printf("%02x\n", received[1]);
  } else if (strcmp(what, "time") == 0 && argument_count == 4) {
    long messages = atol(arguments[2]);
    unsigned count = (unsigned)atoi(arguments[3]);
    expect(messages > 0 && count > 0 && count <= 64, "messages above 0, transfers 1 to 64");
    struct spi_ioc_transfer transfers[64];
    for (unsigned index = 0; index < count; index++) {
      transfers[index] = reading;
      transfers[index].cs_change = index + 1 < count;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long index = 0; index < messages; index++) {
      if (message(transfers, count) < 0) fail("message");
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    double microseconds = (end.tv_sec - start.tv_sec) * 1e6 + (end.tv_nsec - start.tv_nsec) / 1e3;
    printf("microseconds=%.1f\n", microseconds / messages);
  } else {
    fprintf(stderr, "usage: spi-exchange registers | nothing | error | read REGISTER | time MESSAGES TRANSFERS\n");
    return 2;
  }
  return 0;
}
