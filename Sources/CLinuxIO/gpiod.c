// libgpiod 1.6 and 2.x share a header name and nothing else; each has its half of this file.

#include "CLinuxIO.h"

#ifdef __linux__

#if !__has_include(<gpiod.h>)
#error "gpiod.h is missing: install libgpiod's headers (Debian, Raspberry Pi OS: sudo apt install libgpiod-dev)"
#endif

#include <errno.h>
#include <gpiod.h>
#include <stdlib.h>
#include <string.h>

static void copy_text(char *to, const char *from) {
  to[0] = 0;
  if (from) strncat(to, from, GPIO_MAX_NAME_SIZE - 1);
}

// Only the 1.x header has bulks.
#ifdef GPIOD_LINE_BULK_MAX_LINES

struct clinuxio_request {
  struct gpiod_chip *chip;
  struct gpiod_line_bulk lines;
};

int clinuxio_gpiod_generation(void) { return 1; }

static void close_quietly(struct gpiod_chip *chip) {
  int number = errno;
  gpiod_chip_close(chip);
  errno = number;
}

int clinuxio_read_chip(const char *path, struct clinuxio_chip *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return -1;
  copy_text(info->name, gpiod_chip_name(chip));
  copy_text(info->label, gpiod_chip_label(chip));
  info->line_count = gpiod_chip_num_lines(chip);
  gpiod_chip_close(chip);
  return 0;
}

int clinuxio_read_line(const char *path, unsigned int offset, struct clinuxio_line *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return -1;
  struct gpiod_line *line = gpiod_chip_get_line(chip, offset);
  if (line) {
    copy_text(info->name, gpiod_line_name(line));
    copy_text(info->consumer, gpiod_line_consumer(line));
    info->used = gpiod_line_is_used(line);
    info->output = gpiod_line_direction(line) == GPIOD_LINE_DIRECTION_OUTPUT;
    info->active_low = gpiod_line_active_state(line) == GPIOD_LINE_ACTIVE_STATE_LOW;
  }
  close_quietly(chip);
  return line ? 0 : -1;
}

static struct clinuxio_request *request_lines(
    const char *path, const unsigned int *offsets, const uint8_t *values, size_t count,
    struct gpiod_line_request_config *config) {
  if (count == 0 || count > CLINUXIO_LINES_MAX) {
    errno = EINVAL;
    return NULL;
  }
  struct clinuxio_request *request = calloc(1, sizeof *request);
  if (!request) return NULL;
  int levels[CLINUXIO_LINES_MAX] = {0};
  for (size_t i = 0; values && i < count; i++) levels[i] = values[i];
  request->chip = gpiod_chip_open(path);
  if (request->chip) {
    if (gpiod_chip_get_lines(request->chip, (unsigned int *)offsets, (unsigned int)count, &request->lines) == 0 &&
        gpiod_line_request_bulk(&request->lines, config, values ? levels : NULL) == 0)
      return request;
    close_quietly(request->chip);
  }
  free(request);
  return NULL;
}

struct clinuxio_request *clinuxio_request_outputs(
    const char *path, const unsigned int *offsets, const uint8_t *values, size_t count, bool active_low,
    enum clinuxio_drive drive, const char *consumer) {
  struct gpiod_line_request_config config = {
      .consumer = consumer,
      .request_type = GPIOD_LINE_REQUEST_DIRECTION_OUTPUT,
      .flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0,
  };
  if (drive == CLINUXIO_DRIVE_OPEN_DRAIN) config.flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_DRAIN;
  if (drive == CLINUXIO_DRIVE_OPEN_SOURCE) config.flags |= GPIOD_LINE_REQUEST_FLAG_OPEN_SOURCE;
  return request_lines(path, offsets, values, count, &config);
}

struct clinuxio_request *clinuxio_request_inputs(
    const char *path, const unsigned int *offsets, size_t count, bool active_low, enum clinuxio_bias bias,
    const char *consumer) {
  struct gpiod_line_request_config config = {
      .consumer = consumer,
      .request_type = GPIOD_LINE_REQUEST_DIRECTION_INPUT,
      .flags = active_low ? GPIOD_LINE_REQUEST_FLAG_ACTIVE_LOW : 0,
  };
  if (bias == CLINUXIO_BIAS_PULL_UP) config.flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_UP;
  if (bias == CLINUXIO_BIAS_PULL_DOWN) config.flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_PULL_DOWN;
  if (bias == CLINUXIO_BIAS_DISABLED) config.flags |= GPIOD_LINE_REQUEST_FLAG_BIAS_DISABLE;
  return request_lines(path, offsets, NULL, count, &config);
}

int clinuxio_set_values(struct clinuxio_request *request, const uint8_t *values) {
  int levels[CLINUXIO_LINES_MAX];
  for (unsigned int i = 0; i < gpiod_line_bulk_num_lines(&request->lines); i++) levels[i] = values[i];
  return gpiod_line_set_value_bulk(&request->lines, levels);
}

int clinuxio_get_values(struct clinuxio_request *request, uint8_t *values) {
  int levels[CLINUXIO_LINES_MAX];
  if (gpiod_line_get_value_bulk(&request->lines, levels) < 0) return -1;
  for (unsigned int i = 0; i < gpiod_line_bulk_num_lines(&request->lines); i++) values[i] = levels[i] != 0;
  return 0;
}

void clinuxio_release(struct clinuxio_request *request) {
  gpiod_line_release_bulk(&request->lines);
  gpiod_chip_close(request->chip);
  free(request);
}

#else

struct clinuxio_request {
  struct gpiod_line_request *lines;
  size_t count;
};

int clinuxio_gpiod_generation(void) { return 2; }

static void close_quietly(struct gpiod_chip *chip) {
  int number = errno;
  gpiod_chip_close(chip);
  errno = number;
}

