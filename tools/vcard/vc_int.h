/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State of one virtual card, shared by the files of the library only.
 */
#ifndef VC_INT_H
#define VC_INT_H

#include <openssl/des.h>
#include <openssl/evp.h>

#include "../../drivers/hifn_desc.h"
#include "../../drivers/hifn_regs.h"
#include "vcard.h"

#define VC_DESC_COST	64	/* budget units of one descriptor */

/* Offsets are bytes; one slot per register. */
#define VC_REGS0	(0x100 / 4)	/* BAR0 answers up to here */
#define VC_REGS1	(HIFN_1_PUB_MEM / 4)

enum vc_ring_id { VC_C, VC_S, VC_D, VC_R, VC_RINGS };

struct vc_ring {
	uint32_t cur;		/* next descriptor to fetch */
	bool enabled;
	bool waiting;		/* the last fetch found VALID clear */
	bool halted;		/* after a master abort, until reset */
	bool stuck;		/* fault, until master reset */
	bool active;		/* a descriptor is held: */
	uint32_t at;		/*   its address */
	uint32_t flags;		/*   its first word */
	uint32_t addr;		/*   its buffer */
	uint32_t len;
	uint32_t off;		/*   bytes of it used */
};

enum vc_cipher_alg {
	VC_AES128, VC_AES192, VC_AES256, VC_DES, VC_3DES, VC_CIPHERS
};
enum vc_mode { VC_ECB, VC_CBC, VC_CFB, VC_OFB, VC_MODES };

/* One cipher run: set up by vc_cipher_start(), fed whole blocks. */
struct vc_cipher {
	EVP_CIPHER *evp[3][VC_MODES];		/* AES by key size */
	EVP_CIPHER_CTX *ctx[3][VC_MODES][2];	/* [encrypt] */
	DES_key_schedule ks[3];
	uint8_t iv[16];				/* DES chaining value */
	enum vc_cipher_alg alg;
	enum vc_mode mode;
	bool encrypt;
	unsigned int block;
};

struct vc_mac {
	EVP_MD *md[2];		/* SHA-1, MD5 */
	EVP_MD_CTX *ctx;
};

/* What can be counted per command; the names are in vc_count.c. */
enum vc_op {
	VC_OP_CIPHER,		/* + mode + 4 * (aes, des, des3) */
	VC_OP_CTXREAD = VC_OP_CIPHER + 12,
	VC_OP_CTXWRITE,
	VC_OP_SHA1,
	VC_OP_MD5,
	VC_OP_HMAC_SHA1,
	VC_OP_HMAC_MD5,
	VC_OP_COPY,		/* no engine selected */
	VC_OP_REFUSED,
	VC_OPS
};

enum vc_error {
	VC_ERR_REGISTER,	/* no such register, or wrong width */
	VC_ERR_VALUE,		/* register value against the rules */
	VC_ERR_UNLOCK,
	VC_ERR_ABORT,		/* bus address nobody answers */
	VC_ERR_COMMAND,
	VC_ERR_LOCKED,		/* command needs the unlocked chip */
	VC_ERR_ALIGN,
	VC_ERR_LENGTH,		/* processed length not whole blocks */
	VC_ERR_SOURCE,		/* source chain and count disagree */
	VC_ERR_DSTOVER,
	VC_ERR_RESOVER,
	VC_ERR_PROTOCOL,
	VC_ERRORS
};

/* The names are in vc_faultspec.c. */
enum vc_fault_id {
	VC_F_NONE,
	/* drawn for each command, pu.plan: */
	VC_F_COMMAND_FIRST,
	VC_F_SLOW = VC_F_COMMAND_FIRST,
	VC_F_STUCK,
	VC_F_STUCK_CMD, VC_F_STUCK_SRC, VC_F_STUCK_DST, VC_F_STUCK_RES,
	VC_F_ABORT, VC_F_ABORT_SRC, VC_F_ABORT_DST, VC_F_ABORT_RES,
	VC_F_LOST_IRQ, VC_F_LATE_IRQ, VC_F_SPURIOUS_IRQ,
	VC_F_NO_RESULT, VC_F_OVERRUN, VC_F_STARVED, VC_F_BAD_RESIDUAL,
	VC_F_NO_VALID_CMD, VC_F_NO_VALID_SRC, VC_F_NO_VALID_DST, VC_F_NO_VALID,
	VC_F_CORRUPT_AT, VC_F_CORRUPT_IN,
	VC_F_HOSTILE_LAST = VC_F_CORRUPT_IN,	/* a hostile card uses those so far */
	VC_F_GONE, VC_F_GONE_RESET,
	VC_F_COMMAND_LAST = VC_F_GONE_RESET,
	/* asked where they apply: */
	VC_F_LATE, VC_F_NO_IRQ, VC_F_CORRUPT,
	VC_F_SLOW_RESET, VC_F_BACK_LOCKED, VC_F_BACK_SEALED,
	VC_F_LOCKED, VC_F_PLL_STUCK, VC_F_RNG_STUCK, VC_F_PUB_STUCK, VC_F_HOSTILE,
	VC_F_SMALL_BARS,
	VC_FAULTS
};

