// SPDX-License-Identifier: GPL-2.0
/* Ciphers on the CPU: the keyed twin, and CFB and OFB built on its ECB. */
#include <crypto/algapi.h>
#include <crypto/scatterwalk.h>

#include "acf_internal.h"

static struct skcipher_request *acf_cipher_of(struct acf_cipher_req *cr)
{
	return container_of(cr->rq.base, struct skcipher_request, base);
}

static void acf_cpu_prepare(struct acf_cipher_req *cr, bool may_sleep)
{
	u32 flags = may_sleep ? cr->rq.base->flags & CRYPTO_TFM_REQ_MAY_SLEEP : 0;

	skcipher_request_set_tfm(&cr->cpu, cr->rq.key->twin.cipher);
	skcipher_request_set_callback(&cr->cpu, flags, NULL, NULL);
}

/* Some of the kernel's implementations of XTS leave a tweak where the IV was. */
static u8 *acf_twin_iv(struct acf_cipher_req *cr, u8 *iv)
{
	return acf_alg_is_xts(cr->rq.job.alg) ? memcpy(cr->scratch, iv, ACF_XTS_BLOCK) : iv;
}

static int acf_twin_crypt(struct acf_cipher_req *cr)
{
	struct skcipher_request *req = acf_cipher_of(cr);

	skcipher_request_set_crypt(&cr->cpu, req->src, req->dst, req->cryptlen,
				   acf_twin_iv(cr, req->iv));
	return cr->rq.job.decrypt ? crypto_skcipher_decrypt(&cr->cpu) :
				 crypto_skcipher_encrypt(&cr->cpu);
}

/* cr->scratch = E(iv): both directions of CFB and OFB encipher. */
static int acf_keystream(struct acf_cipher_req *cr, const u8 *iv)
{
	unsigned int block = cr->rq.job.alg->block;
	struct scatterlist sg;

	memcpy(cr->scratch, iv, block);
	sg_init_one(&sg, cr->scratch, block);
	skcipher_request_set_crypt(&cr->cpu, &sg, &sg, block, NULL);
	return crypto_skcipher_encrypt(&cr->cpu);
}

/* The IV for the next block: OFB the keystream, CFB the (whole) ciphertext block. */
static void acf_stream_next_iv(struct acf_cipher_req *cr, const u8 *in, const u8 *out,
			       unsigned int n)
{
	const struct acf_alg *alg = cr->rq.job.alg;
	u8 *iv = acf_cipher_of(cr)->iv;

	if (alg->mode == ACF_MODE_OFB)
		memcpy(iv, cr->scratch, alg->block);
	else if (n == alg->block)
		memcpy(iv, cr->rq.job.decrypt ? in : out, alg->block);
}

static int acf_stream_crypt(struct acf_cipher_req *cr)
{
	struct skcipher_request *req = acf_cipher_of(cr);
	unsigned int block = cr->rq.job.alg->block;
	u8 out[ACF_MAX_BLOCK];
	u8 in[ACF_MAX_BLOCK];
	unsigned int off;
	unsigned int n;
	int err = 0;

	for (off = 0; off < req->cryptlen && !err; off += n) {
		n = min(block, req->cryptlen - off);
		err = acf_keystream(cr, req->iv);
		if (err)
			break;
		scatterwalk_map_and_copy(in, req->src, off, n, 0);
		crypto_xor_cpy(out, in, cr->scratch, n);
		scatterwalk_map_and_copy(out, req->dst, off, n, 1);
		acf_stream_next_iv(cr, in, out, n);
	}
	memzero_explicit(in, sizeof(in));
	memzero_explicit(out, sizeof(out));
	return err;
}

int acf_cipher_cpu(struct acf_cipher_req *cr, bool may_sleep)
{
	enum acf_mode mode = cr->rq.job.alg->mode;

	acf_cpu_prepare(cr, may_sleep);
	if (mode == ACF_MODE_CFB || mode == ACF_MODE_OFB)
		return acf_stream_crypt(cr);
	return acf_twin_crypt(cr);
}
