// SPDX-License-Identifier: GPL-2.0
/* acf_bench: one run. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/skcipher.h>
#include <linux/gfp.h>
#include <linux/ktime.h>
#include <linux/rtnetlink.h>
#include <linux/sched.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/wait.h>

#include "acf_bench.h"
#include "acf_test_compat.h"

#define MAC_KEY		20
#define AUTHSIZE	12	/* ESP's */
#define ASSOC		24	/* SPI, sequence number, IV of 16 */
#define SAMPLES		65536	/* latencies kept, the last ones */
#define PAGES		(BENCH_MAX_BYTES / PAGE_SIZE + 1)	/* and the rest of an ESP packet */

struct bench;

struct bench_req {
	struct list_head node;		/* of bench->free */
	struct bench *bench;
	void *request;			/* skcipher_request or aead_request */
	struct scatterlist src[PAGES];
	struct scatterlist dst[PAGES];
	u8 iv[16];
	ktime_t began;
};

struct bench {
	struct bench_job job;		/* a copy: requests may outlive who asked */
	struct crypto_skcipher *cipher;	/* one of the two */
	struct crypto_aead *aead;
	spinlock_t lock;		/* guards what is marked (l); bottom halves off */
	struct list_head free;		/* (l) */
	unsigned int nr_free;		/* (l) */
	u64 done;			/* (l) */
	u64 at_once;			/* (l) done when submission returned */
	u64 errors;			/* (l) */
	int first_error;		/* (l) */
	u32 *sample;			/* (l) ns */
	wait_queue_head_t wait;
	unsigned int nr_reqs;
	struct bench_req req[];
};

/* ---- memory ---- */

static void free_pages_of(struct scatterlist *sg)
{
	unsigned int i;

	for (i = 0; i < PAGES; i++)
		if (sg_page(&sg[i]))
			__free_page(sg_page(&sg[i]));
}

static int alloc_pages_of(struct scatterlist *sg, unsigned int bytes)
{
	unsigned int i;

	for (i = 0; bytes; i++) {
		unsigned int n = min_t(unsigned int, bytes, PAGE_SIZE);
		struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

		if (!page)
			return -ENOMEM;
		sg_set_page(&sg[i], page, n, 0);
		bytes -= n;
	}
	sg_mark_end(&sg[i - 1]);
	return 0;
}

static void bench_free(struct bench *b)
{
	unsigned int i;

	for (i = 0; i < b->nr_reqs; i++) {
		free_pages_of(b->req[i].src);
		free_pages_of(b->req[i].dst);
		kfree_sensitive(b->req[i].request);
	}
	if (b->cipher)
		crypto_free_skcipher(b->cipher);
	if (b->aead)
		crypto_free_aead(b->aead);
	kvfree(b->sample);
	kvfree(b);
}

/* ---- completion ---- */

static void bench_finished(struct bench_req *rq, int err, bool at_once)
{
	struct bench *b = rq->bench;
	u64 now = ktime_to_ns(ktime_get());
	u64 ns = now - ktime_to_ns(rq->began);

	spin_lock_bh(&b->lock);
	if (b->job.log && b->done < BENCH_LOG_MOST)
		b->job.log[b->done] = now << 1 | at_once;
	b->sample[b->done++ % SAMPLES] = min_t(u64, ns, U32_MAX);
	b->at_once += at_once;
	if (err && !b->errors++)
		b->first_error = err;
	list_add_tail(&rq->node, &b->free);
	b->nr_free++;
	/* under the lock: once the last one is seen to be back, all of this is freed */
	if (b->nr_free >= DIV_ROUND_UP(b->job.depth, 8) && !at_once)
		wake_up(&b->wait);
	spin_unlock_bh(&b->lock);
}

static void bench_callback(test_cb_arg arg, int err)
{
	if (err != -EINPROGRESS)	/* left the backlog */
		bench_finished(test_cb_data(arg), err, false);
}

