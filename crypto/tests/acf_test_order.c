// SPDX-License-Identifier: GPL-2.0
/* Packets of one transform complete in the order they were submitted, card or CPU. */
#include <crypto/aead.h>
#include <linux/completion.h>
#include <linux/slab.h>

#include "acf_test.h"
#include "acf_test_compat.h"

#define PACKETS		256
#define PACKET_ROOM	1536
#define TIMEOUT_MS	60000

struct line;

struct packet {
	struct line *line;
	struct aead_request *req;
	struct scatterlist sg;
	u8 iv[REF_MAX_BLOCK];
	u8 *mem;
	u8 *want;
	unsigned int assoc;
	unsigned int text;
	int err;
	int place;	/* when it completed, from 1 */
};

struct line {
	struct packet packet[PACKETS];
	atomic_t place;
	atomic_t left;
	struct completion empty;
};

static void packet_end(struct packet *p, int err)
{
	p->err = err;
	p->place = atomic_inc_return(&p->line->place);
	if (atomic_dec_and_test(&p->line->left))
		complete(&p->line->empty);
}

static void packet_done(test_cb_arg arg, int err)
{
	if (err != -EINPROGRESS)
		packet_end(test_cb_data(arg), err);
}

/* Lengths that go to the card, and every seventh packet one that cannot. */
static void packet_choose(struct packet *p, struct mac_subject *s, int i)
{
	p->assoc = i % 7 == 3 ? 9 : 8;
	p->text = (1 + prandom_u32_state(&s->rnd) % (1400 / s->block)) * s->block;
}

static int packet_init(struct packet *p, struct mac_subject *s, int i)
{
	struct aead_request *ref;
	DECLARE_CRYPTO_WAIT(wait);
	u8 iv[REF_MAX_BLOCK];
	int err;

	packet_choose(p, s, i);
	p->req = aead_request_alloc(s->aead, GFP_KERNEL);
	ref = aead_request_alloc(s->ref_aead, GFP_KERNEL);
	p->mem = kmalloc(PACKET_ROOM, GFP_KERNEL);
	p->want = kmalloc(PACKET_ROOM, GFP_KERNEL);
	if (!p->req || !ref || !p->mem || !p->want)
		return -ENOMEM;
	prandom_bytes_state(&s->rnd, p->mem, PACKET_ROOM);
	prandom_bytes_state(&s->rnd, p->iv, sizeof(p->iv));
	memcpy(p->want, p->mem, PACKET_ROOM);
	memcpy(iv, p->iv, sizeof(iv));
	sg_init_one(&p->sg, p->want, PACKET_ROOM);
	aead_request_set_callback(ref, 0, crypto_req_done, &wait);
	aead_request_set_crypt(ref, &p->sg, &p->sg, p->text, iv);
	aead_request_set_ad(ref, p->assoc);
	err = crypto_wait_req(crypto_aead_encrypt(ref), &wait);
	aead_request_free(ref);
	sg_init_one(&p->sg, p->mem, PACKET_ROOM);
	aead_request_set_callback(p->req, 0, packet_done, p);
	aead_request_set_crypt(p->req, &p->sg, &p->sg, p->text, p->iv);
	aead_request_set_ad(p->req, p->assoc);
	return err;
}

static void line_free(struct line *line)
{
	int i;

	for (i = 0; i < PACKETS; i++) {
		aead_request_free(line->packet[i].req);
		kfree(line->packet[i].mem);
		kfree(line->packet[i].want);
	}
	kvfree(line);
}

static struct line *line_alloc(struct mac_subject *s)
{
	struct line *line = kvzalloc(sizeof(*line), GFP_KERNEL);
	int i;

	if (!line)
		return NULL;
	atomic_set(&line->left, PACKETS + 1);
	init_completion(&line->empty);
	for (i = 0; i < PACKETS; i++) {
		line->packet[i].line = line;
		if (packet_init(&line->packet[i], s, i)) {
			line_free(line);
			return NULL;
		}
	}
	return line;
}

static int line_check(const struct line *line, struct mac_subject *s)
{
	int i;

	for (i = 0; i < PACKETS; i++) {
		const struct packet *p = &line->packet[i];
		const char *why = p->err ? "failed" : p->place != i + 1 ? "out of order" :
				  memcmp(p->mem, p->want, PACKET_ROOM) ? "wrong data" : NULL;

		if (!why)
			continue;
		snprintf(s->why, sizeof(s->why), "packet %d of %d (assoc %u text %u): %s, place %d err %d",
			 i + 1, PACKETS, p->assoc, p->text, why, p->place, p->err);
		return -EIO;
	}
	return 0;
}

int aead_order(struct mac_subject *s)
{
	struct line *line = line_alloc(s);
	int err;
	int i;

	if (!line)
		return -ENOMEM;
	for (i = 0; i < PACKETS; i++) {
		int ret = crypto_aead_encrypt(line->packet[i].req);

		if (ret != -EINPROGRESS)
			packet_end(&line->packet[i], ret);
	}
	if (!atomic_dec_and_test(&line->left) &&
	    !wait_for_completion_timeout(&line->empty, msecs_to_jiffies(TIMEOUT_MS))) {
		snprintf(s->why, sizeof(s->why), "%d packets never completed",
			 atomic_read(&line->left));
		return -ETIMEDOUT;	/* their memory stays */
	}
	err = line_check(line, s);
	line_free(line);
	return err;
}
