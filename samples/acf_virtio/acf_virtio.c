// SPDX-License-Identifier: GPL-2.0
/*
 * virtio-crypto as an engine of acf: the worked example of docs/reference/framework.md, "A driver for
 * another card". The device is QEMU's or anybody's (virtio 1.2, 5.9); its ciphers that acf has
 * are offered, nothing else. The kernel's own virtio_crypto, which binds the same device, must
 * not be loaded.
 *
 * The device has sessions: a key and a direction, opened by a request on the control queue. acf's
 * jobs bring their keys, so each slot keeps the session of the job it had last, and
 * a job takes the free slot that has its key, or the one unused for longest. Its text is
 * copied into the slot and out of it: two descriptors for each job, however its lists look.
 *
 * Locks: engine->lock for both virtqueues, and for slots from publish() on; slot_lock for
 * the free ones. Results are taken in a thread, as a callback may submit a bio
 * (docs/reference/framework.md, "dm-crypt's flags"), and on one CPU, or packets would overtake.
 */
#include <crypto/scatterwalk.h>
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_crypto.h>
#include <linux/virtio_ring.h>

#include "acf.h"

#define AV_SLOTS	16	/* jobs at a time: 4 descriptors each of 64 in QEMU's control queue */
#define AV_MAX_BYTES	16384	/* of one */
#define AV_MAX_KEY	32	/* bytes */
#define AV_WATCH_MS	5000	/* a look at whether results come */
#define AV_DRAIN_MS	5000

static unsigned int timeout_s = 60;
module_param(timeout_s, uint, 0444);
MODULE_PARM_DESC(timeout_s, "without a result: a device on a busy host is slow, not dead (1 to 3600, default 60)");

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define AV_PERCPU	WQ_PERCPU
#else
#define AV_PERCPU	0
#endif

/* A job's request, and its text behind the IV if it has one. */
struct av_out {
	struct virtio_crypto_op_data_req req;
	u8 data[ACF_MAX_BLOCK + AV_MAX_BYTES];
};

/* Both requests about a session; what the device writes has lines of its own. */
struct av_control {
	struct virtio_crypto_op_ctrl_req close;
	struct {
		struct virtio_crypto_op_ctrl_req req;
		u8 key[AV_MAX_KEY];
	} open;
	struct virtio_crypto_session_input opened ____cacheline_aligned;
	u8 closed ____cacheline_aligned;
} ____cacheline_aligned;

struct av_slot {
	struct list_head node;		/* free, or done */
	struct acf_job *job;
	bool held;			/* by the device, from publish() on */
	int err;
	struct av_out *out;
	u8 *in;				/* text, then the status */
	/* its session, and that of the job it has, once it is published */
	bool open;
	unsigned int pending;		/* requests about it that the device has */
	__le64 id;
	enum acf_alg_id alg;
	bool decrypt;
	u8 key_bytes;
	u8 key[AV_MAX_KEY];
	struct av_control *control;
};

struct av_dev {
	struct acf_engine engine;
	struct virtio_device *vdev;
	struct virtqueue *data, *control;
	bool up;			/* queues are there */
	bool live;			/* acf has set engine->lock up: a job has been published */
	struct av_slot slot[AV_SLOTS];
	spinlock_t slot_lock;
	struct list_head free;		/* (slot_lock) that unused for longest first */
	unsigned int held;		/* slots */
	unsigned long moved;		/* jiffies of the last result, or of the first job */
	struct workqueue_struct *wq;
	int cpu;			/* where results are given back */
	struct work_struct harvest;
	struct delayed_work watch;
};

/* acf's ciphers by the device's number, which is its bit in the configuration, too. */
static const u8 av_algos[ACF_NR_ALGS] = {
	[ACF_ECB_AES] = VIRTIO_CRYPTO_CIPHER_AES_ECB,
	[ACF_CBC_AES] = VIRTIO_CRYPTO_CIPHER_AES_CBC,
	[ACF_ECB_DES3] = VIRTIO_CRYPTO_CIPHER_3DES_ECB,
	[ACF_CBC_DES3] = VIRTIO_CRYPTO_CIPHER_3DES_CBC,
};