/* ---- requests ---- */

static int prepare_cipher(struct bench *b, struct bench_req *rq)
{
	struct skcipher_request *req = skcipher_request_alloc(b->cipher, GFP_KERNEL);

	if (!req)
		return -ENOMEM;
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, bench_callback, rq);
	skcipher_request_set_crypt(req, rq->src, b->job.in_place ? rq->src : rq->dst,
				   b->job.bytes, rq->iv);
	rq->request = req;
	return 0;
}

static int prepare_aead(struct bench *b, struct bench_req *rq)
{
	struct aead_request *req = aead_request_alloc(b->aead, GFP_KERNEL);

	if (!req)
		return -ENOMEM;
	aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG, bench_callback, rq);
	aead_request_set_crypt(req, rq->src, b->job.in_place ? rq->src : rq->dst,
			       b->job.bytes, rq->iv);
	aead_request_set_ad(req, ASSOC);
	rq->request = req;
	return 0;
}

static int prepare_req(struct bench *b, struct bench_req *rq)
{
	unsigned int bytes = b->job.bytes + (b->aead ? ASSOC + AUTHSIZE : 0);
	int err;

	rq->bench = b;
	sg_init_table(rq->src, PAGES);
	sg_init_table(rq->dst, PAGES);
	b->nr_reqs++;
	err = alloc_pages_of(rq->src, bytes);
	if (!err && !b->job.in_place)
		err = alloc_pages_of(rq->dst, bytes);
	if (!err)
		err = b->aead ? prepare_aead(b, rq) : prepare_cipher(b, rq);
	list_add_tail(&rq->node, &b->free);
	b->nr_free++;
	return err;
}

static int set_aead_key(struct bench *b, const u8 *key)
{
	u8 blob[RTA_SPACE(sizeof(struct crypto_authenc_key_param)) + MAC_KEY + BENCH_MAX_KEY] = {};
	struct crypto_authenc_key_param *param;
	struct rtattr *rta = (struct rtattr *)blob;
	unsigned int head = RTA_SPACE(sizeof(*param));

	rta->rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	rta->rta_len = RTA_LENGTH(sizeof(*param));
	param = RTA_DATA(rta);
	param->enckeylen = cpu_to_be32(b->job.key_bytes);
	memcpy(blob + head + MAC_KEY, key, b->job.key_bytes);
	return crypto_aead_setauthsize(b->aead, AUTHSIZE) ?:
	       crypto_aead_setkey(b->aead, blob, head + MAC_KEY + b->job.key_bytes);
}

/* The bytes of a key are all different: 3DES takes no equal parts. */
static int bench_tfm(struct bench *b)
{
	u8 key[BENCH_MAX_KEY];
	unsigned int i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = 1 + 7 * i;
	b->cipher = crypto_alloc_skcipher(b->job.alg, 0, 0);
	if (!IS_ERR(b->cipher))
		return crypto_skcipher_setkey(b->cipher, key, b->job.key_bytes);
	b->cipher = NULL;
	b->aead = crypto_alloc_aead(b->job.alg, 0, 0);
	if (!IS_ERR(b->aead))
		return set_aead_key(b, key);
	i = PTR_ERR(b->aead);
	b->aead = NULL;
	return i;
}

static struct bench *bench_alloc(const struct bench_job *job, int *err)
{
	struct bench *b = kvzalloc(struct_size(b, req, job->depth), GFP_KERNEL);
	unsigned int i;

	*err = -ENOMEM;
	if (!b)
		return NULL;
	b->job = *job;
	spin_lock_init(&b->lock);
	INIT_LIST_HEAD(&b->free);
	init_waitqueue_head(&b->wait);
	b->sample = kvcalloc(SAMPLES, sizeof(*b->sample), GFP_KERNEL);
	if (b->sample)
		*err = bench_tfm(b);
	for (i = 0; !*err && i < job->depth; i++)
		*err = prepare_req(b, &b->req[i]);
	if (!*err)
		return b;
	bench_free(b);
	return NULL;
}

