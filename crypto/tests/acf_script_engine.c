// SPDX-License-Identifier: GPL-2.0
/* The scripted engine: takes, refuses, loses, fails and serves jobs as it is told. */
#include <linux/delay.h>
#include <linux/kmemleak.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "acf_script_engine.h"

/* --- the work ----------------------------------------------------------------- */

static const char * const script_ciphers[SCRIPT_CIPHERS][SCRIPT_MODES] = {
	[ACF_CIPHER_DES] = { "ecb(des)", "cbc(des)" },
	[ACF_CIPHER_DES3_EDE] = { "ecb(des3_ede)", "cbc(des3_ede)" },
	[ACF_CIPHER_AES] = { "ecb(aes)", "cbc(aes)" },
};

static const char * const script_macs[SCRIPT_MACS] = {
	[ACF_MAC_MD5] = "md5",
	[ACF_MAC_SHA1] = "sha1",
	[ACF_MAC_HMAC_MD5] = "hmac(md5)",
	[ACF_MAC_HMAC_SHA1] = "hmac(sha1)",
};

static void script_software_exit(struct script_software *sw)
{
	int i;
	int k;

	for (i = 0; i < SCRIPT_CIPHERS; i++)
		for (k = 0; k < SCRIPT_MODES; k++)
			if (!IS_ERR_OR_NULL(sw->cipher[i][k]))
				crypto_free_sync_skcipher(sw->cipher[i][k]);
	for (i = 0; i < SCRIPT_MACS; i++)
		if (!IS_ERR_OR_NULL(sw->mac[i]))
			crypto_free_shash(sw->mac[i]);
	kfree(sw->buf);
	kfree(sw->src);
}

/* Never acf's own algorithms: those have NEED_FALLBACK. */
static int script_software_init(struct script_software *sw)
{
	int i;
	int k;

	spin_lock_init(&sw->lock);
	sw->buf = kmalloc(SCRIPT_MAX_LEN, GFP_KERNEL);
	sw->src = kmalloc(SCRIPT_MAX_LEN, GFP_KERNEL);
	if (!sw->buf || !sw->src)
		return -ENOMEM;
	for (i = 0; i < SCRIPT_CIPHERS; i++)
		for (k = 0; k < SCRIPT_MODES; k++) {
			sw->cipher[i][k] = crypto_alloc_sync_skcipher(script_ciphers[i][k], 0,
								      CRYPTO_ALG_NEED_FALLBACK);
			if (IS_ERR(sw->cipher[i][k]))
				return PTR_ERR(sw->cipher[i][k]);
		}
	for (i = ACF_MAC_MD5; i < SCRIPT_MACS; i++) {
		sw->mac[i] = crypto_alloc_shash(script_macs[i], 0, CRYPTO_ALG_NEED_FALLBACK);
		if (IS_ERR(sw->mac[i]))
			return PTR_ERR(sw->mac[i]);
	}
	return 0;
}

/* What a driver does while it copies. */
static void script_whiten(struct script_software *sw, const struct acf_job *job)
{
	struct acf_xts xts;

	if (job->alg->mode != ACF_MODE_XTS)
		return;
	acf_xts_start(&xts, job->iv);
	acf_xts_xor(&xts, sw->buf, sw->buf, job->len);
}

static int script_crypt(struct script_software *sw, const struct acf_job *job)
{
	enum acf_mode mode = job->alg->mode == ACF_MODE_XTS ? ACF_MODE_ECB : job->alg->mode;
	struct crypto_sync_skcipher *tfm = sw->cipher[job->alg->cipher][mode];
	SYNC_SKCIPHER_REQUEST_ON_STACK(req, tfm);
	u8 iv[ACF_MAX_BLOCK];
	struct scatterlist sg;
	int err;

	err = crypto_sync_skcipher_setkey(tfm, job->key, job->key_bytes);
	if (err)
		return err;
	memcpy(iv, job->iv, sizeof(iv));
	sg_init_one(&sg, sw->buf + job->assoc, job->len - job->assoc);
	skcipher_request_set_sync_tfm(req, tfm);
	skcipher_request_set_callback(req, 0, NULL, NULL);
	skcipher_request_set_crypt(req, &sg, &sg, job->len - job->assoc, iv);
	return job->decrypt ? crypto_skcipher_decrypt(req) : crypto_skcipher_encrypt(req);
}