enum vc_dma_kind { VC_DMA_DESC, VC_DMA_CMD, VC_DMA_DATA, VC_DMA_RESULT, VC_DMAS };

struct vc_counters {
	uint64_t reads[2][VC_REGS1];
	uint64_t writes[2][VC_REGS1];
	uint64_t pubmem_reads, pubmem_writes;
	uint64_t ctxram_reads, ctxram_writes;
	uint64_t config_reads, config_writes;
	uint64_t irq_raised;
	uint64_t irq_cause[32];	/* rises with this bit of CSR set and enabled */
	uint64_t dma_read[VC_DMAS], dma_write[VC_DMAS];
	uint64_t polls;		/* fetches of an invalid descriptor */
	uint64_t commands;
	uint64_t ops[VC_OPS];
	uint64_t errors[VC_ERRORS];
	uint64_t faults[VC_FAULTS];	/* hits */
	uint64_t resets;	/* by the bus, disconnects included: */
	uint64_t master_resets;	/*   that found the card bus master */
	uint64_t live_resets;	/*   and an engine enabled */
};

/* A decoded command, vc_cmd.c. */
struct vc_region {
	bool on;
	uint32_t skip;
	uint32_t count;
};

struct vc_command {
	unsigned int opcode;
	bool has_comp, has_mac, has_crypt;	/* as selected: shape of the result */
	bool refused;				/* copy through, CMDINVAL */
	uint32_t session;
	uint32_t source, dest;			/* total counts */
	struct vc_region crypt, mac;		/* on: the engine really runs */
	enum vc_cipher_alg alg;
	enum vc_mode mode;
	const uint8_t *key, *iv;		/* into the block; NULL: context */
	unsigned int key_bytes, iv_bytes;
	bool md5, hmac, trunc, mac_result, ipsec;
	const uint8_t *mac_key;
	uint32_t ctx_addr;
};

enum vc_pu_state {
	VC_PU_IDLE,	/* waits for a command descriptor */
	VC_PU_HOLD,	/* late fault: has seen it, does not act before pu.ready */
	VC_PU_SPURIOUS,	/* fault: waits for the host to look at a register */
	VC_PU_BLOCK,	/* reads the rest of the command chain */
	VC_PU_DELAY,	/* slow fault: nothing moves before pu.ready */
	VC_PU_DATA,
	VC_PU_DRAIN,	/* retires what is left of both chains */
	VC_PU_RESULT,
};

#define VC_BLOCK_MAX	512	/* command bytes kept; more are read and ignored */

struct vc_pu {
	enum vc_pu_state state;
	uint8_t block[VC_BLOCK_MAX];
	uint32_t block_len;
	struct vc_command cmd;
	uint64_t ready;

	uint32_t pos;		/* source bytes taken */
	uint32_t out_pos;	/* bytes produced */
	uint32_t dst_used;	/* destination capacity used up */
	uint32_t stored;	/* bytes written to memory */
	uint32_t ciphered;	/* bytes the cipher has processed */
	uint32_t maced;
	bool src_end, dst_end;	/* the chain's LAST descriptor was used up */
	bool dst_over;		/* LAST is full and output remains */
	bool dst_sink;		/* misaligned descriptor: its bytes are dropped */
	bool block_bad;		/* command buffer misaligned */
	bool skipped;		/* hostile: no data move, the result looks good */
	bool corrupt;		/* fault: flip one bit of the next output */
	bool data_err;
	uint8_t in[16];		/* block split between segments */
	unsigned int in_len;
	uint8_t out[16];	/* processed, not yet stored */
	unsigned int out_len, out_off;
	uint8_t ctx_data[8];	/* context RAM access */
	uint8_t digest[HIFN_SHA1_BYTES];
	uint8_t result[64];
	uint32_t result_len, result_off;
	uint64_t number;	/* of the command, since power-up */
	uint64_t plan;		/* faults still to strike at it, by enum vc_fault_id */
};

