// SPDX-License-Identifier: BSD-2-Clause
/*
 * Seeded random programs: rings and registers in one process, messages to the
 * server. Nothing may crash or hang, and afterwards the card must still work.
 * Each case runs a fixed number of rounds, so that it can be repeated.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "rig.h"

#define RING_ROUNDS	60000
#define MESSAGE_ROUNDS	600

static uint64_t state;

static uint32_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> 16;
}

static uint32_t below(uint32_t n)
{
	return rnd() % n;
}

/* Mostly inside the memory, sometimes at its edges, sometimes anywhere. */
static uint32_t some_address(void)
{
	switch (below(16)) {
	case 0:
		return rnd();
	case 1:
		return RIG_BASE + RIG_BYTES - below(64);
	case 2:
		return RIG_BASE - below(64);
	case 3:
		return 0xffffffff - below(64);
	case 4:
		return RIG_RING(below(4)) + 8 * below(RIG_SLOTS + 1);
	default:
		return RIG_BASE + below(RIG_BYTES);
	}
}

static uint32_t some_flags(void)
{
	uint32_t f = (rnd() & 0x3f000000) | below(below(2) ? 64 : 0x10000);

	if (below(8))
		f |= VALID;
	if (!below(16))
		f |= JUMP;
	return f;
}

static void random_rings(struct rig *r)
{
	for (int ring = 0; ring < 4; ring++)
		for (uint32_t i = 0; i <= RIG_SLOTS; i++)
			rig_set_desc(r, RIG_RING(ring) + 8 * i, some_flags(), some_address());
}

/* A crypt or MAC command at p, mostly without unused bits and within the data. */
static void random_engine(uint8_t *p, bool mac)
{
	p[0] &= mac ? 0x39 : 0x1b;
	p[1] &= mac ? 0x0a : 0x1a;
	if (!below(8))
		p[below(2)] = rnd();
	p[3] = below(4) ? 0 : rnd();
	p[5] = below(4) ? below(4) : rnd();
}

/* A command that decodes more often than pure noise does. */
static void random_command(uint8_t *block)
{
	static const uint8_t bases[] = { 0x08, 0x28, 0x04, 0x0c, 0x2c, 0x00, 0x40, 0x60 };

	for (int i = 0; i < 400; i++)
		block[i] = rnd();
	if (!below(4))
		return;
	block[0] = 0;
	block[1] = bases[below(8)];
	block[2] = below(256);
	block[3] = below(8) ? 0 : rnd();
	block[5] = below(4) ? below(4) : rnd();
	block[7] = below(4) ? block[5] : rnd();
	random_engine(block + 8, block[1] & 0x04);
	random_engine(block + 16, false);
}

static void random_register(struct rig *r)
{
	static const uint16_t offs[] = { 0x04, 0x08, 0x0c, 0x10, 0x28 };
	static const uint16_t offs1[] = { 0x0c, 0x1c, 0x2c, 0x3c, 0x40, 0x40, 0x44, 0x4c,
					  0xf4, 0xfc, 0x204, 0x308, 0x314 };
	uint32_t val = below(2) ? rnd() : 1u << below(32);
	uint8_t buf[8] = { 0 };

	switch (below(6)) {
	case 0:
		rig_wr(r, 0, offs[below(5)], val);
		break;
	case 1:
		rig_wr(r, 1, offs1[below(13)], below(4) ? val : some_address());
		break;
	case 2:
		rig_wr(r, 1, 0x48, below(2) ? 0x10017 : val);
		break;
	case 3:
		vcard_read(r->vc, below(4), below(0x9000), buf, below(9));
		break;
	case 4:
		vcard_write(r->vc, below(4), below(0x9000), buf, below(9));
		break;
	default:
		vcard_config_write(r->vc, below(260), buf, below(5));
		vcard_config_read(r->vc, below(260), buf, below(9));
	}
}

/* Many commands of one or two descriptors, then more and more noise. */
static void random_program(struct rig *r)
{
	random_rings(r);
	for (int i = 0; i < 4; i++) {
		random_command(rig_at(r, RIG_CMD + 512 * i));
		rig_set_desc(r, RIG_RING(RC) + 8 * i, VALID | LAST | (8 + below(160)),
			     RIG_CMD + 512 * i);
	}
	rig_start(r);
	for (int i = 0; i < 40; i++) {
		uint64_t due = vcard_step(r->vc, 1 + below(20000));

		if (due && due != VCARD_NEVER)
			CHECK(due >= r->now);
		r->now += below(5000);
		if (!below(4))
			random_register(r);
		if (!below(8))
			rig_set_desc(r, RIG_RING(below(4)) + 8 * below(RIG_SLOTS),
				     some_flags(), some_address());
	}
}

