// SPDX-License-Identifier: BSD-2-Clause
/*
 * What a host leaves behind: keys in the card's memories, and DMA that it did
 * not stop before it went.
 */
#define _GNU_SOURCE
#include <stdlib.h>

#include "client.h"
#include "rig.h"

#define ONE(a, n)	((struct seg[]){ { a, n }, { 0 } })

static const uint8_t key[16] = { 0xca, 0xfe, 0xba, 0xbe, 0x12 }, iv[16] = { 1 };

static void run(struct rig *r)
{
	uint8_t block[64];
	uint32_t len = cmd_crypt(block, false, 32, 32, 0x180b, 0, 32, key, 16, iv, 16);

	rig_command(r, block, len, ONE(RIG_SRC, 32), ONE(RIG_DST, 32));
	rig_run(r);
}

/* In the record of the session, and in the command buffer until a reset. */
static void test_find(void)
{
	struct rig *r = rig_up();

	CHECK_EQ(vcard_find(r->vc, key, 16), 0);
	run(r);
	CHECK_EQ(vcard_find(r->vc, key, 16), 2);
	CHECK_EQ(vcard_find(r->vc, key, 1), 2);
	rig_wr(r, 1, 0x48, 0x4);
	CHECK_EQ(vcard_find(r->vc, key, 16), 1);
	vcard_pci_reset(r->vc);
	CHECK_EQ(vcard_find(r->vc, key, 16), 1);	/* RAM keeps its bytes */
	rig_wr(r, 2, 0, 0);
	CHECK_EQ(vcard_find(r->vc, key, 16), 0);
	CHECK_EQ(vcard_find(r->vc, key + 4, 12), 1);
	rig_wr(r, 1, 0x508, 0xbebafeca);		/* operand RAM */
	CHECK_EQ(vcard_find(r->vc, key, 4), 1);
	rig_wr(r, 1, 0x0c, 0xdeadbeef);			/* a register */
	CHECK_EQ(vcard_find(r->vc, "\xef\xbe\xad\xde", 4), 1);
	rig_free(r);
}

/* Off and on: nothing of the old life is left, and it works as a new card does. */
static void test_power_cycle(void)
{
	struct rig *r = rig_up(), *fresh = rig_up();
	char *before, *after, *as_new = vcard_counters_json(fresh->vc);

	CHECK(!vcard_fault(r->vc, "hostile:1%1"));
	run(r);
	CHECK(!vcard_fault(r->vc, "gone"));
	before = vcard_counters_json(r->vc);
	vcard_power_cycle(r->vc, NULL);
	CHECK_EQ(vcard_find(r->vc, key, 4), 0);
	CHECK_EQ(vcard_activity(r->vc), 0);
	memset(r->next, 0, sizeof(r->next));
	memset(r->mem, 0, RIG_BYTES);
	rig_start(r);
	after = vcard_counters_json(r->vc);
	CHECK(strcmp(before, after) && !strcmp(after, as_new));
	run(r);
	run(fresh);
	CHECK_MEM(rig_at(r, RIG_DST), rig_at(fresh, RIG_DST), 32);
	free(before);
	free(after);
	free(as_new);
	rig_free(fresh);
	rig_free(r);
}

static uint64_t state(struct rig *r, const char *name)
{
	char *json = vcard_counters_json(r->vc), want[64];
	char *p = strstr(json, "\"state\":{");
	uint64_t val;

	snprintf(want, sizeof(want), "\"%s\":", name);
	p = strstr(p, want);
	val = strtoull(p + strlen(want), NULL, 10);
	free(json);
	return val;
}

static void check_state(struct rig *r, unsigned int resets, unsigned int master,
			unsigned int live)
{
	CHECK_EQ(state(r, "resets"), resets);
	CHECK_EQ(state(r, "master_resets"), master);
	CHECK_EQ(state(r, "live_resets"), live);
}

static void test_state(void)
{
	struct rig *r = rig_new(NULL);

	CHECK_EQ(state(r, "bus_master"), 0);
	CHECK_EQ(state(r, "engines"), 0);
	vcard_pci_reset(r->vc);
	check_state(r, 1, 0, 0);
	rig_start(r);
	CHECK_EQ(state(r, "bus_master"), 1);
	CHECK_EQ(state(r, "engines"), 4);
	vcard_pci_reset(r->vc);
	check_state(r, 2, 1, 1);
	rig_start(r);
	rig_wr(r, 1, 0x40, 0x40404040);
	CHECK_EQ(state(r, "engines"), 0);
	vcard_pci_reset(r->vc);
	check_state(r, 3, 2, 1);
	rig_start(r);
	rig_config16(r, 4, 2);
	CHECK_EQ(state(r, "engines"), 4);
	vcard_pci_reset(r->vc);
	check_state(r, 4, 2, 1);
	vcard_counters_reset(r->vc);
	check_state(r, 0, 0, 0);
	rig_free(r);
}

static void ask(struct client *c, const char *line, const char *want)
{
	char reply[256];

	client_control(c, line, reply, sizeof(reply));
	if (strncmp(reply, want, strlen(want)))
		FAIL("'%s': replied '%s', expected '%s'", line, reply, want);
}

static void test_command(void)
{
	struct client c;

	client_start(&c, NULL);
	client_hello(&c);
	ask(&c, "ram-find c0ffee0123456789", "0");
	client_wr(&c, 2, 0x100, 0x01eeffc0, 4);
	ask(&c, "ram-find c0ffEe01", "1");
	client_wr(&c, 2, 0x7ffc, 0x01eeffc0, 4);
	ask(&c, "ram-find C0ffee01", "2");
	ask(&c, "ram-find c0f", "error");
	ask(&c, "ram-find ", "error");
	ask(&c, "ram-find xy", "error");
	ask(&c, "ram-find", "error");
	client_stop(&c);
}

/* A client that goes without a word while the engines are on. */
static void test_disconnect(void)
{
	struct client c;
	char reply[8192];

	client_start(&c, NULL);
	client_hello(&c);
	client_wr(&c, 7, 4, 6, 2);
	client_wr(&c, 1, 0x40, 0x80808080, 4);
	client_control(&c, "reset-counters", reply, sizeof(reply));
	client_hello(&c);
	client_control(&c, "counters", reply, sizeof(reply));
	CHECK(strstr(reply, "\"state\":{\"bus_master\":0,\"engines\":0,\"resets\":1,"
			    "\"master_resets\":1,\"live_resets\":1}"));
	client_stop(&c);
}

static const struct test tests[] = {
	{ "find", test_find },
	{ "power-cycle", test_power_cycle },
	{ "state", test_state },
	{ "command", test_command },
	{ "disconnect", test_disconnect },
};

RUN_TESTS("vcard.leave")