/* How one fault strikes, vc_fault.c. */
struct vc_fault {
	bool always;
	uint64_t left;		/* occasions until it strikes once; 0: it does not */
	uint64_t rate;		/* a chance of 1 in this; 0: none */
	uint64_t ns;		/* its time, for those that have one */
};

#define VC_HOSTILE_LOG		64
#define VC_HOSTILE_LINE		72
#define VC_HOSTILE_SEGS		64
#define VC_HOSTILE_RESULTS	64

struct vc_extent {
	uint32_t addr;
	uint32_t len;
};

/* The hostile card, vc_hostile.c. */
struct vc_hostile {
	uint64_t seed, rate;
	uint64_t command, between;	/* generators */
	uint64_t number;		/* of the command, since it turned hostile */
	unsigned int act;		/* on the command at hand */
	struct vc_extent segs[VC_HOSTILE_SEGS];	/* its destination */
	uint32_t nr_segs;
	struct vc_extent results[VC_HOSTILE_RESULTS];	/* the latest buffers */
	uint32_t nr_results;		/* of all; the ring is overwritten */
	bool early;			/* VALID of the result at early_at is cleared, */
	uint32_t early_at;		/*   though the command is still to come */
	uint64_t back;			/* when an absence ends */
	uint64_t activity;		/* seen at the last step */
	uint64_t acts;
	char log[VC_HOSTILE_LOG][VC_HOSTILE_LINE];	/* the latest */
};

struct vc_offers;

struct vcard {
	struct vcard_ops ops;
	void *opaque;
	struct vcard_config cfg;
	FILE *trace;

	uint32_t reg0[VC_REGS0];
	uint32_t reg1[VC_REGS1];
	uint32_t pubmem[HIFN_PUB_MEM_BYTES / 4];
	uint8_t ctxram[HIFN_CTXRAM_BYTES];
	uint8_t config[VCARD_CONFIG_BYTES];

	bool pu_resetting;	/* PUCTRL bit 0, 2.1.2 */
	uint64_t pu_reset_end;
	bool engine_level;	/* PUISR & PUIER at the last look */
	bool pubdone_level;
	bool irq_level;

	uint16_t level;		/* unlock level */
	uint32_t unlock_state;	/* LFSR; 0: no sequence begun */
	unsigned int unlock_good;
	bool unlock_dead;	/* strict: until PCI reset */

	uint64_t rng_state;
	uint64_t rng_next;	/* time of the next word */
	bool rng_first;		/* next word is to be thrown away */
	uint32_t rng_word;
	uint64_t pub_reset_end;

	struct vc_ring ring[VC_RINGS];
	struct vc_pu pu;
	struct vc_cipher cipher;
	struct vc_mac mac;
	struct vc_fault fault[VC_FAULTS];
	bool armed;		/* some fault was set since all were cleared */
	bool corrupt[VC_OPS];	/* fault, by algorithm */
	uint64_t fault_rng;
	enum vc_fault_id gone;	/* why; 0: the card is there */
	bool pu_stuck;		/* until master reset */
	bool spurious;		/* the line is up for nothing */
	bool muted;		/* the line should be up and is not */
	bool sealed;		/* cannot be unlocked */
	bool pll_lost;
	uint64_t slow_reset_end;
	struct vc_hostile hostile;
	struct vc_offers *offers;	/* kept once the card was hostile; or NULL */
	uint32_t late_bits;	/* of CSR, to be raised at late_at */
	uint64_t late_at;
	struct vc_counters count;
	struct vcard_bus bus;
	uint64_t started;	/* commands begun since power-up */
	uint64_t activity;
	uint64_t logged[VC_ERRORS];
	int budget;
};

#define REG0(vc, off)	((vc)->reg0[(off) / 4])
#define REG1(vc, off)	((vc)->reg1[(off) / 4])

uint64_t vc_now(struct vcard *vc);
void vc_power_up(struct vcard *vc);
uint64_t vc_random(struct vcard *vc);
uint64_t vc_splitmix(uint64_t *state);

