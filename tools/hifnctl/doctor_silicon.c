// SPDX-License-Identifier: BSD-2-Clause
/*
 * Doctor: a chip that is not as modelled. What a card's directory says of a failed bring-up, or of
 * algorithms that were lost, is looked up by how the knobs of the virtual card's silicon show
 * (docs/reference/vcard.md, "Knobs"): each is a guess that may be wrong on a real chip. ci/judges/knobs.py
 * has each knob named here once.
 */
#include <string.h>

#include "doctor_silicon.h"

/* The first that fits. What is "" is not looked at. */
static const struct sign {
	struct silicon_remedy remedy;
	const char *step;	/* of the failure */
	const char *says;	/* in the reason, or in what the self-test found */
	const char *lost;	/* an algorithm */
} signs[] = {
	{ { "power-level reset-level",
	    "power-cycle the machine; if in vain it is a card for DES and hashes alone" },
	  "", "level is 0x1000", "" },
	{ { "unlock-twice", "power-cycle the machine, and load the driver once" },
	  "", "stay locked", "" },
	{ { "dest-write", "it writes further than it was told, no setting helps: hifnctl report" },
	  "selftest", "bytes after the output overwritten", "" },
	{ { "crystal parity",
	    "load with pll=pci66, then with the MHz on its crystal, pll=ext20 to ext100; try another slot" },
	  "selftest", "wrong output", "" },
	{ { "context", "its jobs disturb one another: load with slots=1" },
	  "", "", "cbc(aes)" },
	{ { "mac-place",
	    "its MACs are elsewhere: ciphers alone are its work, ESP and hashes are the CPU's" },
	  "", "wrong MAC", "authenc(hmac(sha1),cbc(aes))" },
	{ { "full-mac hash",
	    "it does no hash alone, or a short one: the CPU does; ESP with an ICV of 96 bits is its work" },
	  "", "", "sha1" },
	{ { "feedback",
	    "its CFB and OFB are others: the CPU does them, and hardly anybody asks for them" },
	  "", "", "cfb(aes)" },
};

/*
 * Knobs that cost the card nothing: bad-command count-bits source-read level reset-pll unit-bit bar2
 * all-ones residual odd-count short-count ring-return interrupt intx-bit write-ram rng reset-rng rings.
 */

static bool fits(const struct sign *sign, const struct card *card)
{
	if (*sign->step && (strcmp(card->state, "failed") || strcmp(card->step, sign->step)))
		return false;
	if (*sign->says && !strstr(card->reason, sign->says) && !strstr(card->finding, sign->says))
		return false;
	return !*sign->lost || has_word(card->lost, sign->lost);
}

const struct silicon_remedy *silicon_remedy(const struct card *card)
{
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (fits(&signs[i], card))
			return &signs[i].remedy;
	return NULL;
}
