/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libvfus: a PCI device in a process of its own, for virtual machines: the server's side of
 * vfio-user (QEMU's docs/interop/vfio-user.rst, version 0.0). The client is QEMU's
 * vfio-user-pci, from QEMU 10.1 on.
 *
 *   device     your code: regions, what their registers do, what is read and written by DMA
 *   server     struct vfus: one connection after the other of one device
 *
 *	struct vfus *s = vfus_create(&device);
 *	int listener = vfus_listen("/run/sock", why, sizeof(why));
 *	vfus_run(s, listener, -1);
 *
 * or, in a loop of your own, vfus_open(), vfus_fds(), vfus_serve(), vfus_close().
 *
 * All calls for one server come from one thread, and none blocks, but that a client which does
 * not read its replies is waited for, a second at most, and dropped. Callbacks come from within
 * vfus_serve(), vfus_close(), vfus_destroy() and the calls that say so; they may call everything
 * here but vfus_serve(), vfus_close() and vfus_destroy(). What the client sends is checked before a callback
 * sees it: regions exist, offset + len is inside of the region, lengths are not 0.
 *
 * Errors are positive numbers of errno.h, 0 is success. Until version 1.0 the interface may
 * change with every release: the library is static, and has no soname.
 */
#ifndef VFUS_H
#define VFUS_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define VFUS_VERSION	"0.1"

struct vfus;

/* Regions of a PCI device; a BAR of 64 bits has the number of its lower half. */
enum {
	VFUS_BAR0, VFUS_BAR1, VFUS_BAR2, VFUS_BAR3, VFUS_BAR4, VFUS_BAR5,
	VFUS_ROM,
	VFUS_CONFIG,		/* configuration space: 256 bytes, or 4096 of a PCIe device */
	VFUS_VGA,
	VFUS_PCI_REGIONS	/* the first one of the device's own kind */
};
#define VFUS_MAX_REGIONS	64

/* Kinds of interrupts. */
enum {
	VFUS_INTX,		/* a level: vfus_line_changed() */
	VFUS_MSI,		/* events: vfus_interrupt() */
	VFUS_MSIX,
	VFUS_ERR,		/* the device is broken */
	VFUS_REQ,		/* the server would like the device to be let go of */
	VFUS_IRQS
};
#define VFUS_MAX_VECTORS	2048	/* of one kind */
#define VFUS_MAX_DATA		0x100000u	/* bytes of one access, at most */

/* A part of a region, in bytes; both multiples of 4096. */
struct vfus_area {
	uint64_t offset, size;
};

/* What a region is; vfus_device.region() fills it, from all zeros and fd -1. */
struct vfus_region {
	uint64_t size;		/* bytes; 0: there is none */
	bool readable, writable;
	/* Bytes of one access, at most; 0: VFUS_MAX_DATA. Longer ones are refused (EINVAL). */
	uint32_t max_access;
	/*
	 * A file that clients may map instead of asking, from fd_offset on, or -1. Stays the
	 * device's, which sees no access there and has to look at the memory by itself; size and
	 * fd_offset are multiples of 4096. With areas, which are the caller's and stay valid, these parts alone may
	 * be mapped. read() and write() have to answer for the whole region all the same.
	 */
	int fd;
	uint64_t fd_offset;
	const struct vfus_area *areas;
	unsigned int nr_areas;	/* at most VFUS_MAX_AREAS */
	/* From VFUS_PCI_REGIONS on: what it is, as of VFIO_REGION_INFO_CAP_TYPE. */
	uint32_t type, subtype;
};
#define VFUS_MAX_AREAS	16

enum vfus_reset {
	VFUS_RESET_ASKED,	/* by the client: the guest's reset, or the machine's */
	VFUS_RESET_GONE,	/* the connection has ended; memory goes when this returns */
};

/*
 * The device: constant, and outlives the server. A NULL callback is one that does nothing; of
 * region, read and write there have to be all.
 */
struct vfus_device {
	void *opaque;		/* handed to all of them */
	unsigned int nr_regions;	/* VFUS_PCI_REGIONS to VFUS_MAX_REGIONS; 0: the former */
	/* Of each kind: INTx 0 or 1, MSI 0 to 32, MSI-X 0 to 2048, the others 0 or 1. */
	unsigned int vectors[VFUS_IRQS];
	/*
	 * Never map the client's memory: all DMA is messages. Slow (some hundred requests a
	 * second), but QEMU's TCG then notices what is written into pages that it has
	 * translated code of; of memory that is mapped it does not.
	 */
	bool by_message;
	unsigned int dma_timeout_ms;	/* for the answer to one message; 0: 10,000 */

	/* Asked anew each time; that the client has asked before changes nothing for it. */
	void (*region)(void *opaque, unsigned int index, struct vfus_region *region);
	/*
	 * An access of the guest's, in its width and order. An error is the client's to deal with: QEMU logs it, and reads
	 * ones. buf comes filled with ones. DMA that a register starts belongs behind the write:
	 * the client answers no message of DMA before it has the reply to its access.
	 */
	int (*read)(void *opaque, unsigned int region, uint64_t off, void *buf, uint32_t len);
	int (*write)(void *opaque, unsigned int region, uint64_t off, const void *buf,
		     uint32_t len);
	/* DMA that went by message has been ended with ECANCELED before. */
	void (*reset)(void *opaque, enum vfus_reset why);
	/* The level of INTx, as the guest is to see it: "INTx disable" is yours. */
	bool (*line)(void *opaque);
	/* Memory has come or gone. */
	void (*memory_changed)(void *opaque);
	/* One line, no newline: what was refused, and why. */
	void (*log)(void *opaque, const char *line);
};

/* NULL: no memory, or a device against the rules above. No connection yet. */
struct vfus *vfus_create(const struct vfus_device *device);
/* Closes, and frees. NULL is nothing. */
void vfus_destroy(struct vfus *s);

/* ---- sockets ---- */

/*
 * Listens on a path. A socket file there that nobody listens on is a leftover, and is removed. Returns a
 * non-blocking descriptor, or -1 and a line of text in why, which names the remedy.
 */
int vfus_listen(const char *path, char *why, size_t room);
/* The next client's socket, non-blocking, or -1. */
int vfus_accept(int listener);

/* A client has connected. sock, a non-blocking stream socket, is the server's now. */
void vfus_open(struct vfus *s, int sock);
/* Resets the device (VFUS_RESET_GONE), lets go of memory and files. Nothing if not open. */
void vfus_close(struct vfus *s);
bool vfus_connected(const struct vfus *s);

#define VFUS_FDS	2
/* Files to wait for, events set; returns how many. 0: no connection. */
unsigned int vfus_fds(const struct vfus *s, struct pollfd fds[VFUS_FDS]);
/* For poll(): ms until vfus_serve() has something to do all the same; -1: no limit. */
int vfus_timeout_ms(const struct vfus *s);
/* The same files after poll(), at most 64 messages. False: the connection is over, close it. */
bool vfus_serve(struct vfus *s, const struct pollfd fds[VFUS_FDS]);

/*
 * Serves one client after the other until stop is readable (-1: for ever), for a device that does
 * all in its callbacks. SIGPIPE is the caller's; nothing here raises it. 0, or what poll() says.
 */
int vfus_run(struct vfus *s, int listener, int stop);

/* ---- interrupts ---- */

/* line() may say something else than before. Within callbacks, too. */
void vfus_line_changed(struct vfus *s);
/*
 * Sends an event of a kind but INTx. False: the client has not armed that vector (it is masked, or the driver
 * does not use it), or there is no such one. A mask bit in the MSI-X table is the client's.
 */
bool vfus_interrupt(struct vfus *s, unsigned int kind, unsigned int vector);

/* ---- the guest's memory ---- */

/*
 * Memory behind a bus address, all 64 bits of it, or NULL: nothing answers, or not in this
 * direction, or only by message. *avail: contiguous bytes from there on, at least 1. Valid until the next
 * vfus_serve() or vfus_close(). A page that its owner cuts from the file reads as zeros.
 */
void *vfus_dma(struct vfus *s, uint64_t addr, bool write, uint64_t *avail);

/*
 * err: 0; EFAULT: no memory there, or not in this direction; ECANCELED: reset or disconnected;
 * ETIMEDOUT; EPROTO: a reply that does not fit; or what the client says (QEMU: ENODEV without bus
 * mastering).
 */
typedef void vfus_dma_done(void *opaque, int err);

/*
 * Reads or writes bytes [addr, addr + len), len not 0: by copying where the memory is mapped, by
 * messages where it is not, in the order of addresses. buf stays valid until done(), which comes exactly once for a
 * call that returns 0, perhaps before that returns. ENOTCONN: nobody is connected; EINVAL: len is 0, or the range
 * wraps; EBUSY: VFUS_MAX_DMA are under way.
 *
 * An interrupt that tells of what was written belongs into done(): it would overtake the message.
 */
int vfus_dma_read(struct vfus *s, uint64_t addr, void *buf, uint64_t len,
		  vfus_dma_done *done, void *opaque);
int vfus_dma_write(struct vfus *s, uint64_t addr, const void *buf, uint64_t len,
		   vfus_dma_done *done, void *opaque);
#define VFUS_MAX_DMA	64

/* ---- what happened ---- */

struct vfus_counts {
	uint64_t interrupts;	/* events sent, of all kinds */
	uint64_t retracted;	/*   of these, INTx taken back before it was seen */
	uint64_t refused;	/* messages against the protocol */
	uint64_t messages;	/* of DMA, sent */
};
/* Since it was asked last. */
struct vfus_counts vfus_counts(struct vfus *s);

#ifdef __cplusplus
}
#endif

#endif
