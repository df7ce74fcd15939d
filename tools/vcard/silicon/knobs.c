// SPDX-License-Identifier: BSD-2-Clause
/*
 * The knobs and their values, in words. ci/stages/lint holds the table of docs/reference/vcard.md
 * against what vcard --help prints of this one.
 */
#include "knobs.h"

#define MODEL	"the model"

const struct vc_knob_info vc_knob_info[VC_KNOBS] = {
	[VC_K_BAD_COMMAND] = { "bad-command", "a command that the chip does not take", {
		{ "told", "CMDINVAL, SRC_NOTZERO; the data are copied through", MODEL },
		{ "hidden", "the data are copied through, with a good result", "invented" } } },
	[VC_K_COUNT_BITS] = { "count-bits", "bits of the cipher's count that are honoured", {
		{ "18", "all of them", MODEL },
		{ "16", "the lower 16: the tail passes in clear", "docs/reference/hifn795x.md 4.5: no driver sent more than 64 KiB" } } },
	[VC_K_CONTEXT] = { "context", "commands with different keys, one behind the other", {
		{ "kept", "do not disturb each other", MODEL },
		{ "races", "AES-256 deciphers with the key before, if the command was waiting already",
		  "soekris-tech, July 2004: a 7955 under OpenBSD 3.5" } } },
	[VC_K_DEST_WRITE] = { "dest-write", "the unit that destinations are written in", {
		{ "4", "words", MODEL },
		{ "8", "8 bytes, with zeros behind the end", "invented" },
		{ "burst", "64 bytes, with zeros behind the end", "invented" } } },
	[VC_K_SOURCE_READ] = { "source-read", "how far a source is read", {
		{ "exact", "to its end", MODEL },
		{ "prefetch", "to the end of a burst of 64 bytes", "invented" } } },
	[VC_K_POWER_LEVEL] = { "power-level", "the unlock level at power-up", {
		{ "0x3000", "locked", MODEL },
		{ "0x0000", "locked, told by the other word", "FreeBSD and OpenBSD test for both" },
		{ "0x1000", "level 1: DES and MACs; unlocking gives the rest", "FreeBSD and OpenBSD test for it" },
		{ "0x1100", "open", "OpenBSD and FreeBSD test for it before they unlock" } } },
	[VC_K_RESET_LEVEL] = { "reset-level", "the unlock level behind a master reset", {
		{ "kept", "what it was", "the BSDs do not unlock again" },
		{ "locked", "0x3000", "Linux unlocks after each reset" },
		{ "1", "0x1000", "invented" } } },
	[VC_K_UNLOCK_TWICE] = { "unlock-twice", "unlocking a chip that is open", {
		{ "harmless", "changes nothing", "Linux does it at each load" },
		{ "locks", "locks it until a reset of the bus", "a warning in FreeBSD and OpenBSD" } } },
	[VC_K_LEVEL] = { "level", "the unlock level that PUSTAT tells", {
		{ "told", "what the chip does", MODEL },
		{ "blank", "0x0000 always; the ciphers are open", "Linux never reads it" },
		{ "other", "0x2200 always; the ciphers are open", "Linux never reads it" } } },
	[VC_K_RESET_PLL] = { "reset-pll", "the clock register behind a master reset", {
		{ "kept", "what it was", MODEL },
		{ "default", "its reset value", "invented" } } },
	[VC_K_UNIT_BIT] = { "unit-bit", "PUCTRL bit 0 behind a reset", {
		{ "clears", "0 once the unit is ready", MODEL },
		{ "stays", "1 always; the unit works", "FreeBSD, OpenBSD and Linux go on when it stays" } } },
	[VC_K_BAR2] = { "bar2", "the third BAR", {
		{ "32k", "32 KiB", "a PCI dump of a 7955 under FreeBSD 13.1" },
		{ "4k", "4 KiB", "invented: no driver uses it" } } },
	[VC_K_ALL_ONES] = { "all-ones", "registers in a reset and for 2 ms behind it", {
		{ "never", "answer", MODEL },
		{ "reset", "read all ones; configuration space answers", "invented" } } },
	[VC_K_CRYSTAL] = { "crystal", "the external clock", {
		{ "66", "66 MHz", "Hifn's Mike Ham, in FreeBSD and Linux: almost every board" },
		{ "33", "33 MHz: ext66 runs at half of the speed", "FreeBSD and Linux have the option" },
		{ "100", "100 MHz: ext66 makes 400 MHz, and one command in 5 is wrong", "FreeBSD and Linux have the option" },
		{ "none", "no external clock: what runs off it stands still", "FreeBSD's default is the PCI clock" } } },
	[VC_K_RESIDUAL] = { "residual", "the counts of a result", {
		{ "left", "bytes that are left", "OpenBSD computes with it after LZS" },
		{ "done", "bytes that were moved", "invented" },
		{ "unused", "0x5a5a", "no driver but OpenBSD's, after LZS, reads them" } } },
	[VC_K_ODD_COUNT] = { "odd-count", "a destination count that is no multiple of 4", {
		{ "taken", "as any other", MODEL },
		{ "hangs", "the unit stands still until a reset", "invented: the BSDs round to 4" } } },
	[VC_K_SHORT_COUNT] = { "short-count", "a total of less than 4 bytes", {
		{ "taken", "as any other", MODEL },
		{ "hangs", "the unit stands still until a reset", "invented" } } },
	[VC_K_FULL_MAC] = { "full-mac", "a MAC that is not to be truncated", {
		{ "full", "all of the digest", MODEL },
		{ "truncated", "12 bytes of it", "invented: the BSDs truncate HMACs" } } },
	[VC_K_MAC_PLACE] = { "mac-place", "where a MAC lies in the result", {
		{ "12", "behind the two headers", "FreeBSD; a 7955 under NetBSD 3.0.1, 2006" },
		{ "24", "12 bytes further, zeros before it",
		  "invented: a report of 2006 of a 7955 rules it out for the truncated form" } } },
	[VC_K_HASH] = { "hash", "a hash without cipher", {
		{ "copies", "the data to the destination", MODEL },
		{ "silent", "nothing is written, the destination is given back", "invented" },
		{ "hangs", "the unit stands still until a reset", "invented: only FreeBSD used it" } } },
	[VC_K_FEEDBACK] = { "feedback", "CFB and OFB", {
		{ "block", "feed a block back", "an early Linux driver registered it so" },
		{ "swapped", "the one is the other: the first block is right", "invented: removed from Linux in 2023 as untested" },
		{ "hangs", "the unit stands still until a reset", "invented: removed from Linux in 2023 as untested" } } },
	[VC_K_RING_RETURN] = { "ring-return", "command, source and destination entries", {
		{ "before", "are given back before the result", MODEL },
		{ "after", "up to 1 ms after it", "invented: the BSDs look at all four rings" } } },
	[VC_K_INTERRUPT] = { "interrupt", "R_DONE and the line", {
		{ "level", "a level, behind VALID", MODEL },
		{ "edge", "an edge: what is left when it is acknowledged tells nobody", "docs/reference/hifn795x.md 7.3: unknown" },
		{ "early", "before VALID is seen cleared, by 50 us", "invented" },
		{ "misses", "one result in 8 sets no R_DONE", "NetBSD: \"misses some interrupts\"; OpenBSD 1.149" } } },
	[VC_K_INTX_BIT] = { "intx-bit", "INTx disable of the command register", {
		{ "works", "as PCI 2.3 says", MODEL },
		{ "reserved", "reads 0, does nothing", "invented: a chip of PCI 2.2" } } },
	[VC_K_WRITE_RAM] = { "write-ram", "the command that writes context RAM", {
		{ "works", "it does", "the BSDs, on chips before the 795x" },
		{ "refused", "CMDINVAL", "invented: FreeBSD and NetBSD do not try it on a 795x" },
		{ "ignored", "nothing is written, nothing told", "invented" },
		{ "hangs", "the unit stands still until a reset", "invented" } } },
	[VC_K_RNG] = { "rng", "random numbers", {
		{ "good", "random", MODEL },
		{ "lfsr", "a shift register of 32 bits whose source is dead", "NetBSD, citing Hifn: one 32-bit LFSR" },
		{ "stuck", "the same word for ever", "invented" },
		{ "late", "zeros for 0.4 s behind enabling", "NetBSD, citing Hifn: 0.4 s to warm up" } } },
	[VC_K_RESET_RNG] = { "reset-rng", "RNG_CONFIG behind a master reset", {
		{ "cleared", "disabled", MODEL },
		{ "kept", "what it was", "the BSDs do not enable it again after a reset" } } },
	[VC_K_RINGS] = { "rings", "entries of a ring between two jumps", {
		{ "any", "as many as the host likes", MODEL },
		{ "320", "at most 320: the engine stands still", "the most any public driver had, an early Linux one" } } },
	[VC_K_PARITY] = { "parity", "PCI_STATUS and parity errors", {
		{ "none", "there are none", MODEL },
		{ "told", "one command in 16 is wrong in one bit, and PCI_STATUS says so", "invented" } } },
};