/* ---- the loop ---- */

static struct bench_req *bench_take(struct bench *b)
{
	struct bench_req *rq;

	spin_lock_bh(&b->lock);
	rq = list_first_entry_or_null(&b->free, struct bench_req, node);
	if (rq) {
		list_del(&rq->node);
		b->nr_free--;
	}
	spin_unlock_bh(&b->lock);
	return rq;
}

static unsigned int bench_free_now(struct bench *b)
{
	unsigned int nr;

	spin_lock_bh(&b->lock);
	nr = b->nr_free;
	spin_unlock_bh(&b->lock);
	return nr;
}

static void bench_submit(struct bench *b, struct bench_req *rq)
{
	int err;

	rq->began = ktime_get();
	if (b->aead)
		err = crypto_aead_encrypt(rq->request);
	else
		err = crypto_skcipher_encrypt(rq->request);
	if (err != -EINPROGRESS && err != -EBUSY)
		bench_finished(rq, err, true);
}

static int bench_wait(struct bench *b, unsigned int count)
{
	return wait_event_timeout(b->wait, bench_free_now(b) >= count, BENCH_HANG_S * HZ) ?
		0 : -ETIMEDOUT;
}

static int bench_loop(struct bench *b)
{
	ktime_t end = ktime_add_ms(ktime_get(), b->job.ms);
	struct bench_req *rq;
	int err = 0;

	while (!err && ktime_before(ktime_get(), end)) {
		rq = bench_take(b);
		if (rq)
			bench_submit(b, rq);
		else
			err = bench_wait(b, DIV_ROUND_UP(b->job.depth, 8));
		cond_resched();
	}
	return err ?: bench_wait(b, b->job.depth);
}

static int compare(const void *a, const void *b)
{
	u32 x = *(const u32 *)a;
	u32 y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

static void bench_report(struct bench *b, u64 ns, u64 switches, char *json, size_t room)
{
	const char *driver = b->aead ? crypto_tfm_alg_driver_name(crypto_aead_tfm(b->aead)) :
		crypto_tfm_alg_driver_name(crypto_skcipher_tfm(b->cipher));
	u32 n = min_t(u64, b->done, SAMPLES);

	sort(b->sample, n, sizeof(*b->sample), compare, NULL);
	snprintf(json, room,
		 "{\"alg\":\"%s\",\"driver\":\"%s\",\"bytes\":%u,\"depth\":%u,\"in_place\":%s,\"ns\":%llu,\"done\":%llu,\"at_once\":%llu,\"errors\":%llu,\"first_error\":%d,\"p50_ns\":%u,\"p99_ns\":%u,\"max_ns\":%u,\"switches\":%llu}\n",
		 b->job.alg, driver, b->job.bytes, b->job.depth,
		 b->job.in_place ? "true" : "false", ns, b->done, b->at_once, b->errors,
		 b->first_error, n ? b->sample[n / 2] : 0, n ? b->sample[n - 1 - n / 100] : 0,
		 n ? b->sample[n - 1] : 0, switches);
}

int bench_run(const struct bench_job *job, size_t *logged, char *json, size_t room)
{
	u64 switches;
	struct bench *b;
	ktime_t began;
	int err;

	b = bench_alloc(job, &err);
	if (!b)
		return err;
	switches = current->nvcsw + current->nivcsw;
	began = ktime_get();
	err = bench_loop(b);
	if (err) {
		pr_err("%s: requests are not back after %d s: they and their memory stay\n",
		       job->alg, BENCH_HANG_S);
		return err;
	}
	*logged = job->log ? min_t(u64, b->done, BENCH_LOG_MOST) : 0;
	bench_report(b, ktime_to_ns(ktime_sub(ktime_get(), began)),
		     current->nvcsw + current->nivcsw - switches, json, room);
	bench_free(b);
	return 0;
}
