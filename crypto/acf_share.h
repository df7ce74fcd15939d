/* SPDX-License-Identifier: GPL-2.0 */
/* What waits for engines and what each class has had of them: for debugfs, and for acf's tests. */
#ifndef ACF_SHARE_H
#define ACF_SHARE_H

#include "acf.h"

/* What one class has had of the engines. */
struct acf_share {
	u64 served;			/* cost in ns, raised when the line fills again */
	u64 jobs;			/* given to the driver */
	u64 bytes;			/* of these */
	u64 cost;			/* of these, in estimated ns */
	u64 longest;			/* of them */
	s64 behind;			/* see acf_queue_charge() */
};

/* Jobs of a class that wait for an engine. Any context, a moment's truth. */
unsigned int acf_queued(enum acf_class class);
/* Takes the queue's lock: any context but hard interrupt. */
void acf_share(enum acf_class class, struct acf_share *share);

#endif
