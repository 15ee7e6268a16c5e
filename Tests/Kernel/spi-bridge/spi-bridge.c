// SPDX-License-Identifier: GPL-2.0
/*
 * An SPI bus that a program answers.
 *
 * The bus carries two devices bound to the kernel's own spidev, as on a
 * Raspberry Pi with SPI switched on: /dev/spidev0.0 and /dev/spidev0.1. Each
 * message (one SPI_IOC_MESSAGE) is handed to the program that holds
 * /dev/spi-bridge open, which answers with the bytes that came back.
 *
 * One read() returns one message, one write() answers it. All numbers are
 * 32 bit in the machine's own byte order:
 *
 *   read:   u32 sequence        to be repeated in the answer
 *           u32 chip_select     0 or 1
 *           u32 transfer_count
 *           u32 byte_count      sum of all lengths
 *           transfer_count times:
 *             u32 length
 *             u32 speed_hz
 *             u32 flags         bit 0: chip select is released after this
 *                               transfer, that is, a frame ends here
 *           byte_count bytes sent, all transfers one after the other
 *
 *   write:  u32 sequence
 *           u32 failed          0, or 1 to make the ioctl fail with EIO
 *           byte_count bytes received (none if failed)
 *
 * read() blocks, or fails with EAGAIN under O_NONBLOCK; poll() works. A buffer
 * too small for the message is EMSGSIZE, and the message waits for the next
 * read(). write() fails with EINVAL when the size is wrong and with ESTALE when
 * the message is no longer waiting. A message that is not answered within
 * spi_bridge.timeout_ms (1000), or whose program closes the device, fails with
 * EIO. While no program holds the device the bus is one with nothing on it:
 * every byte received is zero, from the pull-down on a Pi's MISO pin.
 */

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/platform_device.h>
#include <linux/poll.h>
#include <linux/spi/spi.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define CHIP_SELECTS	2
#define DEVICE_MAX_HZ	10000000
#define FRAME_ENDS	1

static unsigned int timeout_ms = 1000;
module_param(timeout_ms, uint, 0644);

struct message_header {
	u32 sequence;
	u32 chip_select;
	u32 transfer_count;
	u32 byte_count;
};

struct transfer_header {
	u32 length;
	u32 speed_hz;
	u32 flags;
};

struct answer_header {
	u32 sequence;
	u32 failed;
};

/* The lock guards all below it. A message is valid while it stands in here. */
static struct {
	wait_queue_head_t readable;
	struct completion answered;
	struct mutex lock;
	struct spi_message *message;
	u32 sequence;
	bool handed_out;
	bool attached;
	int status;
} bridge = {
	.readable = __WAIT_QUEUE_HEAD_INITIALIZER(bridge.readable),
	.answered = COMPLETION_INITIALIZER(bridge.answered),
	.lock = __MUTEX_INITIALIZER(bridge.lock),
};

static u32 byte_count(struct spi_message *message)
{
	struct spi_transfer *transfer;
	u32 count = 0;

	list_for_each_entry(transfer, &message->transfers, transfer_list)
		count += transfer->len;
	return count;
}

static void receive_nothing(struct spi_message *message)
{
	struct spi_transfer *transfer;

	list_for_each_entry(transfer, &message->transfers, transfer_list)
		if (transfer->rx_buf)
			memset(transfer->rx_buf, 0, transfer->len);
}

static int bridge_transfer_one_message(struct spi_controller *controller,
				       struct spi_message *message)
{
	mutex_lock(&bridge.lock);
	if (bridge.attached) {
		bridge.message = message;
		bridge.sequence++;
		bridge.handed_out = false;
		bridge.status = -EIO;
		reinit_completion(&bridge.answered);
		mutex_unlock(&bridge.lock);

		wake_up_interruptible(&bridge.readable);
		wait_for_completion_timeout(&bridge.answered,
					    msecs_to_jiffies(timeout_ms));

		mutex_lock(&bridge.lock);
		bridge.message = NULL;
		message->status = bridge.status;
	} else {
		receive_nothing(message);
		message->status = 0;
	}
	mutex_unlock(&bridge.lock);

	if (!message->status)
		message->actual_length = byte_count(message);
	spi_finalize_current_message(controller);
	return 0;
}

static int bridge_open(struct inode *inode, struct file *file)
{
	int status = 0;

	mutex_lock(&bridge.lock);
	if (bridge.attached)
		status = -EBUSY;
	else
		bridge.attached = true;
	mutex_unlock(&bridge.lock);
	return status;
}

static int bridge_release(struct inode *inode, struct file *file)
{
	mutex_lock(&bridge.lock);
	bridge.attached = false;
	if (bridge.message)
		complete(&bridge.answered);
	mutex_unlock(&bridge.lock);
	return 0;
}

static bool has_message(void)
{
	return READ_ONCE(bridge.message) && !READ_ONCE(bridge.handed_out);
}

