// SPDX-License-Identifier: GPL-2.0
/*
 * The card's random number generator as a hwrng, docs/reference/hifn795x.md 2.3.
 *
 * The generator has no "ready" bit: a word is new when enough clocks have passed
 * since the last one was read. The first word after a start is thrown away, and so
 * are those of the start-up test; every word passes the health tests before it is
 * handed out. A card whose words fail them gives none until it is bound again.
 *
 * A reset of the card resets the generator: hifn_rng_stop() ends reading before
 * it, hifn_rng_start() begins anew.
 */
#include <linux/delay.h>
#include <linux/ktime.h>

#include "hifn.h"

#define HIFN_RNG_RETRY_MS	10	/* while the card is being reset */
#define HIFN_RNG_RETRIES	100

/*
 * Of 1024: how much of the words' bits is entropy. HIFN has published neither the
 * design of the generator nor a measurement; NetBSD, which says it has it from HIFN, counts on
 * 0.06 of a bit per bit in the worst case, and on 0.4 s to warm up. The health tests are set to
 * notice less than a quarter: they ask for more than is counted on.
 */
#define HIFN_RNG_QUALITY	(1024 * 6 / 100)
static_assert(HIFN_RNG_QUALITY == 61, "0 would mean full trust since 6.2");
#define HIFN_RNG_WARM_MS	400

/*
 * Twice the time the card asks for: the reference clock it follows from is the
 * word of a module parameter. A word read too soon is the last one again.
 */
static u32 hifn_rng_gap_ns(const struct hifn_dev *hd)
{
	return 2 * hifn_pll_pk_ns(&hd->params.pll, HIFN_RNG_PK_CLOCKS);
}

static u64 hifn_rng_early_ns(const struct hifn_dev *hd)
{
	u64 now = ktime_get_ns();

	return now < hd->rng.due_ns ? hd->rng.due_ns - now : 0;
}

static u32 hifn_rng_fetch(struct hifn_dev *hd)
{
	u32 word;

	lockdep_assert_held(&hd->rng.lock);
	udelay(DIV_ROUND_UP((u32)hifn_rng_early_ns(hd), NSEC_PER_USEC));
	word = hifn_rd1(hd, HIFN_1_RNG_DATA);
	hd->rng.due_ns = ktime_get_ns() + hifn_rng_gap_ns(hd);
	return word;
}

static int hifn_rng_reject(struct hifn_dev *hd, enum hifn_health_result why)
{
	hd->rng.failed = true;
	pci_err(hd->pdev, "%s: random numbers failed the %s test: none are taken from this card any more; to try again, unbind and bind %s\n",
		hd->name,
		why == HIFN_HEALTH_REPETITION ? "repetition count" :
		why == HIFN_HEALTH_PROPORTION ? "adaptive proportion" : "linear complexity",
		pci_name(hd->pdev));
	return -EIO;
}

/*
 * A tested word. -ENODEV: the card is gone; -EIO: it gives none; -EAGAIN: not
 * now, it is being reset.
 */
static int hifn_rng_word(struct hifn_dev *hd, u32 *word)
{
	struct hifn_rng *rng = &hd->rng;
	enum hifn_health_result health;

	if (READ_ONCE(hd->gone))
		return -ENODEV;
	if (rng->failed)
		return -EIO;
	if (!rng->on)
		return READ_ONCE(hd->state) == HIFN_RESETTING ? -EAGAIN : -EIO;
	*word = hifn_rng_fetch(hd);
	if (READ_ONCE(hd->gone))
		return -ENODEV;
	health = hifn_health_word(&rng->health, *word);
	return health == HIFN_HEALTH_GOOD ? 0 : hifn_rng_reject(hd, health);
}

/* ---- start and stop, as parts of those of the card ---- */

static bool hifn_rng_reset(struct hifn_dev *hd)
{
	unsigned int ms;

	hifn_wr1(hd, HIFN_1_PUB_RESET,
		 hifn_rd1(hd, HIFN_1_PUB_RESET) | HIFN_PUBRST_RESET);
	hifn_rd1(hd, HIFN_1_PUB_RESET);	/* the time begins when it has come there */
	for (ms = 0; ms < HIFN_PUBRESET_MAX_MS && !READ_ONCE(hd->gone); ms++) {
		usleep_range(1000, 1500);
		if (!(hifn_rd1(hd, HIFN_1_PUB_RESET) & HIFN_PUBRST_RESET))
			return true;
	}
	if (!READ_ONCE(hd->gone))
		pci_warn(hd->pdev, "%s: the public-key unit stays in reset after %u ms: no random numbers from this card; power-cycle the machine\n",
			 hd->name, HIFN_PUBRESET_MAX_MS);
	return false;
}

static void hifn_rng_startup(struct hifn_dev *hd)
{
	u8 bits[HIFN_HEALTH_LINEAR_WORDS];
	unsigned int i;
	u32 word;

	hifn_rng_fetch(hd);	/* the first is none, 2.3 */
	for (i = 0; i < HIFN_HEALTH_STARTUP_WORDS; i++) {
		if (hifn_rng_word(hd, &word))
			return;
		bits[i % ARRAY_SIZE(bits)] = word & 1;
	}
	if (hifn_health_linear(bits, ARRAY_SIZE(bits)) <= HIFN_HEALTH_LINEAR_MAX)
		hifn_rng_reject(hd, HIFN_HEALTH_LINEAR);
}

