// SPDX-License-Identifier: GPL-2.0
/*
 * acf_keytest: transforms of every algorithm with keys that no place in memory but acf,
 * the driver and the kernel's own crypto code ever holds, so that a search of all
 * memory tells whether these wipe them. Never shipped.
 *
 * debugfs acf_keytest/
 *   secrets  "OWNER.NAME MASKED:PAD" per line, the secret being the exclusive or of the two
 *   do       write "run", requests with every transform; "rekey", the same, and new
 *            keys while they are under way; "close", free transforms and requests
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <crypto/aead.h>
#include <crypto/authenc.h>
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "acf_keytest.h"
#include "acf_test_compat.h"

#define REQUESTS	4	/* of one transform at a time */
#define TEXT_BYTES	512
#define ASSOC_BYTES	16
#define BUF_BYTES	(ASSOC_BYTES + TEXT_BYTES + 32)	/* and an ICV */
#define PIECE_BYTES	8	/* more pieces than a driver takes: it has to copy */
#define PIECES		(BUF_BYTES / PIECE_BYTES)
#define TIMEOUT_MS	60000

/* %*phN prints no more */
static_assert(SECRET_MAX <= 64);
static_assert(BUF_BYTES % PIECE_BYTES == 0);

struct alg {
	const char *name;	/* the driver's */
	u8 key_bytes;		/* the cipher's, 0: a hash */
	u8 mac_key_bytes;
};

static const struct alg algs[] = {
	{ "ecb-aes-acf", 16, 0 }, { "cbc-aes-acf", 32, 0 },
	{ "cfb-aes-acf", 24, 0 }, { "ofb-aes-acf", 32, 0 },
	{ "xts-aes-acf", 64, 0 },
	{ "ecb-des-acf", 8, 0 }, { "cbc-des-acf", 8, 0 },
	{ "cfb-des-acf", 8, 0 }, { "ofb-des-acf", 8, 0 },
	{ "ecb-des3_ede-acf", 24, 0 }, { "cbc-des3_ede-acf", 24, 0 },
	{ "cfb-des3_ede-acf", 24, 0 }, { "ofb-des3_ede-acf", 24, 0 },
	{ "md5-acf", 0, 0 }, { "sha1-acf", 0, 0 },
	{ "hmac-md5-acf", 0, 64 }, { "hmac-sha1-acf", 0, 64 },
	{ "authenc-hmac-md5-cbc-aes-acf", 16, 16 },
	{ "authenc-hmac-md5-cbc-des-acf", 8, 16 },
	{ "authenc-hmac-md5-cbc-des3_ede-acf", 24, 16 },
	{ "authenc-hmac-sha1-cbc-aes-acf", 32, 20 },
	{ "authenc-hmac-sha1-cbc-des-acf", 8, 20 },
	{ "authenc-hmac-sha1-cbc-des3_ede-acf", 24, 20 },
};

struct run {
	union {
		struct skcipher_request *cipher;
		struct ahash_request *hash;
		struct aead_request *aead;
		void *any;
	};
	struct completion done;
	int err;
	u8 iv[16];
	u8 digest[32];
	struct scatterlist src_sg[PIECES];
	struct scatterlist dst_sg;
	u8 *src;
	u8 *dst;
};

struct subject {
	const struct alg *alg;
	union {
		struct crypto_skcipher *cipher;
		struct crypto_ahash *hash;
		struct crypto_aead *aead;
		void *any;
	};
	struct secret key;
	struct secret mac_key;
	struct run run[REQUESTS];
};

static struct subject *subjects[ARRAY_SIZE(algs)];
static struct secret text;	/* what is enciphered; nothing of it leaves in clear */
static struct secret message;	/* what is hashed: the driver has a page that takes it */
static DEFINE_MUTEX(lock);
static struct dentry *dir;

static bool is_hash(const struct alg *alg)
{
	return !alg->key_bytes;
}

static bool is_aead(const struct alg *alg)
{
	return alg->key_bytes && alg->mac_key_bytes;
}

/* ---- keys ---- */

struct authenc_blob {
	struct rtattr rta;
	struct crypto_authenc_key_param param;
	u8 keys[2 * SECRET_MAX];
} __packed;

static int aead_setkey(struct subject *s)
{
	struct authenc_blob *blob = kzalloc(sizeof(*blob), GFP_KERNEL);
	int err;

	if (!blob)
		return -ENOMEM;
	blob->rta.rta_len = RTA_LENGTH(sizeof(blob->param));
	blob->rta.rta_type = CRYPTO_AUTHENC_KEYA_PARAM;
	blob->param.enckeylen = cpu_to_be32(s->key.bytes);
	secret_reveal(&s->mac_key, blob->keys);
	secret_reveal(&s->key, blob->keys + s->mac_key.bytes);
	err = crypto_aead_setkey(s->aead, (const u8 *)blob,
				 offsetof(struct authenc_blob, keys) + s->mac_key.bytes +
				 s->key.bytes);
	kfree_sensitive(blob);
	return err;
}

