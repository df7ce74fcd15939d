// SPDX-License-Identifier: GPL-2.0
/*
 * XTS beside what a card does of it: the second key enciphers the IV, which makes the first
 * tweak, and an end that is no whole block is exchanged with the block before it. Both are
 * single blocks, done here with the kernel's AES library.
 */
#include <crypto/scatterwalk.h>
#include <linux/export.h>
#include <linux/slab.h>

#include "acf_internal.h"

/* For engines' drivers, whose copying it is part of; the file it is in is pure. */
EXPORT_SYMBOL_GPL(acf_xts_start);
EXPORT_SYMBOL_GPL(acf_xts_xor);

static int acf_xts_expand(struct acf_xts_keys *xts, const u8 *raw, unsigned int bytes)
{
	return acf_aes_expand(&xts->text, raw, bytes / 2) ?:
	       acf_aes_expand(&xts->tweak, raw + bytes / 2, bytes / 2);
}

int acf_key_set_xts(struct acf_key *key, const u8 *raw, unsigned int bytes)
{
	key->xts = kmalloc(sizeof(*key->xts), GFP_KERNEL);
	if (!key->xts)
		return -ENOMEM;
	return acf_xts_expand(key->xts, raw, bytes);
}

void acf_xts_first_tweak(const struct acf_key *key, u8 *tweak, const u8 *iv)
{
	aes_encrypt(&key->xts->tweak.key, tweak, iv);
}

/* In process context, where the stack has room for a key. */
void acf_job_test_key(struct acf_job *job, const u8 *raw, unsigned int bytes, const u8 *iv)
{
	struct acf_aes aes;

	job->key = raw;
	job->key_bytes = bytes;
	memcpy(job->iv, iv, sizeof(job->iv));
	if (!acf_alg_is_xts(job->alg))
		return;
	job->key_bytes = bytes / 2;
	/* of another length it is an engine's to refuse */
	if (!acf_aes_expand(&aes, raw + bytes / 2, bytes / 2))
		aes_encrypt(&aes.key, job->iv, iv);
	memzero_explicit(&aes, sizeof(aes));
}

static void acf_xts_encipher(const void *xts, u8 *block)
{
	aes_encrypt(&((const struct acf_xts_keys *)xts)->text.key, block, block);
}

static void acf_xts_decipher(const void *xts, u8 *block)
{
	aes_decrypt(&((const struct acf_xts_keys *)xts)->text.key, block, block);
}

/* The source of the end is as it was, in place too: the card has written before it only. */
void acf_xts_end(struct acf_cipher_req *cr)
{
	const struct skcipher_request *req =
		container_of(cr->rq.base, struct skcipher_request, base);
	const struct acf_job *job = &cr->rq.job;
	unsigned int bytes = req->cryptlen - job->len;
	u8 end[2 * ACF_XTS_BLOCK];
	struct acf_xts xts;

	if (!bytes)
		return;
	scatterwalk_map_and_copy(end, req->src, job->len, bytes, 0);
	acf_xts_start(&xts, job->iv);
	acf_xts_skip(&xts, job->len / ACF_XTS_BLOCK);
	acf_xts_steal(&xts, end, bytes - ACF_XTS_BLOCK, job->decrypt,
		      job->decrypt ? acf_xts_decipher : acf_xts_encipher, cr->rq.key->xts);
	scatterwalk_map_and_copy(end, req->dst, job->len, bytes, 1);
	memzero_explicit(end, sizeof(end));
	memzero_explicit(&xts, sizeof(xts));
}