static int script_mac(struct script_software *sw, struct acf_job *job)
{
	struct crypto_shash *tfm = sw->mac[job->alg->mac];
	int err = 0;

	if (job->alg->mac == ACF_MAC_HMAC_MD5 || job->alg->mac == ACF_MAC_HMAC_SHA1)
		err = crypto_shash_setkey(tfm, job->mac_key, ACF_MAC_KEY);
	return err ?: crypto_shash_tfm_digest(tfm, sw->buf, job->len, job->mac);
}

/* The MAC is over the text as it is enciphered: before deciphering, after enciphering. */
static int script_work(struct script_software *sw, struct acf_job *job)
{
	bool mac = job->alg->mac != ACF_MAC_NONE;
	int err = 0;

	sg_copy_to_buffer(job->src, sg_nents(job->src), sw->buf, job->len);
	if (mac && (job->decrypt || job->alg->kind == ACF_KIND_HASH))
		err = script_mac(sw, job);
	script_whiten(sw, job);
	memcpy(sw->src, sw->buf, job->len);
	if (!err && job->alg->kind != ACF_KIND_HASH)
		err = script_crypt(sw, job);
	if (!err && job->alg->kind == ACF_KIND_AEAD && !job->decrypt)
		err = script_mac(sw, job);
	return err;
}

static void script_spoil(struct script_software *sw, struct acf_job *job, enum script_spoil spoil)
{
	u32 middle = job->assoc + (job->len - job->assoc) / 2;

	if (spoil == SCRIPT_WRONG_TEXT)
		sw->buf[job->assoc] ^= 1;
	if (spoil == SCRIPT_WRONG_END)
		sw->buf[job->len - 1] ^= 1;
	if (spoil == SCRIPT_WRONG_MIDDLE)
		sw->buf[middle] ^= 1;
	if (spoil == SCRIPT_CLEAR_TEXT)
		sg_copy_to_buffer(job->src, sg_nents(job->src), sw->buf, job->len);
	if (spoil == SCRIPT_WRONG_MAC)
		job->mac[0] ^= 1;
	if (spoil == SCRIPT_NO_MAC)
		memset(job->mac, 0, sizeof(job->mac));
}

static void script_read_src(void *from, u32 off, void *buf, u32 bytes)
{
	const struct script_software *sw = from;

	memcpy(buf, sw->src + off, bytes);
}

static void script_read_dst(void *from, u32 off, void *buf, u32 bytes)
{
	const struct script_software *sw = from;

	memcpy(buf, sw->buf + off, bytes);
}

static void script_change_source(const struct acf_job *job, enum script_spoil spoil)
{
	u8 *first = (u8 *)sg_virt(job->src) + job->assoc;

	if (spoil == SCRIPT_CHANGED_SOURCE)
		*first ^= 1;
}

/* Meanwhile the source is another one, perhaps, and then again what it was. */
static bool script_is_believed(struct script_software *sw, struct acf_job *job, bool copied,
			       enum script_spoil spoil)
{
	const struct acf_copies copies = {
		.src = copied ? script_read_src : NULL,
		.dst = script_read_dst,
		.from = sw,
	};
	bool believed;

	script_change_source(job, spoil);
	believed = acf_job_believe(job, &copies);
	script_change_source(job, spoil);
	return believed;
}

static void script_write(struct script_software *sw, struct acf_job *job, enum script_spoil spoil)
{
	if (!job->dst)
		return;
	script_whiten(sw, job);
	sg_copy_from_buffer(job->dst, sg_nents(job->dst), sw->buf, job->len);
	if (spoil == SCRIPT_OVERRUN)
		*((u8 *)sg_virt(job->dst) + job->len) ^= 1;
}

