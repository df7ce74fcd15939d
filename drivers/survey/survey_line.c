// SPDX-License-Identifier: GPL-2.0
/* C6: R_DONE and the interrupt line. */
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/jiffies.h>

#include "survey.h"

#define STORM		4	/* interrupts after which IER is closed */
#define LINE_MS		300	/* that one may take */
#define RESULTS		64

/* ---- does R_DONE come, and when? ---- */

struct told {
	unsigned int never;
	unsigned int early;
};

/* Read back: a write that is under way yet would clear the next one's. */
static void forget_done(struct survey *s)
{
	survey_wr1(s, HIFN_1_DMA_CSR, HIFN_DMACSR_R_DONE);
	survey_rd1(s, HIFN_1_DMA_CSR);
}

/* R_DONE or VALID, whichever is seen first. */
static int watch_done(struct survey *s, struct told *t)
{
	unsigned long limit = jiffies + 5 * HZ;
	bool done = false;

	while (!hifn_rings_ready(&s->rings)) {
		if (!done && (survey_rd1(s, HIFN_1_DMA_CSR) & HIFN_DMACSR_R_DONE)) {
			done = true;
			if (!hifn_rings_ready(&s->rings))
				t->early++;
		}
		if (s->gone || time_after(jiffies, limit))
			return s->gone ? -ENODEV : -ETIMEDOUT;
		cpu_relax();
	}
	usleep_range(100, 200);
	if (!(survey_rd1(s, HIFN_1_DMA_CSR) & HIFN_DMACSR_R_DONE))
		t->never++;
	forget_done(s);
	return survey_wait(s, 1);
}

static int ask_done(struct survey *s, struct told *t)
{
	const struct survey_vector *v = &survey_vector[SURVEY_AES128_CBC];
	const struct survey_io io = {
		.src_page = SURVEY_P_SRC, .src_bytes = SURVEY_TEXT_BYTES,
		.dst_bytes = SURVEY_TEXT_BYTES,
	};
	struct hifn_op op;
	unsigned int i;
	int bytes, err = 0;

	survey_op(&op, v, SURVEY_TEXT_BYTES);
	bytes = hifn_cmd_encode(&op, survey_cmd(s, 0), SURVEY_CMD_STRIDE);
	forget_done(s);
	for (i = 0; !err && i < RESULTS; i++)
		err = survey_post(s, 0, bytes, &io) ?: watch_done(s, t);
	return err;
}

/* ---- level or edge? ---- */

struct line {
	struct survey *s;
	unsigned int came;
};

/* Not traced, and nothing is acknowledged: a level comes again, until it is closed. */
static irqreturn_t line_handler(int irq, void *data)
{
	struct line *line = data;
	u32 csr = ioread32(line->s->bar1 + HIFN_1_DMA_CSR);
	u32 ier = ioread32(line->s->bar1 + HIFN_1_DMA_IER);

	if (csr == ~0U || !(csr & ier & HIFN_DMACSR_STATUS_ALL))
		return IRQ_NONE;
	if (++line->came >= STORM)
		iowrite32(0, line->s->bar1 + HIFN_1_DMA_IER);
	return IRQ_HANDLED;
}

/*
 * A bit that has been set for long gets enabled: a level tells of it, an edge does not. C_WAIT is
 * set whenever there is no command.
 */
static int ask_line(struct survey *s, unsigned int *came)
{
	struct line line = { .s = s };
	int err;

	pci_intx(s->pdev, 1);	/* whoever had the card before may have closed it */
	err = request_irq(s->pdev->irq, line_handler, IRQF_SHARED, "hifn_survey", &line);

	if (err) {
		survey_answer(s, "interrupt %d cannot be had: %d", s->pdev->irq, err);
		return err;
	}
	if (survey_rd1(s, HIFN_1_DMA_CSR) & HIFN_DMACSR_C_WAIT) {
		survey_wr1(s, HIFN_1_DMA_IER, HIFN_DMACSR_C_WAIT);
		msleep(LINE_MS);
	} else {
		survey_evidence(s, "C_WAIT is not set although there is no command");
	}
	survey_wr1(s, HIFN_1_DMA_IER, 0);
	survey_rd1(s, HIFN_1_DMA_IER);
	free_irq(s->pdev->irq, &line);
	*came = line.came;
	return 0;
}

int survey_c6(struct survey *s)
{
	struct told t = {};
	unsigned int came = 0;
	int err;

	survey_put_source(s, survey_text, 0, SURVEY_TEXT_BYTES);
	err = ask_done(s, &t) ?: ask_line(s, &came);
	if (err)
		return err;
	survey_answer(s, "%u results: %u without R_DONE, %u behind it", RESULTS, t.never, t.early);
	survey_answer(s, "C_WAIT, enabled when it is set: %u interrupts", came);
	if (t.never)
		survey_model(s, "interrupt", "misses");
	else if (t.early)
		survey_model(s, "interrupt", "early");
	else
		survey_model(s, "interrupt", came ? "level" : "edge");
	return 0;
}