/* vc_log.c */
void vc_log(struct vcard *vc, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void vc_error(struct vcard *vc, enum vc_error kind, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void vc_trace(struct vcard *vc, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* The argument evaluation is the expensive part. */
#define VC_TRACE(vc, ...) \
	do { if ((vc)->trace) vc_trace(vc, __VA_ARGS__); } while (0)

/* vc_regs.c */
const char *vc_reg_name(unsigned int bar, unsigned int slot);
void vc_regs_reset(struct vcard *vc, bool power_up);

/* vc_pu.c: processing-unit registers */
uint32_t vc_puctrl_read(struct vcard *vc, uint32_t off);
void vc_puctrl_write(struct vcard *vc, uint32_t off, uint32_t val);
uint32_t vc_pustat_read(struct vcard *vc, uint32_t off);
void vc_puisr_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_puier_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_pu_reset_begin(struct vcard *vc);
void vc_pu_raise(struct vcard *vc, uint32_t bits);
bool vc_pu_running(struct vcard *vc);

/* vc_csr.c: DMA block registers */
void vc_base_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_csr_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_ier_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_cnfg_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_csr_raise(struct vcard *vc, uint32_t bits);
bool vc_irq_wanted(const struct vcard *vc);
void vc_irq_update(struct vcard *vc);

/* vc_pll.c, vc_unlock.c, vc_rng.c, vc_pub.c */
void vc_pll_write(struct vcard *vc, uint32_t off, uint32_t val);
bool vc_pk_stopped(const struct vcard *vc);
uint32_t vc_pk_clock_ns(struct vcard *vc, uint32_t clocks);
uint32_t vc_unlock_seed_read(struct vcard *vc, uint32_t off);
void vc_unlock_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_unlock_power_up(struct vcard *vc);
void vc_rng_config_write(struct vcard *vc, uint32_t off, uint32_t val);
uint32_t vc_rng_read(struct vcard *vc, uint32_t off);
uint32_t vc_pub_reset_read(struct vcard *vc, uint32_t off);
void vc_pub_reset_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_pub_status_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_pub_ien_write(struct vcard *vc, uint32_t off, uint32_t val);
void vc_pub_op_write(struct vcard *vc, uint32_t off, uint32_t val);

/* vc_config.c */
void vc_config_reset(struct vcard *vc);
bool vc_bus_master(const struct vcard *vc);
void vc_config_abort(struct vcard *vc);

/* vc_dma.c: false or NULL means master abort; the caller raises it */
void *vc_dma_ptr(struct vcard *vc, uint32_t addr, uint32_t *len, bool write);
bool vc_dma_read(struct vcard *vc, enum vc_dma_kind kind, uint32_t addr,
		 void *buf, uint32_t len);
bool vc_dma_write(struct vcard *vc, enum vc_dma_kind kind, uint32_t addr,
		  const void *buf, uint32_t len);
bool vc_dma_load32(struct vcard *vc, uint32_t addr, uint32_t *val);
bool vc_dma_store32(struct vcard *vc, uint32_t addr, uint32_t val);
bool vc_dma_swap32(struct vcard *vc, uint32_t addr, uint32_t from, uint32_t to);

/* vc_ring.c */
bool vc_ring_get(struct vcard *vc, enum vc_ring_id id);
bool vc_ring_retire(struct vcard *vc, enum vc_ring_id id, uint32_t set);
void vc_ring_abort(struct vcard *vc, enum vc_ring_id id, uint32_t addr);
void vc_ring_poll(struct vcard *vc);
void vc_rings_stop(struct vcard *vc);
unsigned int vc_rings_enabled(const struct vcard *vc);
char vc_ring_letter(enum vc_ring_id id);
extern const uint8_t vc_ring_shift[VC_RINGS];
extern const uint32_t vc_ring_base[VC_RINGS];

/* vc_cmd.c, vc_engine.c, vc_stream.c, vc_result.c, vc_ctx.c */
void vc_cmd_decode(struct vcard *vc, struct vc_command *cmd, const uint8_t *block,
		   uint32_t len);
bool vc_engine_run(struct vcard *vc);
uint64_t vc_engine_date(struct vcard *vc);
void vc_engine_drop(struct vcard *vc);
void vc_stream_start(struct vcard *vc);
bool vc_stream_run(struct vcard *vc);
bool vc_stream_drain(struct vcard *vc);
bool vc_ctx_access(struct vcard *vc);
void vc_ctx_load(struct vcard *vc, struct vc_command *cmd);
void vc_ctx_save_iv(struct vcard *vc, const struct vc_command *cmd,
		    const uint8_t *iv);
void vc_result_build(struct vcard *vc);
enum vc_op vc_op_of_cipher(const struct vc_command *cmd);
enum vc_op vc_op_of_mac(const struct vc_command *cmd);

/* vc_crypto.c, vc_mac.c */
bool vc_cipher_init(struct vcard *vc);
void vc_cipher_free(struct vcard *vc);
bool vc_cipher_start(struct vc_cipher *c, const struct vc_command *cmd, bool encrypt,
		     const uint8_t *key, const uint8_t *iv);
void vc_cipher_run(struct vc_cipher *c, const uint8_t *in, uint8_t *out,
		   unsigned int len);
void vc_cipher_iv(struct vc_cipher *c, uint8_t iv[16]);
bool vc_mac_init(struct vcard *vc);
void vc_mac_free(struct vcard *vc);
void vc_mac_start(struct vcard *vc);
void vc_mac_feed(struct vcard *vc, uint32_t pos, const void *buf, uint32_t len);
void vc_mac_finish(struct vcard *vc);

/* vc_fault.c, vc_faultspec.c */
const char *vc_fault_name(enum vc_fault_id id);
void vc_fault_arm(struct vcard *vc, enum vc_fault_id id, const struct vc_fault *f);
bool vc_fault_due(struct vcard *vc, enum vc_fault_id id);
void vc_fault_hit(struct vcard *vc, enum vc_fault_id id);
void vc_fault_plan(struct vcard *vc);
bool vc_planned(const struct vcard *vc, enum vc_fault_id id);
bool vc_fault_take(struct vcard *vc, enum vc_fault_id id);
bool vc_fault_stop(struct vcard *vc, enum vc_ring_id id, uint32_t addr);
bool vc_fault_stops(const struct vcard *vc, enum vc_ring_id id);
bool vc_fault_vanish(struct vcard *vc);
void vc_fault_late_irq(struct vcard *vc, uint32_t bits);
uint64_t vc_fault_irq_due(struct vcard *vc);
bool vc_fault_spurious(struct vcard *vc);
void vc_fault_looked(struct vcard *vc);
uint64_t vc_fault_reset_end(struct vcard *vc);
void vc_fault_reset(struct vcard *vc);
void vc_fault_pci_reset(struct vcard *vc);
void vc_fault_pll(struct vcard *vc, uint32_t was, uint32_t val);
bool vc_fault_line(struct vcard *vc, bool level);
uint32_t vc_fault_word(struct vcard *vc);

/* vc_offer.c */
bool vc_offers_init(struct vcard *vc);
void vc_offers_free(struct vcard *vc);
void vc_offers_forget(struct vcard *vc, enum vc_ring_id id);
uint32_t vc_offer_read(struct vcard *vc, enum vc_ring_id id, uint32_t at, uint32_t mem);
void vc_offer_taint(struct vcard *vc, enum vc_ring_id id, uint32_t at, uint32_t host,
		    uint32_t card);
void vc_offer_done(struct vcard *vc, enum vc_ring_id id, uint32_t at);
bool vc_offer_pick(struct vcard *vc, enum vc_ring_id id, uint32_t random, uint32_t *at);

/* vc_hostile.c */
bool vc_hostile_start(struct vcard *vc, uint64_t seed, uint64_t rate);
void vc_hostile_reset(struct vcard *vc);
void vc_hostile_command(struct vcard *vc);
bool vc_hostile_begin(struct vcard *vc);
bool vc_hostile_skips(struct vcard *vc);
bool vc_hostile_lost(struct vcard *vc);
bool vc_hostile_away(struct vcard *vc);
void vc_hostile_segment(struct vcard *vc, enum vc_ring_id id, uint32_t addr,
			uint32_t len);
void vc_hostile_result(struct vcard *vc, const struct vc_ring *r);
void vc_hostile_step(struct vcard *vc);
uint32_t vc_hostile_read(struct vcard *vc, uint32_t val);

/* vc_count.c */
extern const char *const vc_op_names[VC_OPS];
void vc_count_mmio(struct vcard *vc, unsigned int bar, uint32_t off, bool write);
/* pending: the bits of CSR the line rises for */
void vc_count_irq(struct vcard *vc, uint32_t pending);

#endif