static struct av_dev *av_of(struct acf_engine *engine)
{
	return container_of(engine, struct av_dev, engine);
}

/* ---- slots ---- */

static bool av_session_fits(const struct av_slot *slot, const struct acf_job *job)
{
	return slot->open && slot->alg == job->alg->id && slot->decrypt == job->decrypt &&
	       slot->key_bytes == job->key_bytes && !memcmp(slot->key, job->key, job->key_bytes);
}

static struct av_slot *av_slot_get(struct av_dev *av, const struct acf_job *job)
{
	struct av_slot *slot, *found = NULL;

	spin_lock_bh(&av->slot_lock);
	list_for_each_entry(slot, &av->free, node) {
		if (!found || av_session_fits(slot, job))
			found = slot;
		if (av_session_fits(slot, job))
			break;
	}
	if (found)
		list_del_init(&found->node);
	spin_unlock_bh(&av->slot_lock);
	return found;
}

/* Text is nobody's afterwards. */
static void av_slot_put(struct av_dev *av, struct av_slot *slot)
{
	memzero_explicit(slot->out->data, sizeof(slot->job->iv) + slot->job->len);
	memzero_explicit(slot->in, slot->job->len);
	slot->job->prepared = NULL;
	slot->job = NULL;
	spin_lock_bh(&av->slot_lock);
	list_add_tail(&slot->node, &av->free);
	spin_unlock_bh(&av->slot_lock);
}

/* ---- what goes to the device; engine->lock held ---- */

/* There is room, av_up() and the sizes above see to that; and no memory is asked for, av_validate(). */
static int av_send(struct virtqueue *vq, void *out, u32 out_bytes, void *in, u32 in_bytes,
		   struct av_slot *slot)
{
	struct scatterlist sg[2], *sgs[] = { &sg[0], &sg[1] };

	sg_init_one(&sg[0], out, out_bytes);
	sg_init_one(&sg[1], in, in_bytes);
	return virtqueue_add_sgs(vq, sgs, 1, 1, slot, GFP_ATOMIC);
}

static int av_send_job(struct av_dev *av, struct av_slot *slot)
{
	struct acf_job *job = slot->job;
	int err;

	slot->out->req.header.session_id = slot->id;
	slot->in[job->len] = VIRTIO_CRYPTO_ERR;
	err = av_send(av->data, slot->out, sizeof(slot->out->req) + job->alg->iv_bytes + job->len,
		      slot->in, job->len + 1, slot);
	virtqueue_kick(av->data);
	return err;
}

static int av_send_close(struct av_dev *av, struct av_slot *slot)
{
	struct virtio_crypto_op_ctrl_req *req = &slot->control->close;

	memset(req, 0, sizeof(*req));
	req->header.opcode = cpu_to_le32(VIRTIO_CRYPTO_CIPHER_DESTROY_SESSION);
	req->u.destroy_session.session_id = slot->id;
	slot->open = false;
	slot->pending++;
	return av_send(av->control, req, sizeof(*req), &slot->control->closed, 1, slot);
}

static int av_send_open(struct av_dev *av, struct av_slot *slot)
{
	struct virtio_crypto_op_ctrl_req *req = &slot->control->open.req;
	struct virtio_crypto_sym_create_session_req *sym = &req->u.sym_create_session;
	int err;

	memset(req, 0, sizeof(*req));
	req->header.opcode = cpu_to_le32(VIRTIO_CRYPTO_CIPHER_CREATE_SESSION);
	req->header.algo = cpu_to_le32(av_algos[slot->alg]);
	sym->op_type = cpu_to_le32(VIRTIO_CRYPTO_SYM_OP_CIPHER);
	sym->u.cipher.para.algo = req->header.algo;
	sym->u.cipher.para.keylen = cpu_to_le32(slot->key_bytes);
	sym->u.cipher.para.op = cpu_to_le32(slot->decrypt ? VIRTIO_CRYPTO_OP_DECRYPT :
							    VIRTIO_CRYPTO_OP_ENCRYPT);
	memcpy(slot->control->open.key, slot->key, slot->key_bytes);
	slot->control->opened.status = cpu_to_le32(VIRTIO_CRYPTO_ERR);
	slot->pending++;
	err = av_send(av->control, req, sizeof(*req) + slot->key_bytes, &slot->control->opened,
		      sizeof(slot->control->opened), slot);
	virtqueue_kick(av->control);
	return err;
}