/* 0, an error to give back, or 1: the job is not given back at all. */
static int script_serve_one(struct script_engine *se, struct acf_job *job,
			    const struct script *script)
{
	bool spoiled = script->spoiled == job->alg->id;
	enum script_spoil spoil = spoiled ? script->spoil : SCRIPT_RIGHT;
	int err = -EIO;

	spin_lock_bh(&se->software.lock);
	se->served++;
	se->bounced += job->bounce;
	if (spoil == SCRIPT_SILENT) {
		se->kept = job;
		err = 1;
	} else if (script->lose && se->served % script->lose == 0) {
		err = -ECANCELED;
	} else if (!script->fail || se->served % script->fail) {
		err = script_work(&se->software, job);
		if (!err)
			script_spoil(&se->software, job, spoil);
		if (!err && !script_is_believed(&se->software, job, script->copies || job->bounce,
						spoil))
			err = -EIO;
		if (!err)
			script_write(&se->software, job, spoil);
	}
	spin_unlock_bh(&se->software.lock);
	return err;
}

/* --- the jobs ----------------------------------------------------------------- */

static void script_give_back(struct list_head *jobs, int err)
{
	struct acf_job *job;
	struct acf_job *next;

	list_for_each_entry_safe(job, next, jobs, node)
		acf_job_done(job, err);
}

static void script_take_held(struct script_engine *se, struct list_head *jobs,
			     struct script *script)
{
	struct acf_job *job;
	struct acf_job *next;

	spin_lock_bh(&se->engine.lock);
	*script = se->script;
	list_for_each_entry_safe(job, next, &se->held, node) {
		if (script->newest_first)
			list_move(&job->node, jobs);
		else
			list_move_tail(&job->node, jobs);
	}
	se->nr_held = 0;
	spin_unlock_bh(&se->engine.lock);
}

/* All that is held: do it, say that there is room again, give it back. */
static void script_serve(struct script_engine *se)
{
	struct script script;
	struct acf_job *job;
	struct acf_job *next;
	LIST_HEAD(jobs);
	LIST_HEAD(done);
	LIST_HEAD(failed);
	LIST_HEAD(lost);

	script_take_held(se, &jobs, &script);
	list_for_each_entry_safe(job, next, &jobs, node) {
		int err = script_serve_one(se, job, &script);

		list_del(&job->node);
		if (err == -ECANCELED)
			list_add_tail(&job->node, &lost);
		else if (err <= 0)
			list_add_tail(&job->node, err ? &failed : &done);
	}
	acf_engine_refill(&se->engine, false);
	script_give_back(&done, 0);
	script_give_back(&failed, -EIO);
	script_give_back(&lost, -ECANCELED);
}

static void script_tasklet(struct tasklet_struct *tasklet)
{
	script_serve(container_of(tasklet, struct script_engine, tasklet));
}

static void script_worker(struct work_struct *work)
{
	struct script_engine *se = container_of(work, struct script_engine, work);
	unsigned int delay_us;

	spin_lock_bh(&se->engine.lock);
	delay_us = se->script.delay_us;
	spin_unlock_bh(&se->engine.lock);
	if (delay_us)
		usleep_range(delay_us, 2 * delay_us);
	script_serve(se);
}

static void script_vanish_worker(struct work_struct *work)
{
	struct script_engine *se = container_of(work, struct script_engine, vanish_work);

	acf_engine_stop(&se->engine);
}

static int script_other_cpu(void)
{
	int cpu = cpumask_next(smp_processor_id(), cpu_online_mask);

	return cpu < nr_cpu_ids ? cpu : cpumask_first(cpu_online_mask);
}

/* What is left of the job tells nothing to who looks at it afterwards. */
static void script_at_once_worker(struct work_struct *work)
{
	struct script_engine *se = container_of(work, struct script_engine, at_once_work);
	const struct script right = { 0 };
	struct acf_job *job = se->at_once;
	int err = script_serve_one(se, job, &right);

	acf_job_done(job, err);
	memset(job, 0, sizeof(*job));
	smp_store_release(&se->at_once, NULL);
}

static void script_do_at_once(struct script_engine *se, struct acf_job *job)
{
	se->at_once = job;
	queue_work_on(script_other_cpu(), system_wq, &se->at_once_work);
	while (smp_load_acquire(&se->at_once))
		cpu_relax();
}

static void script_wake_unit(struct script_engine *se)
{
	lockdep_assert_held(&se->engine.lock);
	switch (se->script.unit) {
	case SCRIPT_BY_HAND:
		break;
	case SCRIPT_SOFTIRQ:
		tasklet_schedule(&se->tasklet);
		break;
	case SCRIPT_WORKER:
		queue_work_on(script_other_cpu(), system_wq, &se->work);
		break;
	case SCRIPT_AT_ONCE:
		break;
	}
}

