// SPDX-License-Identifier: BSD-2-Clause
/*
 * A hostile vfio-user client: the input is a list of messages, raw bytes, file
 * descriptors of all kinds, and changes of the shared memory, over a socket pair.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../libvfus/server.h"
#include "../vcard/transports/vfio-user/vfio_user.h"
#include "../vcard/silicon/card.h"
#include "../vcard/vcard.h"
#include "fuzz.h"

#define MAX_OPS		100
#define MEM_BYTES	0x10000u
#define RING(r)		(0x200u * (r))
#define CMD		0x800u
#define RESULT		0xc00u
#define SRC		0x1000u
#define DST		0x2000u

enum { INPUTS, MESSAGES, REPLIES, ERRORS, CLOSED, MAPS, COMMANDS, FIRED, SHRUNK, RAW, DIRECT,
       TALLIES };
static struct tally tallies[TALLIES] = {
	[INPUTS] = { "inputs", 0 }, [MESSAGES] = { "messages", 0 },
	[REPLIES] = { "replies", 0 }, [ERRORS] = { "error-replies", 0 },
	[CLOSED] = { "closed", 0 }, [MAPS] = { "maps", 0 }, [COMMANDS] = { "commands", 0 },
	[FIRED] = { "interrupts", 0 }, [SHRUNK] = { "shrunk", 0 }, [RAW] = { "raw", 0 },
	[DIRECT] = { "direct", 0 },
};

enum { FD_MEM, FD_READONLY, FD_EVENT, FD_PIPE_R, FD_PIPE_W, FD_NULL, FD_UNMASK, FDS };

struct client {
	struct vfus *server;
	int sock;
	uint16_t id;
	bool framed;		/* only whole messages were sent so far */
	unsigned int expected;	/* replies */
	unsigned int replies;
};

static struct transport *transport;
static struct vfus *server;
static struct vcard *card;
static uint64_t clock_ns;
static int fds[FDS];

static void *on_dma(void *opaque, uint32_t addr, bool write, uint32_t *avail)
{
	uint64_t left;
	void *p = vfus_dma(server, addr, write, &left);

	(void)opaque;
	if (p)
		*avail = min(left, (uint64_t)UINT32_MAX);
	return p;
}

static void on_irq(void *opaque, bool level)
{
	(void)opaque;
	(void)level;
	if (card)
		vfu_transport.line_changed(transport);
}

static uint32_t bar_bytes(void *opaque, unsigned int bar)
{
	(void)opaque;
	return vcard_bar_bytes(card, bar);
}

static bool bar_read(void *opaque, unsigned int bar, uint32_t off, void *buf, uint32_t len)
{
	(void)opaque;
	return vcard_read(card, bar, off, buf, len);
}

static bool bar_write(void *opaque, unsigned int bar, uint32_t off, const void *buf,
		      uint32_t len)
{
	(void)opaque;
	return vcard_write(card, bar, off, buf, len);
}

static bool config_read(void *opaque, uint32_t off, void *buf, uint32_t len)
{
	(void)opaque;
	return vcard_config_read(card, off, buf, len);
}

static bool config_write(void *opaque, uint32_t off, const void *buf, uint32_t len)
{
	(void)opaque;
	return vcard_config_write(card, off, buf, len);
}

static void bus_reset(void *opaque)
{
	(void)opaque;
	vcard_pci_reset(card);
}

static bool line(void *opaque)
{
	(void)opaque;
	return vcard_irq(card) && !vcard_intx_disabled(card);
}

static void on_log(void *opaque, const char *text)
{
	(void)opaque;
	MUST(!strchr(text, '\n'));
}

static const struct transport_function function = {
	.bar_bytes = bar_bytes, .read = bar_read, .write = bar_write,
	.config_read = config_read, .config_write = config_write,
	.reset = bus_reset, .line = line, .log = on_log,
};

static uint64_t now(void *opaque)
{
	(void)opaque;
	return clock_ns;
}

