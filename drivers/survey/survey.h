/* SPDX-License-Identifier: GPL-2.0 */
/*
 * hifn_survey: what a card is like, asked of the card by fixed experiments; for its first owner,
 * and no other use. One experiment at a time, in the context of who writes to its file, under
 * survey.lock. Nothing that user space says reaches the card but the name of an experiment.
 *
 * Who calls whom: survey_files -> survey_table -> the experiments -> survey_job -> survey_hw ->
 * survey_text, survey_trace.
 */
#ifndef SURVEY_H
#define SURVEY_H

#include <linux/mutex.h>
#include <linux/pci.h>

#include "../hifn_cmd.h"
#include "../hifn_desc.h"
#include "../hifn_pll.h"
#include "../hifn_regs.h"
#include "../hifn_ring.h"
#include "survey_vectors.h"

#define SURVEY_PAGE_BYTES	4096	/* DMA memory is taken in such pieces */
#define SURVEY_SLOTS		128	/* commands in flight, at most */
#define SURVEY_RING_MAX		511	/* entries: a page with the jump */
#define SURVEY_RING		130	/* between what Linux's and what the BSDs' drivers had */
#define SURVEY_CMD_STRIDE	256	/* both divide a page */
#define SURVEY_RES_STRIDE	64
#define SURVEY_PAGES_OF(stride)	(SURVEY_SLOTS * (stride) / SURVEY_PAGE_BYTES)

/* Pages of DMA memory, by what lies in them. */
#define SURVEY_P_RINGS		0	/* four: command, source, destination, result */
#define SURVEY_P_CMD		4
#define SURVEY_P_RES		(SURVEY_P_CMD + SURVEY_PAGES_OF(SURVEY_CMD_STRIDE))
#define SURVEY_P_SRC		(SURVEY_P_RES + SURVEY_PAGES_OF(SURVEY_RES_STRIDE))
#define SURVEY_P_SAME		(SURVEY_P_SRC + 1)	/* the text's first block, all over */
#define SURVEY_P_DST		(SURVEY_P_SAME + 1)
#define SURVEY_DST_PAGES	18
#define SURVEY_PAGES		(SURVEY_P_DST + SURVEY_DST_PAGES)

static_assert(SURVEY_CMD_STRIDE >= HIFN_OP_CMD_MAX_BYTES &&
	      SURVEY_RES_STRIDE >= HIFN_MAX_RESULT_BYTES, "a slot holds any command and result");

#define SURVEY_TEXT		4096	/* of what an experiment says */
#define SURVEY_EVENTS		2048	/* of the trace: the last ones */

struct survey_page {
	void *at;
	dma_addr_t bus;
};

struct survey_event;

struct survey_trace {
	struct survey_event *event;	/* SURVEY_EVENTS of them */
	unsigned int nr;		/* that happened */
	unsigned int told;		/* that were read */
};

/* What the card was like when nobody had touched it yet, as far as that can be told. */
struct survey_found {
	bool looked;
	u16 level;
	u32 pll;
	bool cold;		/* its clock had not been set since power-up */
};

struct survey {
	struct pci_dev *pdev;
	void __iomem *bar0;
	void __iomem *bar1;
	struct mutex lock;	/* everything below */
	struct dma_pool *pool;
	struct survey_page page[SURVEY_PAGES];
	struct hifn_chain chain[SURVEY_RING_MAX];
	struct hifn_rings rings;
	struct hifn_pll pll;
	struct survey_found found;
	const char *blocked;	/* why nothing more can be asked before a power cycle, or NULL */
	bool gone;		/* it answers no more */
	bool open;		/* its ciphers were seen to work, or its level says so */
	bool unlocked;		/* by us: once per power-up */
	bool reset_harmless;	/* a full reset was tried, and locked nothing */
	bool endangered;	/* one of group E has been run */
	unsigned int parity;	/* commands that were run again after a parity error */
	unsigned long deadline;	/* jiffies: of the experiment that runs */
	struct survey_trace trace;
	char *text;		/* SURVEY_TEXT bytes: what the last experiment said */
	size_t text_bytes;
};

/* ---- survey_text.c: one line each ---- */
void survey_text_clear(struct survey *s);
void survey_answer(struct survey *s, const char *format, ...) __printf(2, 3);
void survey_evidence(struct survey *s, const char *format, ...) __printf(2, 3);
void survey_evidence_bytes(struct survey *s, const char *what, const u8 *bytes, u32 n);
/* In the words of vcard's knobs, docs/reference/vcard.md. */
void survey_model(struct survey *s, const char *knob, const char *value);

