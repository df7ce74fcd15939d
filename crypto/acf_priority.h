/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/*
 * Priorities in the crypto API, where the highest has an algorithm's name. One set per
 * architecture: below what uses its instructions for ciphers, hashes or vectors, since that is
 * faster than any card on a PCI bus, and above its other software. At the same priority the last
 * one that was registered would have it. Pure; that they are so, by the kernel's own figures,
 * is crypto/tests/acf_priority_kunit.c's.
 */
#ifndef ACF_PRIORITY_H
#define ACF_PRIORITY_H

struct acf_priority {
	const char *arch;
	int aes;		/* XTS has one more */
	int des;
	int hash;
};

#define ACF_PRIORITY_X86	{ "x86",     300, 400, 200 }
#define ACF_PRIORITY_ARM64	{ "arm64",   150, 400, 150 }
#define ACF_PRIORITY_ARM	{ "arm",     210, 400, 190 }
#define ACF_PRIORITY_POWERPC	{ "powerpc", 310, 400, 210 }
#define ACF_PRIORITY_RISCV	{ "riscv",   250, 400, 200 }
#define ACF_PRIORITY_S390	{ "s390",    250, 350, 200 }
#define ACF_PRIORITY_SPARC	{ "sparc",   250, 250, 200 }
/* User-Mode Linux, MIPS and others that have no instructions for them, or leave them out. */
#define ACF_PRIORITY_OTHER	{ "other",   300, 400, 200 }

#if defined(CONFIG_UML)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_OTHER
#elif defined(CONFIG_X86)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_X86
#elif defined(CONFIG_ARM64)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_ARM64
#elif defined(CONFIG_ARM)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_ARM
#elif defined(CONFIG_PPC)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_POWERPC
#elif defined(CONFIG_RISCV)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_RISCV
#elif defined(CONFIG_S390)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_S390
#elif defined(CONFIG_SPARC)
#define ACF_PRIORITY_HERE	ACF_PRIORITY_SPARC
#else
#define ACF_PRIORITY_HERE	ACF_PRIORITY_OTHER
#endif

/* Above the template over our ecb, whose priority that has. */
static inline int acf_priority_xts(int cipher)
{
	return cipher + 1;
}

/*
 * The kernel's authenc has ten times the cipher's priority and the hash's, which is 300 at most:
 * above the one over our own cipher, below the one over a better cipher, whatever its hash.
 */
static inline int acf_priority_aead(int cipher)
{
	return cipher * 10 + 350;
}

#endif