/* ---- acf's operations ---- */

static bool av_fits(struct acf_engine *engine, const struct acf_job *job)
{
	return job->len <= engine->max_len && job->key_bytes <= AV_MAX_KEY;
}

static int av_prepare(struct acf_engine *engine, struct acf_job *job)
{
	struct virtio_crypto_op_data_req *req;
	struct virtio_crypto_sym_data_req *sym;
	struct av_slot *slot;

	if (!av_fits(engine, job))
		return -EOPNOTSUPP;
	slot = av_slot_get(av_of(engine), job);
	if (!slot)
		return -EBUSY;
	slot->job = job;
	slot->err = 0;
	req = &slot->out->req;
	sym = &req->u.sym_req;
	memset(req, 0, sizeof(*req));
	req->header.opcode = cpu_to_le32(job->decrypt ? VIRTIO_CRYPTO_CIPHER_DECRYPT :
							VIRTIO_CRYPTO_CIPHER_ENCRYPT);
	sym->op_type = cpu_to_le32(VIRTIO_CRYPTO_SYM_OP_CIPHER);
	sym->u.cipher.para.iv_len = cpu_to_le32(job->alg->iv_bytes);
	sym->u.cipher.para.src_data_len = cpu_to_le32(job->len);
	sym->u.cipher.para.dst_data_len = cpu_to_le32(job->len);
	memcpy(slot->out->data, job->iv, job->alg->iv_bytes);
	scatterwalk_map_and_copy(slot->out->data + job->alg->iv_bytes, job->src, 0, job->len, 0);
	job->prepared = slot;
	return 0;
}

/* The device takes requests in their order: a session is closed before the next is opened. */
static int av_publish(struct acf_engine *engine, struct acf_job *job)
{
	struct av_dev *av = av_of(engine);
	struct av_slot *slot = job->prepared;
	int err = av->up ? 0 : -ENODEV;

	WRITE_ONCE(av->live, true);	/* before the device can answer */
	if (!err && av_session_fits(slot, job)) {
		err = av_send_job(av, slot);
	} else if (!err) {
		err = slot->open ? av_send_close(av, slot) : 0;
		slot->alg = job->alg->id;
		slot->decrypt = job->decrypt;
		slot->key_bytes = job->key_bytes;
		memcpy(slot->key, job->key, job->key_bytes);
		err = err ?: av_send_open(av, slot);
	}
	if (err)
		return -ENODEV;	/* virtio says that the device is broken */
	slot->held = true;
	if (!av->held++)
		av->moved = jiffies;
	return 0;
}

static void av_unprepare(struct acf_engine *engine, struct acf_job *job)
{
	av_slot_put(av_of(engine), job->prepared);
}

static void av_drain(struct av_dev *av)
{
	unsigned int ms;

	for (ms = 0; READ_ONCE(av->held) && ms < AV_DRAIN_MS; ms += 10)
		msleep(10);
}

/* Queues and sessions stay as they are, and so does a device that was given up. */
static int av_online(struct acf_engine *engine, bool online)
{
	struct av_dev *av = av_of(engine);

	if (!online) {
		acf_engine_stop(engine);
		av_drain(av);
		return READ_ONCE(av->held) ? -EBUSY : 0;
	}
	if (!READ_ONCE(av->up) || READ_ONCE(av->held))
		return -EIO;
	return READ_ONCE(engine->state) == ACF_ENGINE_STOPPED ? acf_engine_start(engine) : 0;
}

static const struct acf_engine_ops av_ops = {
	.fits = av_fits, .prepare = av_prepare, .publish = av_publish, .unprepare = av_unprepare,
	.online = av_online,
};