static int plain_setkey(struct subject *s)
{
	u8 raw[SECRET_MAX];
	int err = 0;

	if (s->key.bytes) {
		secret_reveal(&s->key, raw);
		err = crypto_skcipher_setkey(s->cipher, raw, s->key.bytes);
	} else if (s->mac_key.bytes) {
		secret_reveal(&s->mac_key, raw);
		err = crypto_ahash_setkey(s->hash, raw, s->mac_key.bytes);
	}
	memzero_explicit(raw, sizeof(raw));
	return err;
}

static int new_keys(struct subject *s)
{
	secret_make(&s->key, s->alg->key_bytes);
	secret_make(&s->mac_key, s->alg->mac_key_bytes);
	return is_aead(s->alg) ? aead_setkey(s) : plain_setkey(s);
}

/* ---- requests ---- */

static void run_done(test_cb_arg arg, int err)
{
	struct run *run = test_cb_data(arg);

	if (err == -EINPROGRESS)
		return;
	run->err = err;
	complete(&run->done);
}

static void fill(u8 *at, const struct secret *secret)
{
	unsigned int off;

	for (off = 0; off < TEXT_BYTES; off += SECRET_MAX)
		secret_reveal(secret, at + off);
}

static int cipher_submit(struct run *run)
{
	fill(run->src, &text);
	skcipher_request_set_callback(run->cipher, CRYPTO_TFM_REQ_MAY_BACKLOG, run_done, run);
	skcipher_request_set_crypt(run->cipher, run->src_sg, &run->dst_sg, TEXT_BYTES, run->iv);
	return crypto_skcipher_encrypt(run->cipher);
}

static int hash_submit(struct run *run)
{
	fill(run->src, &message);
	ahash_request_set_callback(run->hash, CRYPTO_TFM_REQ_MAY_BACKLOG, run_done, run);
	ahash_request_set_crypt(run->hash, run->src_sg, run->digest, TEXT_BYTES);
	return crypto_ahash_digest(run->hash);
}

static int aead_submit(struct run *run)
{
	fill(run->src + ASSOC_BYTES, &text);
	aead_request_set_callback(run->aead, CRYPTO_TFM_REQ_MAY_BACKLOG, run_done, run);
	aead_request_set_crypt(run->aead, run->src_sg, &run->dst_sg, TEXT_BYTES, run->iv);
	aead_request_set_ad(run->aead, ASSOC_BYTES);
	return crypto_aead_encrypt(run->aead);
}

static void submit(struct subject *s, struct run *run)
{
	int err;

	reinit_completion(&run->done);
	if (is_hash(s->alg))
		err = hash_submit(run);
	else
		err = is_aead(s->alg) ? aead_submit(run) : cipher_submit(run);
	if (err != -EINPROGRESS && err != -EBUSY) {
		run->err = err;
		complete(&run->done);
	}
}

/* The clear text is wiped; the request stays, with whatever it remembers. */
static int await(struct run *run)
{
	if (!wait_for_completion_timeout(&run->done, msecs_to_jiffies(TIMEOUT_MS)))
		return -ETIMEDOUT;
	memzero_explicit(run->src, BUF_BYTES);
	return run->err;
}

static void submit_all(struct subject *s)
{
	int i;

	for (i = 0; i < REQUESTS; i++)
		submit(s, &s->run[i]);
}

static int await_all(struct subject *s)
{
	int err = 0;
	int i;

	for (i = 0; i < REQUESTS; i++)
		err = err ?: await(&s->run[i]);
	return err;
}

/* ---- life of a subject ---- */

static void cut_in_pieces(struct scatterlist *sg, u8 *mem)
{
	int i;

	sg_init_table(sg, PIECES);
	for (i = 0; i < PIECES; i++)
		sg_set_buf(&sg[i], mem + i * PIECE_BYTES, PIECE_BYTES);
}

static int run_init(struct subject *s, struct run *run)
{
	init_completion(&run->done);
	run->src = kzalloc(BUF_BYTES, GFP_KERNEL);
	run->dst = kzalloc(BUF_BYTES, GFP_KERNEL);
	if (is_hash(s->alg))
		run->hash = ahash_request_alloc(s->hash, GFP_KERNEL);
	else if (is_aead(s->alg))
		run->aead = aead_request_alloc(s->aead, GFP_KERNEL);
	else
		run->cipher = skcipher_request_alloc(s->cipher, GFP_KERNEL);
	if (!run->src || !run->dst || !run->any)
		return -ENOMEM;
	if (run == &s->run[0])
		cut_in_pieces(run->src_sg, run->src);
	else
		sg_init_one(run->src_sg, run->src, BUF_BYTES);
	sg_init_one(&run->dst_sg, run->dst, BUF_BYTES);
	return 0;
}