static bool script_fits(struct acf_engine *engine, const struct acf_job *job)
{
	struct script_engine *se = container_of(engine, struct script_engine, engine);
	unsigned int most = READ_ONCE(se->script.most);

	se->fits_bounced += job->bounce;
	return !most || job->len <= most;
}

static void script_note_stack(struct script_engine *se)
{
	unsigned long here = (unsigned long)__builtin_frame_address(0);

	if (se->watched != current)
		return;
	se->watched_jobs++;
	se->stack_least = min(se->stack_least, here);
	se->stack_most = max(se->stack_most, here);
}

void script_engine_watch(struct script_engine *se)
{
	spin_lock_bh(&se->engine.lock);
	se->watched = current;
	se->watched_jobs = 0;
	se->stack_least = ULONG_MAX;
	se->stack_most = 0;
	spin_unlock_bh(&se->engine.lock);
}

unsigned long script_engine_stack(struct script_engine *se)
{
	unsigned long bytes;

	spin_lock_bh(&se->engine.lock);
	bytes = se->stack_most > se->stack_least ? se->stack_most - se->stack_least : 0;
	se->watched = NULL;
	spin_unlock_bh(&se->engine.lock);
	return bytes;
}

static int script_prepare_locked(struct script_engine *se, const struct acf_job *job)
{
	const struct script *script = &se->script;

	lockdep_assert_held(&se->engine.lock);
	script_note_stack(se);
	se->offered++;
	if (script->vanish && se->offered == script->vanish) {
		schedule_work(&se->vanish_work);
		return -EBUSY;
	}
	if (script->most && job->len > script->most)
		return -EOPNOTSUPP;
	if (script->refuse && se->offered % script->refuse == 0)
		return -EOPNOTSUPP;
	if (script->spaces && se->prepared + se->nr_held >= script->spaces)
		return -EBUSY;
	se->prepared++;
	return 0;
}

static int script_meanwhile(struct script_engine *se)
{
	int (*on_prepare)(void *data) = xchg(&se->on_prepare, NULL);

	return on_prepare ? on_prepare(se->on_prepare_data) : 0;
}

static int script_prepare(struct acf_engine *engine, struct acf_job *job)
{
	struct script_engine *se = container_of(engine, struct script_engine, engine);
	int err = script_meanwhile(se);
	unsigned int slow_us;
	ktime_t end;

	if (err)
		return err;
	spin_lock_bh(&engine->lock);
	err = script_prepare_locked(se, job);
	slow_us = job->len == SCRIPT_SLOW_LEN ? se->script.slow_us : 0;
	spin_unlock_bh(&engine->lock);
	if (err)
		return err;
	job->prepared = se;
	/* by the clock: a delay of 1 us is what each architecture makes of it */
	end = ktime_add_us(ktime_get(), slow_us);
	while (slow_us && READ_ONCE(se->script.slow_us) && ktime_before(ktime_get(), end)) {
		/* the end of this is where User-Mode Linux, whose interrupts do not preempt, can */
		preempt_disable();
		udelay(1);
		preempt_enable();
	}
	return 0;
}

static void script_unprepare(struct acf_engine *engine, struct acf_job *job)
{
	struct script_engine *se = container_of(engine, struct script_engine, engine);

	spin_lock_bh(&engine->lock);
	se->prepared--;
	se->unprepared++;
	spin_unlock_bh(&engine->lock);
}

static int script_publish(struct acf_engine *engine, struct acf_job *job)
{
	struct script_engine *se = container_of(engine, struct script_engine, engine);
	const struct script *script = &se->script;

	lockdep_assert_held(&engine->lock);
	if (script->unit == SCRIPT_AT_ONCE) {
		se->prepared--;
		script_do_at_once(se, job);
		return 0;
	}
	if (se->nr_held >= script->slots)
		return -EBUSY;
	se->prepared--;
	list_add_tail(&job->node, &se->held);
	se->nr_held++;
	script_wake_unit(se);
	return 0;
}