/* The start-up test, when the generator has had its time. 0; -EAGAIN: it has not yet. */
static int hifn_rng_warm(struct hifn_dev *hd)
{
	struct hifn_rng *rng = &hd->rng;

	lockdep_assert_held(&rng->lock);
	if (!rng->on || rng->tested)
		return 0;
	if (ktime_get_ns() < rng->warm_ns)
		return -EAGAIN;
	rng->tested = true;
	hifn_rng_startup(hd);
	return 0;
}

/* Enabled after its reset, docs/reference/hifn795x.md 6.6. The card works without it. */
void hifn_rng_start(struct hifn_dev *hd)
{
	struct hifn_rng *rng = &hd->rng;

	mutex_lock(&rng->lock);
	if (!rng->failed && hifn_rng_reset(hd)) {
		hifn_wr1(hd, HIFN_1_RNG_CONFIG,
			 hifn_rd1(hd, HIFN_1_RNG_CONFIG) | HIFN_RNGCFG_ENA);
		hifn_health_init(&rng->health);
		rng->due_ns = ktime_get_ns() + hifn_rng_gap_ns(hd);
		rng->warm_ns = ktime_get_ns() + HIFN_RNG_WARM_MS * NSEC_PER_MSEC;
		rng->tested = false;
		rng->on = true;
	}
	mutex_unlock(&rng->lock);
}

/* When this returns nobody reads the generator, nor will before the next start. */
void hifn_rng_stop(struct hifn_dev *hd)
{
	mutex_lock(&hd->rng.lock);
	hd->rng.on = false;
	mutex_unlock(&hd->rng.lock);
}

/* ---- reading ---- */

/* All of it or, without waiting, what is there; an error gives nothing away. */
static int hifn_rng_fill(struct hifn_dev *hd, u8 *to, size_t max, bool wait)
{
	size_t done = 0;
	int err = hifn_rng_warm(hd);

	if (err)
		return err;
	while (done < max && (wait || !hifn_rng_early_ns(hd))) {
		size_t n = min(max - done, sizeof(u32));
		u32 word;

		err = hifn_rng_word(hd, &word);
		if (err)
			return err;
		memcpy(to + done, &word, n);
		done += n;
		hd->rng.words++;
	}
	return done;
}

static int hifn_rng_try(struct hifn_dev *hd, void *to, size_t max, bool wait)
{
	int ret;

	if (wait)
		mutex_lock(&hd->rng.lock);
	else if (!mutex_trylock(&hd->rng.lock))
		return -EAGAIN;
	ret = hifn_rng_fill(hd, to, max, wait);
	mutex_unlock(&hd->rng.lock);
	return ret;
}

/* hwrng.read: process context, one reader at a time. */
static int hifn_rng_read(struct hwrng *hwrng, void *to, size_t max, bool wait)
{
	struct hifn_dev *hd = container_of(hwrng, struct hifn_dev, rng.hwrng);
	unsigned int i;

	for (i = 0; i < HIFN_RNG_RETRIES; i++) {
		int ret = hifn_rng_try(hd, to, max, wait);

		if (ret != -EAGAIN)
			return ret;
		/* true when hwrng_unregister() is waiting for us */
		if (!wait || hwrng_msleep(hwrng, HIFN_RNG_RETRY_MS))
			return 0;
	}
	return -EIO;
}

void hifn_rng_init(struct hifn_dev *hd)
{
	struct hifn_rng *rng = &hd->rng;

	mutex_init(&rng->lock);
	snprintf(rng->name, sizeof(rng->name), "%s-rng", hd->name);
	rng->hwrng.name = rng->name;
	rng->hwrng.read = hifn_rng_read;
	rng->hwrng.quality = HIFN_RNG_QUALITY;
}

static bool hifn_rng_usable(struct hifn_dev *hd)
{
	bool usable;

	if (READ_ONCE(hd->rng.on))
		msleep(HIFN_RNG_WARM_MS + 1);
	mutex_lock(&hd->rng.lock);
	hifn_rng_warm(hd);
	usable = hd->rng.on && !hd->rng.failed;
	mutex_unlock(&hd->rng.lock);
	return usable;
}

/*
 * The card is of use without. One that failed its start, which has said so, must
 * not keep hwrng from another source. hwrng may read before this returns.
 */
void hifn_rng_add(struct hifn_dev *hd)
{
	int err;

	if (!hifn_rng_usable(hd))
		return;
	err = hwrng_register(&hd->rng.hwrng);
	if (err)
		pci_warn(hd->pdev, "%s: %s cannot be registered (%d): no random numbers from this card\n",
			 hd->name, hd->rng.name, err);
	hd->rng.registered = !err;
}

/* First thing of a removal: waits for the reader, who may wait for a reset. */
void hifn_rng_del(struct hifn_dev *hd)
{
	if (hd->rng.registered)
		hwrng_unregister(&hd->rng.hwrng);
}
