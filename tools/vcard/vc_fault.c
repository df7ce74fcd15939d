// SPDX-License-Identifier: BSD-2-Clause
/*
 * Faults on request: what goes wrong, and at which command.
 */
#include <stdlib.h>

#include "vc_int.h"

#define DELAY_MAX_US	10000000

const char *vcard_fault_help(void)
{
	return "slow:US          every command takes US microseconds longer\n"
	       "late:US          every command is taken up only US microseconds after the\n"
	       "                 card has seen it\n"
	       "stuck:K          the K-th command from now and all later ones never\n"
	       "                 complete, until a master reset\n"
	       "lost-irq:K       the K-th result from now raises no DONE\n"
	       "no-result:K      the K-th result from now: VALID cleared, buffer not written\n"
	       "abort:K          the K-th command from now ends in a master abort\n"
	       "corrupt:ALG      one output bit of every ALG command is wrong\n"
	       "                 (ALG as in the counters: aes-cbc, des3-ecb, hmac-sha1 ...)\n"
	       "rng-stuck        the random number stays what it is\n"
	       "pub-stuck        the public-key unit never comes out of its reset\n"
	       "locked           the chip is locked and unlocking never succeeds\n"
	       "no-irq           the interrupt line stays down, whatever the registers say\n"
	       "gone             the card has left the bus: all reads give ones\n";
}

/* One-shot: true once, for the command the fault was set for. */
bool vc_fault_due(uint64_t *at, uint64_t number)
{
	if (!*at || number < *at)
		return false;
	*at = 0;
	return true;
}

static const char *fault_number(struct vcard *vc, uint64_t *at, uint64_t k)
{
	if (!k)
		return "commands are counted from 1";
	*at = vc->started + k;
	return NULL;
}

static const char *fault_delay(uint64_t *ns, uint64_t us)
{
	if (us > DELAY_MAX_US)
		return "a delay is at most 10000000 us";
	*ns = us * 1000;
	return NULL;
}

static const char *fault_corrupt(struct vcard *vc, const char *alg)
{
	for (int i = 0; i < VC_OPS; i++) {
		if (i >= VC_OP_CTXREAD && (i < VC_OP_SHA1 || i > VC_OP_HMAC_MD5))
			continue;
		if (!strcmp(alg, vc_op_names[i])) {
			vc->fault.corrupt[i] = true;
			return NULL;
		}
	}
	return "corrupt: unknown algorithm";
}

static const char *fault_with_number(struct vcard *vc, const char *name, uint64_t k)
{
	if (!strcmp(name, "stuck"))
		return fault_number(vc, &vc->fault.stuck_at, k);
	if (!strcmp(name, "lost-irq"))
		return fault_number(vc, &vc->fault.lost_irq_at, k);
	if (!strcmp(name, "no-result"))
		return fault_number(vc, &vc->fault.no_result_at, k);
	if (!strcmp(name, "abort"))
		return fault_number(vc, &vc->fault.abort_at, k);
	if (!strcmp(name, "slow"))
		return fault_delay(&vc->fault.slow_ns, k);
	if (!strcmp(name, "late"))
		return fault_delay(&vc->fault.late_ns, k);
	return "unknown fault";
}

static const char *fault_plain(struct vcard *vc, const char *name)
{
	if (!strcmp(name, "locked")) {
		vc->fault.locked = true;
		vc->level = HIFN_LEVEL_0;
		return NULL;
	}
	if (!strcmp(name, "rng-stuck")) {
		vc->fault.rng_stuck = true;
		return NULL;
	}
	if (!strcmp(name, "pub-stuck")) {
		vc->fault.pub_stuck = true;
		return NULL;
	}
	if (!strcmp(name, "no-irq")) {
		vc->fault.no_irq = true;
		vc_irq_update(vc);
		return NULL;
	}
	if (!strcmp(name, "gone")) {
		vc->fault.gone = true;
		vc_irq_update(vc);
		return NULL;
	}
	return "unknown fault, or its number is missing";
}

const char *vcard_fault(struct vcard *vc, const char *spec)
{
	const char *arg = strchr(spec, ':');
	char name[16], *end;
	uint64_t k;

	if (!arg)
		return fault_plain(vc, spec);
	if ((size_t)(arg - spec) >= sizeof(name))
		return "unknown fault";
	memcpy(name, spec, arg - spec);
	name[arg - spec] = 0;
	arg++;
	if (!strcmp(name, "corrupt"))
		return fault_corrupt(vc, arg);
	errno = 0;
	k = strtoull(arg, &end, 10);
	if (errno || end == arg || *end || *arg < '0' || *arg > '9')
		return "the part after ':' is not a number";
	return fault_with_number(vc, name, k);
}

/* The stuck and the vanished card come back; a forced lock can be unlocked. */
void vcard_faults_clear(struct vcard *vc)
{
	memset(&vc->fault, 0, sizeof(vc->fault));
	if (vc->pu.state == VC_PU_STUCK)
		vc->pu.state = VC_PU_DELAY;
	vc_irq_update(vc);
}