static const struct acf_engine_ops script_ops = {
	.fits = script_fits,
	.prepare = script_prepare,
	.publish = script_publish,
	.unprepare = script_unprepare,
};

bool script_engine_complete(struct script_engine *se, unsigned int nth, int err)
{
	const struct script right = { 0 };
	struct acf_job *found = NULL;
	struct acf_job *job;

	spin_lock_bh(&se->engine.lock);
	list_for_each_entry(job, &se->held, node) {
		if (nth--)
			continue;
		found = job;
		list_del(&job->node);
		se->nr_held--;
		break;
	}
	spin_unlock_bh(&se->engine.lock);
	if (!found)
		return false;
	if (!err)
		err = script_serve_one(se, found, &right);
	acf_engine_refill(&se->engine, false);
	acf_job_done(found, err);
	return true;
}

unsigned int script_engine_held(struct script_engine *se)
{
	unsigned int held;

	spin_lock_bh(&se->engine.lock);
	held = se->nr_held;
	spin_unlock_bh(&se->engine.lock);
	return held;
}

/* --- the engine's life ----------------------------------------------------------- */

void script_engine_play(struct script_engine *se, const struct script *script)
{
	spin_lock_bh(&se->engine.lock);
	se->script = *script;
	se->offered = 0;
	if (se->nr_held)
		script_wake_unit(se);
	spin_unlock_bh(&se->engine.lock);
}

/* After acf_engine_stop() nothing wakes the units again. */
static void script_drop_held(struct script_engine *se)
{
	struct script script;
	LIST_HEAD(jobs);

	cancel_work_sync(&se->vanish_work);
	tasklet_kill(&se->tasklet);
	cancel_work_sync(&se->work);
	script_take_held(se, &jobs, &script);
	script_give_back(&jobs, -ECANCELED);
}

void script_engine_stop(struct script_engine *se)
{
	acf_engine_stop(&se->engine);
	script_drop_held(se);
}

/* As a driver does: one that was refused is stopped once more. */
int script_engine_start(struct script_engine *se, const struct script *script)
{
	int err;

	/* nobody else sees the engine yet, and its lock is acf's to set up */
	se->script = *script;
	se->offered = 0;
	se->served = 0;
	err = acf_engine_register(&se->engine);
	if (err)
		script_engine_stop(se);
	return err;
}

int script_engine_restart(struct script_engine *se, const struct script *script)
{
	int err;

	script_engine_play(se, script);
	err = acf_engine_start(&se->engine);
	if (err)
		script_drop_held(se);
	return err;
}

void script_engine_vanish(struct script_engine *se)
{
	script_engine_stop(se);
	acf_engine_unregister(&se->engine);
}

void script_caps(struct acf_alg_set *caps)
{
	static const enum acf_alg_id not[] = {
		ACF_CFB_AES, ACF_OFB_AES, ACF_CFB_DES, ACF_OFB_DES, ACF_CFB_DES3, ACF_OFB_DES3,
	};
	int i;

	bitmap_fill(caps->bits, ACF_NR_ALGS);
	for (i = 0; i < ARRAY_SIZE(not); i++)
		__clear_bit(not[i], caps->bits);
}

struct script_engine *script_engine_alloc(const char *name)
{
	struct script_engine *se = kzalloc(sizeof(*se), GFP_KERNEL);

	if (!se)
		return NULL;
	se->engine.name = name;
	se->engine.ops = &script_ops;
	script_caps(&se->engine.caps);
	se->engine.max_len = SCRIPT_MAX_LEN;
	INIT_LIST_HEAD(&se->held);
	tasklet_setup(&se->tasklet, script_tasklet);
	INIT_WORK(&se->work, script_worker);
	INIT_WORK(&se->at_once_work, script_at_once_worker);
	INIT_WORK(&se->vanish_work, script_vanish_worker);
	if (script_software_init(&se->software)) {
		script_engine_free(se);
		return NULL;
	}
	return se;
}

/* A self-test that got no answer has left its buffers to the engine for good. */
static void script_keep_for_ever(struct acf_job *job)
{
	if (job)
		kmemleak_not_leak(job);
}

void script_engine_free(struct script_engine *se)
{
	script_keep_for_ever(se->kept);
	script_software_exit(&se->software);
	kfree(se);
}