/* Not by the API's functions, which would wipe the request for acf. */
static void run_exit(struct run *run)
{
	kfree(run->any);
	kfree(run->src);
	kfree(run->dst);
}

static void subject_free(struct subject *s)
{
	int i;

	for (i = 0; i < REQUESTS; i++)
		run_exit(&s->run[i]);
	if (!IS_ERR_OR_NULL(s->any)) {
		if (is_hash(s->alg))
			crypto_free_ahash(s->hash);
		else if (is_aead(s->alg))
			crypto_free_aead(s->aead);
		else
			crypto_free_skcipher(s->cipher);
	}
	kfree(s);
}

static int subject_init(struct subject *s)
{
	int err = 0;
	int i;

	if (is_hash(s->alg))
		s->hash = crypto_alloc_ahash(s->alg->name, 0, 0);
	else if (is_aead(s->alg))
		s->aead = crypto_alloc_aead(s->alg->name, 0, 0);
	else
		s->cipher = crypto_alloc_skcipher(s->alg->name, 0, 0);
	if (IS_ERR(s->any))
		return PTR_ERR(s->any);
	for (i = 0; i < REQUESTS && !err; i++)
		err = run_init(s, &s->run[i]);
	return err ?: new_keys(s);
}

static struct subject *subject_create(const struct alg *alg)
{
	struct subject *s = kzalloc(sizeof(*s), GFP_KERNEL);
	int err;

	if (!s)
		return ERR_PTR(-ENOMEM);
	s->alg = alg;
	err = subject_init(s);
	if (!err)
		return s;
	pr_err("%s: cannot be set up, error %d\n", alg->name, err);
	subject_free(s);
	return ERR_PTR(err);
}

static void close_all(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(algs); i++) {
		if (subjects[i])
			subject_free(subjects[i]);
		subjects[i] = NULL;
	}
}

static int open_all(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(algs); i++) {
		struct subject *s = subject_create(&algs[i]);

		if (IS_ERR(s)) {
			close_all();
			return PTR_ERR(s);
		}
		subjects[i] = s;
	}
	return 0;
}

/* Some request is still out there: it, its memory and this module have to stay. */
static void abandon_all(void)
{
	memset(subjects, 0, sizeof(subjects));
	__module_get(THIS_MODULE);
}

static int run_all(bool rekey)
{
	int err = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(algs); i++)
		submit_all(subjects[i]);
	for (i = 0; rekey && i < ARRAY_SIZE(algs); i++)
		err = err ?: new_keys(subjects[i]);
	for (i = 0; i < ARRAY_SIZE(algs); i++)
		err = await_all(subjects[i]) ?: err;
	if (err == -ETIMEDOUT)
		abandon_all();
	return err;
}

/* ---- debugfs ---- */

static int secrets_show(struct seq_file *m, void *unused)
{
	int i;

	mutex_lock(&lock);
	secret_show(m, "all", "text", &text);
	secret_show(m, "all", "message", &message);
	for (i = 0; i < ARRAY_SIZE(algs); i++) {
		if (!subjects[i])
			continue;
		secret_show(m, algs[i].name, "key", &subjects[i]->key);
		secret_show(m, algs[i].name, "mac-key", &subjects[i]->mac_key);
	}
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(secrets);

static int perform(const char *word)
{
	if (!subjects[0])
		return -ENODEV;
	if (!strcmp(word, "run"))
		return run_all(false);
	if (!strcmp(word, "rekey"))
		return run_all(true);
	if (strcmp(word, "close"))
		return -EINVAL;
	close_all();
	return 0;
}

static ssize_t do_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	char word[16] = "";
	int err;

	if (count >= sizeof(word) || copy_from_user(word, buf, count))
		return -EINVAL;
	mutex_lock(&lock);
	err = perform(strim(word));
	mutex_unlock(&lock);
	return err ?: count;
}

static const struct file_operations do_fops = {
	.owner = THIS_MODULE,
	.write = do_write,
};

static int __init acf_keytest_init(void)
{
	int err;

	secret_make(&text, SECRET_MAX);
	secret_make(&message, SECRET_MAX);
	err = open_all();
	if (err)
		return err;
	dir = debugfs_create_dir("acf_keytest", NULL);
	debugfs_create_file("secrets", 0400, dir, NULL, &secrets_fops);
	debugfs_create_file("do", 0200, dir, NULL, &do_fops);
	return 0;
}

static void __exit acf_keytest_exit(void)
{
	debugfs_remove(dir);
	close_all();
}

module_init(acf_keytest_init);
module_exit(acf_keytest_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test that acf and its engines wipe keys");