/* ---- results ---- */

static void av_copy_src(void *from, u32 off, void *buf, u32 bytes)
{
	struct av_slot *slot = from;

	memcpy(buf, slot->out->data + slot->job->alg->iv_bytes + off, bytes);
}

static void av_copy_dst(void *from, u32 off, void *buf, u32 bytes)
{
	memcpy(buf, ((struct av_slot *)from)->in + off, bytes);
}

static void av_give_back(struct av_dev *av, struct av_slot *slot)
{
	const struct acf_copies copies = { .src = av_copy_src, .dst = av_copy_dst, .from = slot };
	struct acf_job *job = slot->job;
	int err = slot->err;

	if (!err && (slot->in[job->len] != VIRTIO_CRYPTO_OK || !acf_job_believe(job, &copies)))
		err = -EIO;
	if (!err)
		scatterwalk_map_and_copy(slot->in, job->dst, 0, job->len, 1);
	av_slot_put(av, slot);
	acf_job_done(job, err);
}

/* engine->lock held, as below. */
static void av_slot_done(struct av_dev *av, struct av_slot *slot, int err, struct list_head *done)
{
	slot->err = err;
	slot->held = false;
	av->held--;
	av->moved = jiffies;
	list_add_tail(&slot->node, done);
}

/* The job goes on, if the session is open now. */
static void av_session_opened(struct av_dev *av, struct av_slot *slot, struct list_head *done)
{
	memzero_explicit(slot->control->open.key, sizeof(slot->control->open.key));
	slot->open = slot->control->opened.status == cpu_to_le32(VIRTIO_CRYPTO_OK);
	slot->id = slot->control->opened.session_id;
	if (!slot->open || av_send_job(av, slot))
		av_slot_done(av, slot, -EIO, done);
}

static void av_take(struct av_dev *av, struct list_head *done)
{
	struct av_slot *slot;
	unsigned int len;

	while ((slot = virtqueue_get_buf(av->control, &len)))
		if (!--slot->pending && slot->held)	/* of two the second one opens */
			av_session_opened(av, slot, done);
	while ((slot = virtqueue_get_buf(av->data, &len)))
		av_slot_done(av, slot, 0, done);
}

/* What is done goes back; whether there may be more. */
static bool av_harvest_once(struct av_dev *av, bool again)
{
	struct av_slot *slot, *next;
	bool more = false;
	LIST_HEAD(done);

	spin_lock_bh(&av->engine.lock);
	if (av->up) {
		virtqueue_disable_cb(av->data);
		virtqueue_disable_cb(av->control);
		av_take(av, &done);
		more = !virtqueue_enable_cb(av->data);
		more |= !virtqueue_enable_cb(av->control);
	}
	spin_unlock_bh(&av->engine.lock);
	if (list_empty(&done))
		return more;
	acf_engine_refill(&av->engine, again);
	list_for_each_entry_safe(slot, next, &done, node)
		av_give_back(av, slot);
	acf_engine_room(&av->engine);
	return more;
}

static void av_harvest(struct work_struct *work)
{
	struct av_dev *av = container_of(work, struct av_dev, harvest);
	bool again = false;

	while (av_harvest_once(av, again)) {
		again = true;
		cond_resched();
	}
}

/* A device may interrupt at any time, with nothing to tell. */
static void av_harvest_soon(struct av_dev *av)
{
	if (READ_ONCE(av->live))
		queue_work_on(av->cpu, av->wq, &av->harvest);
}

static void av_interrupt(struct virtqueue *vq)
{
	av_harvest_soon(vq->vdev->priv);
}

/* ---- up and down ---- */

static int av_find_vqs(struct av_dev *av, struct virtqueue *vq[2])
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	struct virtqueue_info info[] = {
		{ .name = "data", .callback = av_interrupt },
		{ .name = "control", .callback = av_interrupt },
	};

	return virtio_find_vqs(av->vdev, 2, vq, info, NULL);
