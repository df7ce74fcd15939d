// SPDX-License-Identifier: GPL-2.0
/*
 * What came of a request: one completion, the software's error, its data and IV, and not
 * a byte changed anywhere else.
 */
#include <linux/mm.h>

#include "acf_fuzz.h"

#define FORGEABLE	8	/* bytes of ICV a lying card may hit by chance */

#define bad(req, fmt, ...)	fz_fail((req)->tfm->alg, (req)->plan.n, fmt, ##__VA_ARGS__)

static void check_completion(struct fz_req *req)
{
	static const char * const names[] = {
		[FZ_TWICE] = "completed twice",
		[FZ_SYNC_AND_CALLBACK] = "completed by return value and by callback",
		[FZ_CONTEXT] = "completed outside softirq context",
		[FZ_NOTICE_AFTER] = "told of its place in the queue after its completion",
		[FZ_BUSY_UNASKED] = "-EBUSY without MAY_BACKLOG",
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (test_and_clear_bit(i, &req->faults))
			bad(req, "%s", names[i]);
	if (atomic_read(&req->notices) != atomic_read(&req->busy))
		bad(req, "%d backlog notices after %d -EBUSY", atomic_read(&req->notices),
		    atomic_read(&req->busy));
}

/* True: the request ended as software says, and its output is to be judged. */
static bool check_err(struct fz_req *req)
{
	bool icv = req->tfm->alg->kind == FZ_AEAD && req->plan.decrypt;

	if (req->err == req->want_err)
		return true;
	if (req->starved && req->err == -ENOMEM)
		return false;	/* the CPU's software was refused memory */
	if (fz_hostile && icv && !req->want_err && req->err == -EBADMSG)
		return false;	/* a lie about a MAC */
	if (fz_hostile && req->want_err == -EBADMSG && !req->err && req->authsize < FORGEABLE)
		return false;	/* a lucky one */
	bad(req, "error %d, software's is %d", req->err, req->want_err);
	return false;
}

/* What the destination held before. */
static u8 before(const struct fz_req *req, u32 off)
{
	return req->dst == req->src ? req->data[off] : FZ_FILL;
}

/* Whether associated data is copied to another destination is left open. */
static bool assoc_is_right(const struct fz_req *req, const u8 *got, u32 off)
{
	return got[off] == req->data[off] || got[off] == before(req, off);
}

/* After -EBADMSG no byte of the forged text may be seen. */
static bool forged_is_hidden(const struct fz_req *req, const u8 *got, u32 off)
{
	return got[off] == 0 || got[off] == before(req, off);
}

static bool byte_is_right(const struct fz_req *req, const u8 *got, u32 off)
{
	if (off < req->plan.assoc)
		return assoc_is_right(req, got, off);
	if (req->want_err == -EBADMSG)
		return forged_is_hidden(req, got, off);
	return req->want_err || got[off] == req->want[off];
}

static void check_output(struct fz_req *req, const u8 *got)
{
	u32 off;

	for (off = 0; off < req->dst_len; off++)
		if (!byte_is_right(req, got, off))
			break;
	if (off == req->dst_len)
		return;
	bad(req, "%s at byte %u of %u (%u associated)",
	    req->want_err ? "forged text shown" : "wrong data", off, req->dst_len,
	    req->plan.assoc);
}

/* A lying card may spoil data, but not bring in any that it was not given. */
static void check_foreign(struct fz_req *req, const u8 *got)
{
	bool guard;
	u32 n;

	if (fz_find_foreign(got, req->dst_len, req->plan.n, &n, &guard))
		bad(req, "%s of request %u in its output", guard ? "guard bytes" : "data", n);
}

static void check_destination(struct fz_req *req)
{
	u8 *got = kvmalloc(req->dst_len + 1, GFP_KERNEL | __GFP_NOFAIL);

	fz_area_get(req->dst, got, req->dst_len);
	if (fz_hostile)
		check_foreign(req, got);
	else
		check_output(req, got);
	kvfree(got);
}

static void check_memory(struct fz_req *req, bool ended_right)
{
	int off;

	if (req->dst && req->dst != req->src) {
		off = fz_area_guards(req->dst);
		if (off >= 0)
			bad(req, "byte %d outside the destination changed", off);
	}
	off = req->dst == req->src ? fz_area_guards(req->src) : fz_area_differs(req->src);
	if (off >= 0)
		bad(req, "byte %d %s changed", off,
		    req->dst == req->src ? "outside the data" : "of the source or around it");
	if (req->dst && ended_right)
		check_destination(req);
}

static u32 side_bytes(const struct fz_req *req)
{
	const struct fz_alg *alg = req->tfm->alg;

	return alg->kind == FZ_HASH ? alg->digest_bytes : alg->iv_bytes;
}

/* The IV that goes on, or the digest; and the guards around it. */
static void check_side(struct fz_req *req, bool ended_right)
{
	const struct fz_alg *alg = req->tfm->alg;
	u8 *side = fz_req_side(req);
	u32 n = side_bytes(req);
	u32 i;

	if (ended_right && !req->want_err && !fz_hostile) {
		if (alg->kind == FZ_CIPHER && memcmp(side, req->want_iv, n))
			bad(req, "wrong output IV");
		if (alg->kind == FZ_HASH && memcmp(side, req->want_digest, n))
			bad(req, "wrong digest");
	}
	for (i = 0; i < sizeof(req->side); i++)
		if (req->side[i] != FZ_SIDE_FILL && (req->side + i < side || req->side + i >= side + n))
			break;
	if (i < sizeof(req->side))
		bad(req, "byte %u around the %s changed", i, alg->kind == FZ_HASH ? "digest" : "IV");
}

void fz_check(struct fz_req *req)
{
	bool ended_right = check_err(req);

	fz_count(req->tfm->alg);
	check_completion(req);
	check_memory(req, ended_right);
	check_side(req, ended_right);
	if (ended_right && req->want_err)
		atomic_inc(&fz_totals.errors);
	/* what it is to stay from now on */
	if (req->dst)
		memcpy(req->dst->image, req->dst->mem, req->dst->bytes);
}

void fz_check_again(struct fz_req *req)
{
	check_completion(req);
	if (fz_area_differs(req->src) >= 0)
		bad(req, "source written after completion");
	if (req->dst && fz_area_differs(req->dst) >= 0)
		bad(req, "destination written after completion");
}
