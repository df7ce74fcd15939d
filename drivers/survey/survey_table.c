// SPDX-License-Identifier: GPL-2.0
/*
 * The experiments, in the order they are made, and what is done about each: the card is started
 * by a DMA reset, its ciphers are unlocked if they were not yet, and it has to give a right
 * answer. Ids and questions: docs/owner.md and docs/reference/survey.md.
 */
#include <linux/jiffies.h>

#include "survey.h"

const struct survey_experiment survey_table[] = {
	{ "A1", "what does the card say of itself, as it was found?", "low", 10,
	  SURVEY_TOUCHES, survey_a1 },
	{ "B1", "what does a DMA reset change?", "low", 10, SURVEY_TOUCHES, survey_b1 },
	{ "B2", "what does a locked chip do with a cipher?", "medium", 30,
	  SURVEY_STARTS, survey_b2 },
	{ "B3", "does a full reset keep level, clock and random numbers?", "card locked", 30,
	  SURVEY_STARTS, survey_b3 },
	{ "C1", "what do the fields of a result mean?", "low", 30, SURVEY_STARTS, survey_c1 },
	{ "C2", "how much is written behind the end of a destination?", "medium", 30,
	  SURVEY_WORKS, survey_c2 },
	{ "C3", "where does a MAC lie, and is it whole?", "hang", 30, SURVEY_WORKS, survey_c3 },
	{ "C4", "how many commands with different keys may wait?", "low", 30,
	  SURVEY_WORKS, survey_c4 },
	{ "C5", "is all there when a result is, in very many commands?", "low", 60,
	  SURVEY_WORKS, survey_c5 },
	{ "C6", "how does it interrupt?", "interrupts without end, which are counted", 30,
	  SURVEY_WORKS, survey_c6 },
	{ "C7", "what becomes of more than 64 KiB?", "low", 30, SURVEY_WORKS, survey_c7 },
	{ "C8", "do sessions keep their keys?", "low", 30, SURVEY_WORKS, survey_c8 },
	{ "C9", "what are CFB and OFB?", "hang", 30, SURVEY_WORKS, survey_c9 },
	{ "C10", "is a destination count of no whole words taken?", "hang", 30,
	  SURVEY_WORKS, survey_c10 },
	{ "C11", "is a total below 4 bytes taken?", "hang", 30, SURVEY_WORKS, survey_c11 },
	{ "D1", "how quick is it, and how random?", "low", 60, SURVEY_WORKS, survey_d1 },
	{ "D2", "are rings of 511 entries gone through?", "hang", 30, SURVEY_WORKS, survey_d2 },
	{ "B4", "what is the external clock?", "hang of the public-key unit", 60,
	  SURVEY_WORKS, survey_b4 },
	{ "E1", "what does an undefined opcode do?", "freeze of the machine", 30,
	  SURVEY_WORKS, survey_e1 },
	{ "E2", "can the context RAM be written?", "freeze of the machine", 30,
	  SURVEY_WORKS, survey_e2 },
	{ "E3", "does unlocking an open chip lock it?", "freeze of the machine", 30,
	  SURVEY_WORKS, survey_e3 },
	{}
};

bool survey_is_danger(const struct survey_experiment *e)
{
	return e->id[0] == 'E';
}

/*
 * SERR# of the card is an NMI on many machines, and a reset of some: only with its own driver
 * off.
 */
static bool serr_armed(struct survey *s)
{
	u16 cmd = 0;

	pci_read_config_word(s->pdev, PCI_COMMAND, &cmd);
	return cmd & PCI_COMMAND_SERR;
}

static int refuse_danger(struct survey *s)
{
	if (serr_armed(s)) {
		pci_err(s->pdev, "SERR# is on, which may be an NMI: setpci -s %s COMMAND=0:100 takes it off\n",
			pci_name(s->pdev));
		return -EPERM;
	}
	if (s->endangered) {
		pci_err(s->pdev, "one experiment of group E for each power cycle\n");
		return -EALREADY;
	}
	s->endangered = true;
	return 0;
}