/* ---- survey_trace.c: in vcard's grammar ---- */
int survey_trace_init(struct survey *s);
void survey_trace_free(struct survey *s);
void survey_trace_clear(struct survey *s);
void survey_trace_reg(struct survey *s, bool write, u8 bar, u16 reg, u32 val);
void survey_trace_command(struct survey *s, const u8 *cmd);
void survey_trace_result(struct survey *s, u32 bytes);
ssize_t survey_trace_next(struct survey *s, char *buf);

/* ---- survey_hw.c: registers and the sequences of docs/reference/hifn795x.md, chapter 6 ---- */
u32 survey_rd0(struct survey *s, u32 reg);
u32 survey_rd1(struct survey *s, u32 reg);
void survey_wr0(struct survey *s, u32 reg, u32 val);
void survey_wr1(struct survey *s, u32 reg, u32 val);
void survey_sleep_ms(unsigned int ms);
bool survey_answers(struct survey *s);
u32 survey_chip(struct survey *s);
u16 survey_level(struct survey *s);
void survey_look(struct survey *s);
void survey_reset_begin(struct survey *s, u32 kind);
void survey_reset_end(struct survey *s);
void survey_reset(struct survey *s, u32 kind);
bool survey_release(struct survey *s);
void survey_start(struct survey *s);
void survey_unlock(struct survey *s);
void survey_set_pll(struct survey *s, const struct hifn_pll *pll);
void survey_engines(struct survey *s, bool on);
void survey_quiesce(struct survey *s);
u16 survey_pci_errors(struct survey *s);

/* ---- survey_job.c: commands ---- */
int survey_memory_alloc(struct survey *s);
void survey_memory_free(struct survey *s);
void survey_rings_init(struct survey *s, u16 nr);
/* Destination memory of an experiment: dst(off) and what follows in the same page. */
u8 *survey_dst(struct survey *s, u32 off);
void survey_dst_preset(struct survey *s);
bool survey_dst_is(struct survey *s, u32 off, const u8 *want, u32 bytes);
bool survey_dst_untouched(struct survey *s, u32 off, u32 bytes);
u8 *survey_cmd(struct survey *s, u16 slot);
u8 *survey_res(struct survey *s, u16 slot);

/* Where a command takes its source from and puts its output. */
struct survey_io {
	u8 src_page;		/* SURVEY_P_SRC, or SURVEY_P_SAME: as often as needed */
	u32 src_off;
	u32 src_bytes;
	u32 dst_off;
	u32 dst_bytes;		/* of the descriptors */
};

void survey_put_source(struct survey *s, const u8 *bytes, u32 off, u32 n);
int survey_post(struct survey *s, u16 slot, u32 cmd_bytes, const struct survey_io *io);
int survey_wait(struct survey *s, unsigned int nr);
/* All of op, alone, in slot 0; the engines are on. Again after a parity error. */
int survey_run(struct survey *s, const struct hifn_op *op, const struct survey_io *io);
/* The same for a command that somebody has written to slot 0. */
int survey_run_raw(struct survey *s, u32 cmd_bytes, const struct survey_io *io);
void survey_op(struct hifn_op *op, const struct survey_vector *v, u32 bytes);
/* One vector, alone, compared; -EBADMSG: it is wrong. */
int survey_ask(struct survey *s, enum survey_vector_id id);
void survey_hung(struct survey *s);

/* ---- the experiments ---- */
enum survey_needs {
	SURVEY_TOUCHES,		/* nothing: the card as it is */
	SURVEY_STARTS,		/* a card that was started, and may be locked */
	SURVEY_WORKS,		/* one that gives right answers */
};

struct survey_experiment {
	const char *id;
	const char *question;
	const char *risk;	/* the worst that is thought possible */
	unsigned int seconds;	/* at most */
	enum survey_needs needs;
	int (*run)(struct survey *s);	/* negative: no more of it, and what was found is told */
};

extern const struct survey_experiment survey_table[];	/* ends with an id of NULL */
bool survey_is_danger(const struct survey_experiment *e);
int survey_experiment_run(struct survey *s, const struct survey_experiment *e);

int survey_a1(struct survey *s);
int survey_b1(struct survey *s);
int survey_b2(struct survey *s);
int survey_b3(struct survey *s);
int survey_b4(struct survey *s);
int survey_c1(struct survey *s);
int survey_c2(struct survey *s);
int survey_c3(struct survey *s);
int survey_c4(struct survey *s);
int survey_c5(struct survey *s);
int survey_c6(struct survey *s);
int survey_c7(struct survey *s);
int survey_c8(struct survey *s);
int survey_c9(struct survey *s);
int survey_c10(struct survey *s);
int survey_c11(struct survey *s);
int survey_d1(struct survey *s);
int survey_d2(struct survey *s);
int survey_e1(struct survey *s);
int survey_e2(struct survey *s);
int survey_e3(struct survey *s);

/* ---- survey_files.c ---- */
extern const struct attribute_group *survey_groups[];

#endif