static int copy_message(char __user *buffer, size_t size)
{
	struct spi_message *message = bridge.message;
	struct message_header header = {
		.sequence = bridge.sequence,
		.chip_select = message->spi->chip_select,
		.byte_count = byte_count(message),
	};
	struct spi_transfer *transfer;
	size_t needed;

	list_for_each_entry(transfer, &message->transfers, transfer_list)
		header.transfer_count++;
	needed = sizeof(header) + header.byte_count +
		 header.transfer_count * sizeof(struct transfer_header);
	if (size < needed)
		return -EMSGSIZE;

	if (copy_to_user(buffer, &header, sizeof(header)))
		return -EFAULT;
	buffer += sizeof(header);

	list_for_each_entry(transfer, &message->transfers, transfer_list) {
		bool last = list_is_last(&transfer->transfer_list,
					 &message->transfers);
		struct transfer_header entry = {
			.length = transfer->len,
			.speed_hz = transfer->speed_hz,
			/* cs_change on the last one means: stay selected. */
			.flags = last != transfer->cs_change ? FRAME_ENDS : 0,
		};

		if (copy_to_user(buffer, &entry, sizeof(entry)))
			return -EFAULT;
		buffer += sizeof(entry);
	}

	list_for_each_entry(transfer, &message->transfers, transfer_list) {
		if (transfer->tx_buf ?
		    copy_to_user(buffer, transfer->tx_buf, transfer->len) :
		    clear_user(buffer, transfer->len))
			return -EFAULT;
		buffer += transfer->len;
	}
	return needed;
}

static ssize_t bridge_read(struct file *file, char __user *buffer, size_t size,
			   loff_t *offset)
{
	ssize_t result;

	mutex_lock(&bridge.lock);
	while (!has_message()) {
		mutex_unlock(&bridge.lock);
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(bridge.readable, has_message()))
			return -ERESTARTSYS;
		mutex_lock(&bridge.lock);
	}
	result = copy_message(buffer, size);
	if (result >= 0)
		bridge.handed_out = true;
	mutex_unlock(&bridge.lock);
	return result;
}

static int take_answer(const char __user *buffer, size_t size)
{
	struct answer_header answer;
	struct spi_transfer *transfer;

	if (size < sizeof(answer))
		return -EINVAL;
	if (copy_from_user(&answer, buffer, sizeof(answer)))
		return -EFAULT;
	if (!bridge.message || !bridge.handed_out ||
	    answer.sequence != bridge.sequence)
		return -ESTALE;

	buffer += sizeof(answer);
	size -= sizeof(answer);
	if (size != (answer.failed ? 0 : byte_count(bridge.message)))
		return -EINVAL;

	if (!answer.failed) {
		list_for_each_entry(transfer, &bridge.message->transfers,
				    transfer_list) {
			if (transfer->rx_buf &&
			    copy_from_user(transfer->rx_buf, buffer,
					   transfer->len))
				return -EFAULT;
			buffer += transfer->len;
		}
		bridge.status = 0;
	}
	/* Answered: a second answer to it is stale. */
	bridge.message = NULL;
	complete(&bridge.answered);
	return 0;
}

static ssize_t bridge_write(struct file *file, const char __user *buffer,
			    size_t size, loff_t *offset)
{
	int status;

	mutex_lock(&bridge.lock);
	status = take_answer(buffer, size);
	mutex_unlock(&bridge.lock);
	return status ? status : size;
}

static __poll_t bridge_poll(struct file *file, poll_table *table)
{
	__poll_t events = EPOLLOUT | EPOLLWRNORM;

	poll_wait(file, &bridge.readable, table);
	if (has_message())
		events |= EPOLLIN | EPOLLRDNORM;
	return events;
}

static const struct file_operations bridge_operations = {
	.owner = THIS_MODULE,
	.open = bridge_open,
	.release = bridge_release,
	.read = bridge_read,
	.write = bridge_write,
	.poll = bridge_poll,
	.llseek = no_llseek,
};

static struct miscdevice bridge_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "spi-bridge",
	.fops = &bridge_operations,
};

static int __init add_spidev(struct spi_controller *controller, u8 chip_select)
{
	static const char driver[] = "spidev";
	struct spi_device *device = spi_alloc_device(controller);
	int status;

	if (!device)
		return -ENOMEM;
	device->chip_select = chip_select;
	device->max_speed_hz = DEVICE_MAX_HZ;
	device->mode = SPI_MODE_0;
	device->bits_per_word = 8;
	strscpy(device->modalias, driver, sizeof(device->modalias));
	status = driver_set_override(&device->dev, &device->driver_override,
				     driver, strlen(driver));
	if (!status)
		status = spi_add_device(device);
	if (status)
		spi_dev_put(device);
	return status;
}

/* Built in, and never removed: what a failed step leaves behind stays unused. */
static int __init bridge_init(void)
{
	struct platform_device *parent;
	struct spi_controller *controller;
	int status;
	u8 chip_select;

	parent = platform_device_register_simple("spi-bridge", -1, NULL, 0);
	if (IS_ERR(parent))
		return PTR_ERR(parent);

	controller = spi_alloc_master(&parent->dev, 0);
	if (!controller)
		return -ENOMEM;
	controller->bus_num = 0;
	controller->num_chipselect = CHIP_SELECTS;
	controller->mode_bits = SPI_CPOL | SPI_CPHA | SPI_CS_HIGH | SPI_NO_CS;
	controller->bits_per_word_mask = SPI_BPW_MASK(8);
	controller->transfer_one_message = bridge_transfer_one_message;

	status = spi_register_controller(controller);
	if (status)
		return status;
	for (chip_select = 0; chip_select < CHIP_SELECTS; chip_select++) {
		status = add_spidev(controller, chip_select);
		if (status)
			return status;
	}
	return misc_register(&bridge_device);
}
/* After spidev, which is linked later than this file. */
late_initcall(bridge_init);