static void recover(struct rig *r)
{
	uint8_t block[16] = { [4] = 64, [6] = 64 };

	vcard_pci_reset(r->vc);
	vcard_faults_clear(r->vc);
	memset(r->next, 0, sizeof(r->next));
	memset(r->mem, 0, RIG_BYTES);
	rig_start(r);
	memset(rig_at(r, RIG_SRC), 0x5a, 64);
	rig_one(r, block, 16, 64);
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(r, RIG_SRC), 64);
}

static void test_rings(void)
{
	struct rig *r = rig_new(&(struct vcard_config){ .unlocked = true });

	state = 0x1234567;
	for (int i = 0; i < RING_ROUNDS && !harness_failed(); i++) {
		random_program(r);
		if (i % 16 == 15)
			recover(r);
		vcard_pci_reset(r->vc);
	}
	recover(r);
	rig_free(r);
}

/* Faults in the middle of random programs. */
static void test_faults(void)
{
	static const char *const specs[] = { "slow:3", "stuck:3", "lost-irq:2", "no-result:1",
					     "abort:2", "corrupt:aes-cbc", "gone", "locked",
					     "no-irq", "pass-through:2", "clear-tail%2", "no-data%3",
					     "stale-key%2", "count16", "clean-refusal", "edge-irq",
					     "hole%2", "misread%3" };
	struct rig *r = rig_new(&(struct vcard_config){ .unlocked = true });

	state = 0x7654321;
	for (int i = 0; i < RING_ROUNDS / 4 && !harness_failed(); i++) {
		CHECK(!vcard_fault(r->vc, specs[below(18)]));
		random_program(r);
		if (i % 4 == 3)
			recover(r);
	}
	rig_free(r);
}

/* With a clock, on the bus of another card; now and then another one. */
static void test_clock(void)
{
	static const char *const specs[] = { "pci33", "pci66,slow=7", "pci33,fast=30",
					     "pci66,engine=2,poll=16", "instant" };
	struct rig *r = rig_new(&(struct vcard_config){ .unlocked = true });
	void *bus = calloc(1, vcard_bus_bytes());

	vcard_share_bus(r->vc, bus);
	state = 0x314159;
	for (int i = 0; i < RING_ROUNDS / 4 && !harness_failed(); i++) {
		vcard_clock(r->vc, specs[below(5)]);	/* the bus may run at another rate */
		random_program(r);
		free(vcard_counters_json(r->vc));
		vcard_clock(r->vc, "instant");
		if (i % 4 == 3)
			recover(r);
		vcard_pci_reset(r->vc);
	}
	rig_free(r);
	free(bus);
}

/* A body that is right in size and in some of its fields. */
static size_t random_body(uint16_t command, uint8_t *body)
{
	static const uint8_t size[16] = { [1] = 7, [2] = 32, [3] = 24, [4] = 16, [5] = 32,
					  [7] = 16, [8] = 20, [9] = 16, [10] = 24 };
	size_t len = command < 16 && below(8) ? size[command] : below(80);

	for (size_t i = 0; i < sizeof(uint64_t) * 12; i++)
		body[i] = below(3) ? below(3) * 16 : rnd();
	if (command == 9 || command == 10) {
		struct vfu_region_access ra = { below(0x2004) & ~3u, below(9), 4 };

		if (below(4))
			memcpy(body, &ra, sizeof(ra));
	}
	return len;
}

static void random_messages(struct client *c)
{
	for (int i = 0; i < 60; i++) {
		uint16_t command = below(20) ? 1 + below(14) : rnd();
		uint8_t body[96];
		size_t len = random_body(command, body);
		uint8_t flags = below(16) ? 0x10 : rnd();
		int fd = below(4) ? -1 : below(2) ? c->memfd : c->irq;

		client_send(c, command, flags | 0x10, body, len, fd);
	}
}

static void random_bytes(struct client *c)
{
	uint8_t noise[200];

	for (size_t i = 0; i < sizeof(noise); i++)
		noise[i] = rnd();
	client_send_raw(c, noise, below(sizeof(noise)));
}

static void test_messages(void)
{
	struct client c;

	client_start(&c, NULL);
	state = 0xabcdef;
	for (int i = 0; i < MESSAGE_ROUNDS && !harness_failed(); i++) {
		client_hello(&c);
		random_messages(&c);
		if (below(2))
			random_bytes(&c);
	}
	CHECK(client_alive(&c));
	client_hello(&c);
	CHECK_EQ(client_rd(&c, 7, 0, 4), 0x002013a3);
	CHECK_EQ(client_rd(&c, 1, 0x48, 4), 7);
	client_stop(&c);
}

static const struct test tests[] = {
	{ "rings", test_rings },
	{ "rings-with-faults", test_faults },
	{ "rings-with-clock", test_clock },
	{ "messages", test_messages },
};

RUN_TESTS("vcard.fuzz")
