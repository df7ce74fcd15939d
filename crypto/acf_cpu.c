// SPDX-License-Identifier: GPL-2.0
/* Requests on the CPU: the keyed twin, and CFB and OFB built on its ECB. */
#include <crypto/algapi.h>
#include <crypto/scatterwalk.h>

#include "acf_internal.h"

static void acf_cpu_prepare(struct acf_req *rq, bool may_sleep)
{
	u32 flags = may_sleep ? rq->req->base.flags & CRYPTO_TFM_REQ_MAY_SLEEP : 0;

	skcipher_request_set_tfm(&rq->cpu, rq->key->twin.cipher);
	skcipher_request_set_callback(&rq->cpu, flags, NULL, NULL);
}

static int acf_twin_crypt(struct acf_req *rq)
{
	struct skcipher_request *req = rq->req;

	skcipher_request_set_crypt(&rq->cpu, req->src, req->dst, req->cryptlen, req->iv);
	return rq->job.decrypt ? crypto_skcipher_decrypt(&rq->cpu) :
				 crypto_skcipher_encrypt(&rq->cpu);
}

/* rq->scratch = E(iv): both directions of CFB and OFB encipher. */
static int acf_keystream(struct acf_req *rq, const u8 *iv)
{
	unsigned int block = rq->job.alg->block;
	struct scatterlist sg;

	memcpy(rq->scratch, iv, block);
	sg_init_one(&sg, rq->scratch, block);
	skcipher_request_set_crypt(&rq->cpu, &sg, &sg, block, NULL);
	return crypto_skcipher_encrypt(&rq->cpu);
}

/* The IV for the next block: OFB the keystream, CFB the (whole) ciphertext block. */
static void acf_stream_next_iv(struct acf_req *rq, const u8 *in, const u8 *out, unsigned int n)
{
	const struct acf_alg *alg = rq->job.alg;

	if (alg->mode == ACF_MODE_OFB)
		memcpy(rq->req->iv, rq->scratch, alg->block);
	else if (n == alg->block)
		memcpy(rq->req->iv, rq->job.decrypt ? in : out, alg->block);
}

static int acf_stream_crypt(struct acf_req *rq)
{
	struct skcipher_request *req = rq->req;
	unsigned int block = rq->job.alg->block;
	u8 out[ACF_MAX_BLOCK];
	u8 in[ACF_MAX_BLOCK];
	unsigned int off;
	unsigned int n;
	int err = 0;

	for (off = 0; off < req->cryptlen && !err; off += n) {
		n = min(block, req->cryptlen - off);
		err = acf_keystream(rq, req->iv);
		if (err)
			break;
		scatterwalk_map_and_copy(in, req->src, off, n, 0);
		crypto_xor_cpy(out, in, rq->scratch, n);
		scatterwalk_map_and_copy(out, req->dst, off, n, 1);
		acf_stream_next_iv(rq, in, out, n);
	}
	memzero_explicit(in, sizeof(in));
	memzero_explicit(out, sizeof(out));
	return err;
}

int acf_cpu_crypt(struct acf_req *rq, bool may_sleep)
{
	enum acf_mode mode = rq->job.alg->mode;

	acf_cpu_prepare(rq, may_sleep);
	if (mode == ACF_MODE_CFB || mode == ACF_MODE_OFB)
		return acf_stream_crypt(rq);
	return acf_twin_crypt(rq);
}