#else
	vq_callback_t *callbacks[] = { av_interrupt, av_interrupt };
	static const char * const names[] = { "data", "control" };

	return virtio_find_vqs(av->vdev, 2, vq, callbacks, names, NULL);
#endif
}

static int av_up(struct av_dev *av)
{
	struct virtqueue *vq[2];
	int err = av_find_vqs(av, vq);

	if (err)
		return err;
	av->data = vq[0];
	av->control = vq[1];
	if (virtqueue_get_vring_size(av->data) < 2 * AV_SLOTS ||
	    virtqueue_get_vring_size(av->control) < 4 * AV_SLOTS) {
		av->vdev->config->del_vqs(av->vdev);
		return -ENOSPC;
	}
	virtio_device_ready(av->vdev);
	av->up = true;
	queue_delayed_work(av->wq, &av->watch, msecs_to_jiffies(AV_WATCH_MS));
	return 0;
}

/* Whatever the device still has: the engine is stopped, and it lets go of all by a reset. */
static void av_down(struct av_dev *av)
{
	struct av_slot *slot, *next;
	LIST_HEAD(done);

	spin_lock_bh(&av->engine.lock);
	av->up = false;
	spin_unlock_bh(&av->engine.lock);
	virtio_reset_device(av->vdev);	/* no callback after that */
	cancel_work_sync(&av->harvest);
	spin_lock_bh(&av->engine.lock);
	for (slot = av->slot; slot < av->slot + AV_SLOTS; slot++) {
		slot->open = false;
		if (slot->held)
			av_slot_done(av, slot, -EIO, &done);
	}
	spin_unlock_bh(&av->engine.lock);
	av->vdev->config->del_vqs(av->vdev);
	list_for_each_entry_safe(slot, next, &done, node)
		av_give_back(av, slot);
}

/* An interrupt that was lost, or a device that does nothing any more. */
static void av_watch(struct work_struct *work)
{
	struct av_dev *av = container_of(to_delayed_work(work), struct av_dev, watch);

	av_harvest_soon(av);
	if (!READ_ONCE(av->held) ||
	    time_before(jiffies, READ_ONCE(av->moved) + timeout_s * HZ)) {
		queue_delayed_work(av->wq, &av->watch, msecs_to_jiffies(AV_WATCH_MS));
		return;
	}
	dev_err(&av->vdev->dev, "no result in %u s: given up\n", timeout_s);
	acf_card_failed(av->engine.card, "timeout", "the device gives no results", NULL);
	acf_engine_stop(&av->engine);
	av_down(av);
}

/* The engine is stopped: the device may end what it has. */
static void av_stop(struct av_dev *av)
{
	av_drain(av);
	cancel_delayed_work_sync(&av->watch);
	if (av->up)
		av_down(av);
}

/* What the device says of itself: NULL, or why it cannot be driven. */
static const char *av_look(struct av_dev *av)
{
	struct acf_engine *engine = &av->engine;
	u32 status, queues, ciphers, id;
	u64 max_size;

	if (timeout_s < 1 || timeout_s > 3600)
		return "parameter timeout_s: must be 1 to 3600";
	virtio_cread_le(av->vdev, struct virtio_crypto_config, status, &status);
	virtio_cread_le(av->vdev, struct virtio_crypto_config, max_dataqueues, &queues);
	virtio_cread_le(av->vdev, struct virtio_crypto_config, cipher_algo_l, &ciphers);
	virtio_cread_le(av->vdev, struct virtio_crypto_config, max_size, &max_size);
	if (!(status & VIRTIO_CRYPTO_S_HW_READY))
		return "the device is not ready: it has no backend";
	if (queues != 1)
		return "the device has several data queues, this driver has one";
	for (id = 0; id < ACF_NR_ALGS; id++)
		if (av_algos[id] && (ciphers & BIT(av_algos[id])))
			__set_bit(id, engine->caps.bits);
	if (bitmap_empty(engine->caps.bits, ACF_NR_ALGS))
		return "the device has no cipher that acf has";
	engine->required = engine->caps;
	engine->max_len = min_t(u64, AV_MAX_BYTES, max_size);
	return av_up(av) ? "the device's queues cannot be used" : NULL;
}