static int open_ciphers(struct survey *s)
{
	int err;

	if (s->open)
		return 0;
	if (!s->unlocked)
		survey_unlock(s);
	err = survey_ask(s, SURVEY_AES128_CBC);
	s->open = !err;
	return err;
}

/*
 * One right answer, or nothing that is asked of the card then is worth anything. What stood still
 * and is not cured by a DMA reset gets a full one, if that was seen to be harmless.
 */
static int make_work(struct survey *s)
{
	int err = open_ciphers(s) ?: survey_ask(s, SURVEY_AES128_CBC);

	if (err == -ETIMEDOUT && s->reset_harmless) {
		survey_evidence(s, "a DMA reset does not bring it back, a full one was tried");
		survey_reset(s, HIFN_DMACNFG_RESET_FULL);
		survey_sleep_ms(3);
		survey_start(s);
		survey_engines(s, true);
		err = survey_ask(s, SURVEY_AES128_CBC);
	}
	if (err == -ETIMEDOUT) {
		survey_hung(s);
		s->blocked = "it stands still, and no DMA reset brings it back";
		survey_answer(s, "not asked: %s", s->blocked);
	} else if (err == -EBADMSG) {
		survey_answer(s, "not asked: AES-128-CBC is wrong");
		survey_evidence_bytes(s, "got", survey_dst(s, 0), SURVEY_TEXT_BYTES);
	}
	return err;
}

/*
 * Its clock has been set since power-up, so that a driver or a survey before this one may have
 * unlocked it, whatever its level says; a second time may lock it.
 */
static void ask_if_open(struct survey *s)
{
	if (s->found.cold || s->open || s->unlocked)
		return;
	s->open = !survey_ask(s, SURVEY_AES128_CBC);
	if (s->open)
		return;
	survey_start(s);	/* it may stand still */
	survey_engines(s, true);
}

static int prepare(struct survey *s, const struct survey_experiment *e)
{
	if (e->needs == SURVEY_TOUCHES)
		return 0;
	survey_rings_init(s, SURVEY_RING);
	hifn_pll_parse("pci66", &s->pll);
	survey_start(s);
	survey_engines(s, true);
	ask_if_open(s);
	return e->needs == SURVEY_WORKS ? make_work(s) : 0;
}

static void judge_parity(struct survey *s)
{
	if (!s->parity)
		return;
	survey_evidence(s, "parity errors %u, of PCI_STATUS: those commands were run again",
			s->parity);
	survey_model(s, "parity", "told");
	s->parity = 0;
}

/*
 * 0: it has an answer, which may be that it cannot be had. -ENODEV: the card is gone; -ESHUTDOWN: a
 * power cycle first; others: it was not begun, the log says why.
 */
int survey_experiment_run(struct survey *s, const struct survey_experiment *e)
{
	int err;

	survey_text_clear(s);
	survey_trace_clear(s);
	if (s->blocked) {
		pci_err(s->pdev, "%s: power-cycle the machine, then go on\n", s->blocked);
		return -ESHUTDOWN;
	}
	err = survey_is_danger(e) ? refuse_danger(s) : 0;
	if (err)
		return err;
	s->deadline = jiffies + e->seconds * HZ;
	survey_look(s);
	err = prepare(s, e) ?: e->run(s);
	if (err == -ETIMEDOUT && !s->blocked)
		survey_hung(s);
	if (err && err != -ETIMEDOUT && err != -ENODEV && err != -EBADMSG)
		survey_answer(s, "not asked to its end: error %d", err);
	judge_parity(s);
	if (e->needs != SURVEY_TOUCHES)
		survey_quiesce(s);
	if (s->gone) {
		survey_answer(s, "the card is gone");
		return -ENODEV;
	}
	return s->blocked ? -ESHUTDOWN : 0;
}
