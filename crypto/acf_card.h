/* SPDX-License-Identifier: GPL-2.0 */
/* What acf_card.c remembers of a card and acf_card_sysfs.c shows. */
#ifndef ACF_CARD_H
#define ACF_CARD_H

#include <linux/device.h>
#include <linux/kref.h>
#include <linux/mutex.h>

#include "acf_internal.h"

#define ACF_CARD_RESETS		8	/* of which all is remembered */
#define ACF_CARD_REASONS	12	/* words for a reset; the last one is "other" */
#define ACF_CARD_WORD		16
#define ACF_CARD_REGISTERS	96
#define ACF_CARD_BYTES		16	/* of what a self-test wanted and got */

struct acf_totals {
	u64 jobs;
	u64 bytes;
	u64 failed;
	u64 wrong;
	u64 busy_ns;
	u64 depth_peak;
};

/* Times are boot time in ns; 0: never. */
struct acf_failure_note {
	u64 at_ns;
	char step[ACF_CARD_WORD];
	char why[160];
	char registers[ACF_CARD_REGISTERS];
};

struct acf_finding_note {
	u64 at_ns;
	char what[192];
	u8 want[ACF_CARD_BYTES];
	u8 got[ACF_CARD_BYTES];
	u32 bytes;
};

struct acf_reset_note {
	u64 at_ns;
	char reason[ACF_CARD_WORD];
	char registers[ACF_CARD_REGISTERS];
	const struct acf_alg *alg;	/* of the oldest job, or NULL */
	u32 bytes;
};

struct acf_card {
	struct kref refs;
	struct device *dev;		/* the driver core's, held; NULL until it is there */
	struct list_head node;		/* (acf_cards_lock) */
	struct work_struct tell;
	struct mutex asking;		/* its engine does not go; outside of lock */
	struct mutex lock;		/* all below; offline is read without */
	struct acf_engine *engine;	/* while it is one of acf's */
	bool listed;			/* in sysfs */
	bool starting;
	bool failed;
	bool offline;			/* written with the lock of its parent as well */
	struct acf_totals before;	/* of engines that are gone */
	struct acf_failure_note failure;
	struct acf_finding_note finding;
	struct acf_reset_note reset[ACF_CARD_RESETS];
	unsigned int nr_resets;
	struct {
		char word[ACF_CARD_WORD];
		unsigned int times;
	} why_reset[ACF_CARD_REASONS];
	u64 tested_ns;
	struct acf_alg_set asked;
	struct acf_alg_set passed;
};

/* In a file's function: its card stays until it returns. */
static inline struct acf_card *to_acf_card(struct device *dev)
{
	return dev_get_drvdata(dev);
}

/* card->lock held. */
const char *acf_card_state(const struct acf_card *card);
void acf_card_sum(const struct acf_card *card, struct acf_totals *sum);

#endif
