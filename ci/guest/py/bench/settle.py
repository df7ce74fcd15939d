# SPDX-License-Identifier: BSD-2-Clause
"""When a split of work was right again after a card had become another one, from the log of all
completions that acf_bench writes down: job by job, since the card does 180 in 20 ms."""

import statistics
import struct

WINDOW = 1000    # jobs whose rate is looked at
NEAR = 0.95      # of what it comes to in the end


def completions(log):
    """[(ns, whether a card did it)], in their order."""
    return [(word >> 1, not word & 1) for word, in struct.iter_unpack("=Q", log)]


def rate(jobs, first):
    """Jobs per ns of the next WINDOW."""
    return WINDOW / max(1, jobs[first + WINDOW][0] - jobs[first][0])


def settled(jobs, changed_ns):
    """The card's own jobs, and ms, from the change on until the next WINDOW jobs are done at a rate
    within 5 % of the end's, which is the median of the last third's windows. None where the log
    is too short to tell."""
    began = next((i for i, (ns, _) in enumerate(jobs) if ns >= changed_ns), len(jobs))
    last = len(jobs) - WINDOW
    tail = range(last - (last - began) // 3, last, WINDOW // 2)
    if began >= last or len(tail) < 2:
        return None
    best = statistics.median(rate(jobs, i) for i in tail)
    own = 0
    for i in range(began, last):
        if rate(jobs, i) >= NEAR * best:
            return {"jobs": own, "ms": (jobs[i][0] - changed_ns) / 1e6, "jobs_per_s": best * 1e9,
                    "share": statistics.mean(by_card for _, by_card in jobs[last:])}
        own += jobs[i][1]
    return None