static void open_files(void)
{
	char path[64];
	int pipes[2];

	fds[FD_MEM] = memfd_create("guest", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fds[FD_MEM]);
	if (fds[FD_MEM] < 0 || pipe(pipes))
		abort();
	fds[FD_READONLY] = open(path, O_RDONLY);
	fds[FD_EVENT] = eventfd(0, EFD_NONBLOCK);
	fds[FD_UNMASK] = eventfd(0, EFD_NONBLOCK);
	fds[FD_NULL] = open("/dev/null", O_RDWR);
	fds[FD_PIPE_R] = pipes[0];
	fds[FD_PIPE_W] = pipes[1];
	for (int i = 0; i < FDS; i++)
		if (fds[i] < 0)
			abort();
}

static void begin(void)
{
	static const struct vcard_ops ops = { .dma = on_dma, .irq = on_irq, .now = now };
	struct vcard_config cfg = { .unlocked = true, .seed = 1, .ops = &ops };

	if (card)
		return;
	fuzz_begin("vfu", tallies, TALLIES);
	open_files();
	/* its guard goes behind libFuzzer, which takes SIGBUS too */
	transport = vfu_transport.create(&function);
	if (!transport)
		abort();
	server = vfio_user_server(transport);
	card = vcard_create(&cfg);
	if (!card)
		abort();
}

/* ---- the client's side ---- */

/* Whole replies to our messages, in any number. */
static void read_replies(struct client *c)
{
	static uint8_t buf[1 << 18];
	ssize_t n = recv(c->sock, buf, sizeof(buf), MSG_DONTWAIT);
	struct vfu_header h;

	for (ssize_t at = 0; at < n; at += h.size) {
		MUST(n - at >= (ssize_t)sizeof(h));
		memcpy(&h, buf + at, sizeof(h));
		MUST(h.size >= sizeof(h) && h.size <= n - at);
		MUST((h.flags & VFU_F_TYPE) == VFU_F_REPLY);
		MUST(!(h.flags & VFU_F_ERROR) || (h.error && h.size == sizeof(h)));
		tallies[ERRORS].n += !!(h.flags & VFU_F_ERROR);
		tallies[REPLIES].n++;
		c->replies++;
	}
}

static void check_maps(const struct vfus_memory *memory)
{
	for (size_t i = 0; i < memory->count; i++) {
		const struct vfus_memory_region *r = &memory->maps[i].region;

		MUST(r->size && r->addr + (r->size - 1) >= r->addr);
		MUST(!i || r->addr > memory->maps[i - 1].region.addr +
				      (memory->maps[i - 1].region.size - 1));
	}
}

static bool bytes_waiting(int sock)
{
	int n = 0;

	return !ioctl(sock, FIONREAD, &n) && n;
}

/* The server's turn. On the end of the connection it says so and closes. */
static bool serve(struct client *c)
{
	bool ok;

	do {
		ok = vfus_receive(c->server);
		read_replies(c);
	} while (ok && bytes_waiting(c->server->sock));
	check_maps(&c->server->memory);
	if (c->framed && ok && !c->server->got)
		MUST(c->replies == c->expected);
	tallies[CLOSED].n += !ok;
	return ok;
}