static void av_free(struct av_dev *av)
{
	struct av_slot *slot;

	for (slot = av->slot; slot < av->slot + AV_SLOTS; slot++) {
		kfree(slot->out);
		kfree(slot->in);
		kfree_sensitive(slot->control);
	}
	if (av->wq)
		destroy_workqueue(av->wq);
	acf_card_put(av->engine.card);
	kfree_sensitive(av);
}

static struct av_dev *av_alloc(struct virtio_device *vdev)
{
	struct av_dev *av = kzalloc(sizeof(*av), GFP_KERNEL);
	struct av_slot *slot;

	if (!av)
		return NULL;
	av->vdev = vdev;
	spin_lock_init(&av->slot_lock);
	INIT_LIST_HEAD(&av->free);
	INIT_WORK(&av->harvest, av_harvest);
	INIT_DELAYED_WORK(&av->watch, av_watch);
	av->cpu = raw_smp_processor_id();
	av->wq = alloc_workqueue("acf_virtio", AV_PERCPU | WQ_HIGHPRI | WQ_MEM_RECLAIM, 0);
	for (slot = av->slot; slot < av->slot + AV_SLOTS; slot++) {
		slot->out = kzalloc(sizeof(*slot->out), GFP_KERNEL);
		slot->in = kzalloc(AV_MAX_BYTES + 1, GFP_KERNEL);
		slot->control = kzalloc(sizeof(*slot->control), GFP_KERNEL);
		if (!slot->out || !slot->in || !slot->control || !av->wq) {
			av_free(av);
			return NULL;
		}
		list_add_tail(&slot->node, &av->free);
	}
	return av;
}

/* Its place is that of the PCI device, which is what people know. */
static int av_probe(struct virtio_device *vdev)
{
	struct av_dev *av = av_alloc(vdev);
	const char *why;
	int err = -ENODEV;

	if (!av)
		return -ENOMEM;
	vdev->priv = av;
	av->engine.name = dev_name(&vdev->dev);
	av->engine.ops = &av_ops;
	av->engine.give_back_ms = (timeout_s * MSEC_PER_SEC) + AV_WATCH_MS;
	av->engine.card = acf_card_get(vdev->dev.parent);
	acf_card_starting(av->engine.card);
	why = av_look(av);
	if (why) {
		dev_err(&vdev->dev, "%s\n", why);
		acf_card_failed(av->engine.card, "setup", why, NULL);
	} else {
		err = acf_engine_register(&av->engine);
		if (!err)
			return 0;
		av_stop(av);
	}
	av_free(av);
	return err;
}

/*
 * Who uses it goes on by the CPU. The lock of who asks for it to be online is another device's: he may
 * start it once more, until there are no queues.
 */
static void av_remove(struct virtio_device *vdev)
{
	struct av_dev *av = vdev->priv;

	acf_engine_stop(&av->engine);
	av_stop(av);
	acf_engine_stop(&av->engine);
	acf_engine_unregister(&av->engine);
	acf_card_left(av->engine.card);
	av_free(av);
}

/*
 * Without tables of descriptors in memory of their own, which virtio allocates for each request:
 * all go into the ring, for which av_up() asks it to be large enough.
 */
static int av_validate(struct virtio_device *vdev)
{
	__virtio_clear_bit(vdev, VIRTIO_RING_F_INDIRECT_DESC);
	return 0;
}

static const struct virtio_device_id av_ids[] = {
	{ VIRTIO_ID_CRYPTO, VIRTIO_DEV_ANY_ID },
	{ }
};
MODULE_DEVICE_TABLE(virtio, av_ids);

static struct virtio_driver av_driver = {
	.driver.name = "acf_virtio",
	.id_table = av_ids,
	.validate = av_validate,
	.probe = av_probe,
	.remove = av_remove,
};
module_virtio_driver(av_driver);

MODULE_DESCRIPTION("virtio-crypto as an engine of acf, an example");
MODULE_LICENSE("GPL");
