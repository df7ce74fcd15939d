// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupt mitigation, decided at publication.
 *
 * A job that has the card for itself, or shares it with one other, interrupts when it is
 * done: nobody waits for more to come. Of many in flight every one does that ends a half of
 * them: the card has the other half to go on with while the first one is called back.
 *
 * What counts as half is half of the most that were in flight lately, not half of those
 * that are at this moment: right after a batch was taken from the rings few are, and the
 * marks would come too close for the depth that the submitters keep up. Half of many large
 * jobs is a long time: then fewer. And never more than are taken from the rings in one go: a
 * submitter who computes meanwhile would take the card for dry, give it all he has, and have
 * nothing left to compute.
 */
#include "hifn_mark.h"

void hifn_mark_init(struct hifn_mark *m)
{
	m->marked = 0;
	m->behind = 0;
	m->most = 0;
	m->most_before = 0;
}

static bool mark_wanted(const struct hifn_mark *m, u16 in_flight, u64 job_ns)
{
	u16 most = max(m->most, m->most_before);
	u16 next = m->behind + 1;

	return in_flight < 2 || !m->marked || 2 * next >= most || next >= HIFN_MARK_MOST ||
	       next * job_ns >= HIFN_MARK_MAX_NS;
}

bool hifn_mark_next(struct hifn_mark *m, u16 in_flight, u64 job_ns)
{
	bool mark;

	m->most = max(m->most, (u16)(in_flight + 1));
	mark = mark_wanted(m, in_flight, job_ns);
	m->behind++;
	if (!mark)
		return false;
	m->most_before = m->most;
	m->most = in_flight + 1;
	m->behind = 0;
	m->marked++;
	return true;
}

void hifn_mark_done(struct hifn_mark *m, bool was_marked)
{
	m->marked -= was_marked;
}