static void send_bytes(struct client *c, const void *a, size_t alen, const void *b,
		       size_t blen, const int *fd, unsigned int nfds)
{
	union {
		char space[CMSG_SPACE(16 * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov[2] = { { (void *)a, alen }, { (void *)b, blen } };
	struct msghdr mh = { .msg_iov = iov, .msg_iovlen = 2 };
	struct cmsghdr *cm;

	if (nfds) {
		memset(&control, 0, sizeof(control));
		mh.msg_control = control.space;
		mh.msg_controllen = CMSG_SPACE(nfds * sizeof(int));
		cm = CMSG_FIRSTHDR(&mh);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(nfds * sizeof(int));
		memcpy(CMSG_DATA(cm), fd, nfds * sizeof(int));
	}
	if (sendmsg(c->sock, &mh, MSG_DONTWAIT | MSG_NOSIGNAL) != (ssize_t)(alen + blen))
		c->framed = false;
}

static void send_message(struct client *c, uint16_t command, uint32_t flags, const void *body,
			 size_t len, const int *fd, unsigned int nfds)
{
	struct vfu_header h = { .id = c->id++, .command = command, .flags = flags };

	h.size = sizeof(h) + len;
	send_bytes(c, &h, sizeof(h), body, len, fd, nfds);
	c->expected += !(flags & (VFU_F_TYPE | VFU_F_NO_REPLY));
	tallies[MESSAGES].n++;
}

/* The same message without the socket, so that ASan knows its body's end. */
static bool handle_direct(struct client *c, uint16_t command, const void *body, size_t len,
			  const int *fd, unsigned int nfds)
{
	uint8_t *kept = c->server->body;
	int ret;

	c->server->hdr = (struct vfu_header){ .command = command, .size = sizeof(c->server->hdr) + len };
	c->server->body = malloc(len ? len : 1);
	if (!c->server->body)
		abort();
	memcpy(c->server->body, body, len);
	for (c->server->nfds = 0; c->server->nfds < nfds && c->server->nfds < VFU_MAX_FDS; )
		c->server->fds[c->server->nfds++] = fcntl(*fd++, F_DUPFD_CLOEXEC, 0);
	ret = vfus_handle(c->server, len);
	for (unsigned int i = 0; i < c->server->nfds; i++)
		if (c->server->fds[i] >= 0)
			close(c->server->fds[i]);
	c->server->nfds = 0;
	free(c->server->body);
	c->server->body = kept;
	MUST(ret >= -1 && ret < 4096);
	c->expected += !ret;
	tallies[DIRECT].n++;
	read_replies(c);
	return ret >= 0;
}

/* ---- messages ---- */

static void region_write(struct client *c, uint32_t region, uint64_t off, uint32_t val)
{
	struct {
		struct vfu_region_access ra;
		uint32_t val;
	} __attribute__((packed)) msg = { { off, region, 4 }, val };

	send_message(c, VFU_REGION_WRITE, VFU_F_NO_REPLY, &msg, sizeof(msg), NULL, 0);
}

static void map(struct client *c, uint64_t addr, uint64_t size, uint64_t offset, uint32_t flags,
		int fd)
{
	struct vfu_dma_map_msg msg = { sizeof(msg), flags, offset, addr, size };

	send_message(c, VFU_DMA_MAP, 0, &msg, sizeof(msg), &fd, fd >= 0);
}

static void greet(struct client *c)
{
	struct vfu_version v = { 0, 0 };

	send_message(c, VFU_VERSION, 0, &v, sizeof(v), NULL, 0);
}

static void arm_interrupt(struct client *c, uint32_t action, int fd)
{
	struct vfu_irq_set msg = { sizeof(msg), VFU_SET_EVENTFD | action, 0, 0, 1 };

	send_message(c, VFU_SET_IRQS, 0, &msg, sizeof(msg), &fd, 1);
}

static void bring_up(struct client *c)
{
	static const uint32_t base[] = { HIFN_1_DMA_CRAR, HIFN_1_DMA_SRAR, HIFN_1_DMA_DRAR,
					 HIFN_1_DMA_RRAR };

	region_write(c, VFUS_CONFIG, PCI_COMMAND, PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
	region_write(c, 0, HIFN_0_PUCTRL, HIFN_PUCTRL_DMAENA);
	for (unsigned int i = 0; i < 4; i++)
		region_write(c, 1, base[i], RING(i));
	region_write(c, 1, HIFN_1_DMA_IER, HIFN_DMAIER_BASE);
	region_write(c, 0, HIFN_0_PUCNFG, HIFN_PUCNFG_RUN);
	region_write(c, 1, HIFN_1_DMA_CNFG, HIFN_DMACNFG_RUN);
	region_write(c, 1, HIFN_1_DMA_CSR, HIFN_DMACSR_ENA_ALL);
}

static void poke(uint32_t at, const void *buf, size_t len)
{
	if (at < MEM_BYTES && pwrite(fds[FD_MEM], buf, min(len, MEM_BYTES - at), at) < 0)
		abort();
}

/* A command that copies n bytes, in the first slot of each ring. */
static void post_copy(uint32_t n)
{
	const uint32_t order[] = { 2, 3, 1, 0 };
	const uint32_t addr[] = { CMD, SRC, DST, RESULT };
	const uint32_t flags[] = { HIFN_D_CMD | 8, HIFN_D_DATA_LAST | n, HIFN_D_DATA_LAST | n,
				   HIFN_D_RESULT | HIFN_MAX_RESULT_BYTES };
	const uint16_t command[] = { 0, 0, n, n };

	poke(CMD, command, sizeof(command));
	for (unsigned int i = 0; i < 4; i++) {
		uint32_t desc[] = { flags[order[i]], addr[order[i]] };

		poke(RING(order[i]), desc, sizeof(desc));
	}
}

/* A body right in shape, made from the input. */
static size_t some_body(struct input *in, uint16_t command, uint8_t *body)
{
	const uint64_t page = 4096;
	uint8_t a = in8(in), b = in8(in), f = in8(in);

	switch (command) {
	case VFU_DMA_MAP:
		memcpy(body, &(struct vfu_dma_map_msg){ 32, f & 7 ? f & 3 : f, (b & 15) * page,
			a < 0xf0 ? a * page : in64(in), (b >> 4) * page }, 32);
		return 32;
	case VFU_DMA_UNMAP:
		memcpy(body, &(struct vfu_dma_unmap_msg){ 24, f > 0xf0 ? VFU_UNMAP_ALL : 0,
			a * page, b < 0xf0 ? b * page : in64(in) }, 24);
		return 24;
	case VFU_GET_REGION_INFO:
		memcpy(body, &(struct vfu_region_info){ 32, 0, a & 15, f, 0, 0 }, 32);
		return 32;
	case VFU_DEVICE_GET_INFO:
	case VFU_GET_IRQ_INFO:
		memcpy(body, &(struct vfu_irq_info){ 16, b, a & 7, f }, 16);
		return 16;
	case VFU_SET_IRQS:
		memcpy(body, &(struct vfu_irq_set){ 20, a & 0x3f, b >> 6, b >> 4 & 1, b & 1 }, 20);
		body[20] = f;
		return 20 + (b >> 1 & 1);
	case VFU_REGION_READ:
	case VFU_REGION_WRITE:
		memcpy(body, &(struct vfu_region_access){ in16(in), a & 15, b }, 16);
		in_bytes(in, body + 16, 8);
		return command == VFU_REGION_WRITE ? 16 + (b & 15) : 16;
	default:
		memcpy(body, &(struct vfu_version){ a >> 7, b }, 4);
		body[4] = f;
		return 4 + (a & 1);
	}
}

static unsigned int some_fds(struct input *in, int *fd)
{
	uint8_t how = in8(in);
	unsigned int n = how < 0x80 ? how & 1 : how & 15;

	for (unsigned int i = 0; i < n; i++)
		fd[i] = fds[(how >> 1 & 7) % FDS];
	return n;
}

static bool op_message(struct client *c, struct input *in, bool direct)
{
	uint8_t code = in8(in), wrong = in8(in), body[64] = { 0 };
	uint16_t command = code < 0xf0 ? code % 14 : in16(in);
	size_t len = some_body(in, command, body);
	int fd[16];
	unsigned int nfds = some_fds(in, fd);

	for (int n = wrong & 3; n; n--)
		body[in8(in) % 32] ^= in8(in);
	if (wrong & 4)
		len = in8(in) % sizeof(body);
	if (direct && !c->server->got)
		return !serve(c) ? false : c->server->got ||
			handle_direct(c, command, body, len, fd, nfds);
	send_message(c, command, wrong & 8 ? in8(in) : 0, body, len, fd, nfds);
	return true;
}

/* A header of any size and type, or anything at all. */
static void op_raw(struct client *c, struct input *in)
{
	uint8_t bytes[64], n = in8(in) % sizeof(bytes);
	int fd[16];
	unsigned int nfds = some_fds(in, fd);

	if (!n)
		return;
	in_bytes(in, bytes, n);
	c->framed = false;
	send_bytes(c, bytes, n, NULL, 0, fd, nfds);
	tallies[RAW].n++;
}

static void op_memory(struct input *in)
{
	uint32_t words[2];
	uint16_t at = in16(in);

	words[0] = in32(in);
	words[1] = in16(in);
	poke(at & 0x3ffc, words, sizeof(words));
}

/* The file loses its end, or gets it back. */
static void op_resize(struct input *in)
{
	uint32_t size = (in8(in) % 17) << 12;

	if (ftruncate(fds[FD_MEM], size))
		abort();
	tallies[SHRUNK].n += size < MEM_BYTES;
}

static void op_step(struct input *in)
{
	uint64_t due = vcard_step(card, 1u << (in8(in) & 15));

	MUST(!due || due > clock_ns);
	clock_ns += 500;
}

static void op_unmask(struct client *c)
{
	uint64_t one = 1;

	if (write(fds[FD_UNMASK], &one, sizeof(one)) < 0 && errno != EAGAIN)
		abort();
	if (c->server->intx.unmask_fd >= 0)
		vfus_intx_unmask(c->server);
}

static bool op(struct client *c, struct input *in)
{
	uint8_t code = in8(in);

	switch (code & 15) {
	case 0 ... 3:
		op_message(c, in, false);
		break;
	case 4 ... 5:
		return op_message(c, in, true);
	case 6:
		op_raw(c, in);
		break;
	case 7:
		op_memory(in);
		break;
	case 8:
		op_step(in);
		break;
	case 9:
		op_resize(in);
		break;
	case 10:
		op_unmask(c);
		break;
	case 11:
		post_copy(in16(in));
		break;
	case 12:
		bring_up(c);
		post_copy(16 + (code & 0x70));
		break;
	case 13:
		map(c, 0, MEM_BYTES, 0, VFU_MAP_READ | VFU_MAP_WRITE, fds[FD_MEM]);
		break;
	case 14:
		arm_interrupt(c, code & 0x40 ? VFU_SET_UNMASK : VFU_SET_TRIGGER,
			      fds[code >> 5 & 1 ? FD_UNMASK : FD_EVENT]);
		break;
	default:
		shutdown(c->sock, SHUT_WR);
		c->framed = false;
	}
	/* mostly at once, sometimes with others */
	return code & 0x80 ? true : serve(c);
}

static struct client connect_client(void)
{
	struct client c = { .server = server, .framed = true };
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		abort();
	c.sock = pair[0];
	vfu_transport.open(transport, pair[1]);
	return c;
}

static void disconnect(struct client *c)
{
	read_replies(c);
	close(c->sock);
	vfu_transport.close(transport);
	MUST(c->server->sock < 0 && !c->server->memory.count && !c->server->nfds);
}

/* Whatever one client did, the next one is served: a whole command. */
static void verify(void)
{
	struct client c = connect_client();
	uint64_t before = vcard_silicon(card)->host.count.commands;

	vcard_faults_clear(card);
	greet(&c);
	map(&c, 0, MEM_BYTES, 0, VFU_MAP_READ | VFU_MAP_WRITE, fds[FD_MEM]);
	bring_up(&c);
	post_copy(64);
	MUST(serve(&c) && c.replies == 2);
	vcard_step(card, 4096);
	MUST(vcard_silicon(card)->host.count.commands == before + 1);
	disconnect(&c);
}

/* Bits of the first byte: what the client has done already. */
static struct client start(uint8_t kind)
{
	struct client c = connect_client();

	vcard_power_cycle(card, NULL);
	vfus_counts(server);
	transport->counts = (struct transport_counts){ 0 };
	clock_ns = 1000000;
	if (!(kind & 1))
		greet(&c);
	if (!(kind & 2))
		map(&c, 0, MEM_BYTES, 0, VFU_MAP_READ | VFU_MAP_WRITE, fds[FD_MEM]);
	if (!(kind & 4))
		arm_interrupt(&c, VFU_SET_TRIGGER, fds[FD_EVENT]);
	if (!(kind & 8))
		bring_up(&c);
	if (!(kind & 16))
		post_copy(64);
	serve(&c);
	return c;
}

static void clean_memory(void)
{
	if (ftruncate(fds[FD_MEM], 0) || ftruncate(fds[FD_MEM], MEM_BYTES))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	unsigned int ops = 0, open;
	struct client c;

	begin();
	tallies[INPUTS].n++;
	clean_memory();
	open = fuzz_open_fds();
	c = start(in8(&in));
	while (in.left && ops++ < MAX_OPS && op(&c, &in))
		tallies[MAPS].n += server->memory.count;
	tallies[COMMANDS].n += vcard_silicon(card)->host.count.commands;
	tallies[FIRED].n += transport->counts.fired + vfus_counts(server).interrupts;
	disconnect(&c);
	MUST(fuzz_open_fds() == open);
	clean_memory();
	verify();
	return 0;
}