int clinuxio_read_chip(const char *path, struct clinuxio_chip *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return -1;
  struct gpiod_chip_info *read = gpiod_chip_get_info(chip);
  if (read) {
    copy_text(info->name, gpiod_chip_info_get_name(read));
    copy_text(info->label, gpiod_chip_info_get_label(read));
    info->line_count = (uint32_t)gpiod_chip_info_get_num_lines(read);
    gpiod_chip_info_free(read);
  }
  close_quietly(chip);
  return read ? 0 : -1;
}

int clinuxio_read_line(const char *path, unsigned int offset, struct clinuxio_line *info) {
  struct gpiod_chip *chip = gpiod_chip_open(path);
  if (!chip) return -1;
  struct gpiod_line_info *read = gpiod_chip_get_line_info(chip, offset);
  if (read) {
    copy_text(info->name, gpiod_line_info_get_name(read));
    copy_text(info->consumer, gpiod_line_info_get_consumer(read));
    info->used = gpiod_line_info_is_used(read);
    info->output = gpiod_line_info_get_direction(read) == GPIOD_LINE_DIRECTION_OUTPUT;
    info->active_low = gpiod_line_info_is_active_low(read);
    gpiod_line_info_free(read);
  }
  close_quietly(chip);
  return read ? 0 : -1;
}

static struct clinuxio_request *request_lines(
    const char *path, const unsigned int *offsets, const uint8_t *values, size_t count,
    struct gpiod_line_settings *settings, const char *consumer) {
  struct clinuxio_request *request = calloc(1, sizeof *request);
  struct gpiod_line_config *lines = gpiod_line_config_new();
  struct gpiod_request_config *config = gpiod_request_config_new();
  struct gpiod_chip *chip = NULL;
  if (request && lines && config) {
    enum gpiod_line_value levels[CLINUXIO_LINES_MAX];
    gpiod_request_config_set_consumer(config, consumer);
    if (count == 0 || count > CLINUXIO_LINES_MAX) {
      errno = EINVAL;
    } else if (gpiod_line_config_add_line_settings(lines, offsets, count, settings) == 0) {
      for (size_t i = 0; values && i < count; i++)
        levels[i] = values[i] ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
      if (!values || gpiod_line_config_set_output_values(lines, levels, count) == 0) {
        chip = gpiod_chip_open(path);
        if (chip) request->lines = gpiod_chip_request_lines(chip, config, lines);
      }
    }
  }
  int number = errno;
  if (chip) gpiod_chip_close(chip);
  if (config) gpiod_request_config_free(config);
  if (lines) gpiod_line_config_free(lines);
  if (request && !request->lines) {
    free(request);
    request = NULL;
  }
  if (request) request->count = count;
  errno = number;
  return request;
}

struct clinuxio_request *clinuxio_request_outputs(
    const char *path, const unsigned int *offsets, const uint8_t *values, size_t count, bool active_low,
    enum clinuxio_drive drive, const char *consumer) {
  struct gpiod_line_settings *settings = gpiod_line_settings_new();
  if (!settings) return NULL;
  gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_OUTPUT);
  gpiod_line_settings_set_active_low(settings, active_low);
  if (drive == CLINUXIO_DRIVE_OPEN_DRAIN)
    gpiod_line_settings_set_drive(settings, GPIOD_LINE_DRIVE_OPEN_DRAIN);
  if (drive == CLINUXIO_DRIVE_OPEN_SOURCE)
    gpiod_line_settings_set_drive(settings, GPIOD_LINE_DRIVE_OPEN_SOURCE);
  struct clinuxio_request *request = request_lines(path, offsets, values, count, settings, consumer);
  int number = errno;
  gpiod_line_settings_free(settings);
  errno = number;
  return request;
}

struct clinuxio_request *clinuxio_request_inputs(
    const char *path, const unsigned int *offsets, size_t count, bool active_low, enum clinuxio_bias bias,
    const char *consumer) {
  struct gpiod_line_settings *settings = gpiod_line_settings_new();
  if (!settings) return NULL;
  gpiod_line_settings_set_direction(settings, GPIOD_LINE_DIRECTION_INPUT);
  gpiod_line_settings_set_active_low(settings, active_low);
  if (bias == CLINUXIO_BIAS_PULL_UP) gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_UP);
  if (bias == CLINUXIO_BIAS_PULL_DOWN) gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_PULL_DOWN);
  if (bias == CLINUXIO_BIAS_DISABLED) gpiod_line_settings_set_bias(settings, GPIOD_LINE_BIAS_DISABLED);
  struct clinuxio_request *request = request_lines(path, offsets, NULL, count, settings, consumer);
  int number = errno;
  gpiod_line_settings_free(settings);
  errno = number;
  return request;
}

int clinuxio_set_values(struct clinuxio_request *request, const uint8_t *values) {
  enum gpiod_line_value levels[CLINUXIO_LINES_MAX];
  for (size_t i = 0; i < request->count; i++)
    levels[i] = values[i] ? GPIOD_LINE_VALUE_ACTIVE : GPIOD_LINE_VALUE_INACTIVE;
  return gpiod_line_request_set_values(request->lines, levels);
}

int clinuxio_get_values(struct clinuxio_request *request, uint8_t *values) {
  enum gpiod_line_value levels[CLINUXIO_LINES_MAX];
  if (gpiod_line_request_get_values(request->lines, levels) < 0) return -1;
  for (size_t i = 0; i < request->count; i++) values[i] = levels[i] == GPIOD_LINE_VALUE_ACTIVE;
  return 0;
}

void clinuxio_release(struct clinuxio_request *request) {
  gpiod_line_request_release(request->lines);
  free(request);
}

#endif
#endif
