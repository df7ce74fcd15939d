// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/*
 * acf's priorities beside those of the kernel's own implementations, by architecture: who is to
 * have the name. The figures are cra_priority of Linux 6.1 to 7.3 in the files that are named.
 */
#include <kunit/test.h>

#include "../acf_env.h"
#include "../acf_priority.h"

static const struct acf_priority all[] = {
	ACF_PRIORITY_X86, ACF_PRIORITY_ARM64, ACF_PRIORITY_ARM, ACF_PRIORITY_POWERPC,
	ACF_PRIORITY_RISCV, ACF_PRIORITY_S390, ACF_PRIORITY_SPARC, ACF_PRIORITY_OTHER,
};

enum what { AES, XTS, DES, HASH };

struct other {
	const char *arch;	/* NULL: all */
	enum what what;
	int priority;
	bool better;		/* than a card */
	const char *where;
};

static const struct other others[] = {
	{ NULL, AES, 100, false, "crypto/aes_generic.c" },
	{ NULL, AES, 110, false, "crypto/aes.c (7.3)" },
	{ NULL, DES, 100, false, "crypto/des_generic.c" },
	{ NULL, HASH, 100, false, "crypto/sha1_generic.c" },
	{ NULL, HASH, 300, true, "crypto/sha1.c, md5.c (7.3)" },
	{ "x86", AES, 400, true, "arch/x86/crypto/aesni-intel_glue.c" },
	{ "x86", XTS, 401, true, "arch/x86/crypto/aesni-intel_glue.c" },
	{ "x86", DES, 300, false, "arch/x86/crypto/des3_ede_glue.c" },
	{ "x86", HASH, 170, false, "arch/x86/crypto/sha1_ssse3_glue.c, AVX2" },
	{ "x86", HASH, 250, true, "arch/x86/crypto/sha1_ssse3_glue.c, SHA instructions" },
	{ "arm64", AES, 200, true, "arch/arm64/crypto/aes-glue.c, NEON" },
	{ "arm64", AES, 250, true, "arch/arm64/crypto/aes-neonbs-glue.c" },
	{ "arm64", AES, 300, true, "arch/arm64/crypto/aes-glue.c, AES instructions" },
	{ "arm64", XTS, 200, true, "arch/arm64/crypto/aes-glue.c, NEON" },
	{ "arm64", HASH, 200, true, "arch/arm64/crypto/sha1-ce-glue.c" },
	{ "arm", AES, 200, false, "arch/arm/crypto/aes-cipher-glue.c" },
	{ "arm", AES, 250, true, "arch/arm/crypto/aes-neonbs-glue.c" },
	{ "arm", XTS, 250, true, "arch/arm/crypto/aes-neonbs-glue.c" },
	{ "arm", AES, 300, true, "arch/arm/crypto/aes-ce-glue.c" },
	{ "arm", HASH, 150, false, "arch/arm/crypto/sha1_glue.c" },
	{ "arm", HASH, 200, true, "arch/arm/crypto/sha1-ce-glue.c" },
	{ "powerpc", AES, 300, false, "arch/powerpc/crypto/aes-spe-glue.c" },
	{ "powerpc", AES, 2000, true, "arch/powerpc/crypto/aes_cbc.c" },
	{ "powerpc", HASH, 200, false, "arch/powerpc/crypto/md5-glue.c" },
	{ "powerpc", HASH, 300, true, "arch/powerpc/crypto/sha1-spe-glue.c" },
	{ "riscv", AES, 300, true, "arch/riscv/crypto/aes-riscv64-glue.c" },
	{ "riscv", XTS, 300, true, "arch/riscv/crypto/aes-riscv64-glue.c" },
	{ "s390", AES, 300, true, "arch/s390/crypto/aes_s390.c, below templates" },
	{ "s390", AES, 401, true, "arch/s390/crypto/aes_s390.c" },
	{ "s390", XTS, 403, true, "arch/s390/crypto/aes_s390.c" },
	{ "s390", DES, 400, true, "arch/s390/crypto/des_s390.c" },
	{ "s390", HASH, 300, true, "arch/s390/crypto/sha1_s390.c" },
	{ "sparc", AES, 300, true, "arch/sparc/crypto/aes_glue.c" },
	{ "sparc", DES, 300, true, "arch/sparc/crypto/des_glue.c" },
	{ "sparc", HASH, 300, true, "arch/sparc/crypto/sha1_glue.c" },
	{ "other", HASH, 300, true, "arch/mips/cavium-octeon/crypto/octeon-sha1.c" },
};

#define NR(array)	(sizeof(array) / sizeof((array)[0]))
#define HASH_MOST	300	/* of any implementation, ours too */

static bool is_of(const struct other *other, const struct acf_priority *ours)
{
	return !other->arch || !strcmp(other->arch, ours->arch);
}

static int ours_of(const struct acf_priority *ours, enum what what)
{
	switch (what) {
	case AES:
		return ours->aes;
	case XTS:
		return acf_priority_xts(ours->aes);
	case DES:
		return ours->des;
	default:
		return ours->hash;
	}
}

static void check_arch(struct kunit *test, const struct acf_priority *ours)
{
	unsigned int i;

	for (i = 0; i < NR(others); i++) {
		const struct other *other = &others[i];
		int priority = ours_of(ours, other->what);

		if (!is_of(other, ours))
			continue;
		KUNIT_EXPECT_TRUE_MSG(test, other->better ? priority < other->priority :
				      priority > other->priority, "%s: ours %d, %s: %d", ours->arch,
				      priority, other->where, other->priority);
	}
}

/* authenc(): a hash may have no priority at all, as md5-generic up to 6.12. */
static void check_aead(struct kunit *test, const struct acf_priority *ours, int cipher,
		       enum what what)
{
	unsigned int i;

	KUNIT_EXPECT_TRUE_MSG(test, acf_priority_aead(cipher) > cipher * 10 + HASH_MOST, "%s: %d",
			      ours->arch, cipher);
	for (i = 0; i < NR(others); i++)
		if (is_of(&others[i], ours) && others[i].what == what && others[i].better)
			KUNIT_EXPECT_TRUE_MSG(test, acf_priority_aead(cipher) < others[i].priority * 10,
					      "%s: %s", ours->arch, others[i].where);
}

/* One test per architecture, so that one that is wrong has its name. */
#define ARCH(name, nr)								\
static void priority_##name(struct kunit *test)					\
{										\
	KUNIT_ASSERT_TRUE(test, !strcmp(all[nr].arch, #name));			\
	check_arch(test, &all[nr]);						\
	check_aead(test, &all[nr], all[nr].aes, AES);				\
	check_aead(test, &all[nr], all[nr].des, DES);				\
}
ARCH(x86, 0)
ARCH(arm64, 1)
ARCH(arm, 2)
ARCH(powerpc, 3)
ARCH(riscv, 4)
ARCH(s390, 5)
ARCH(sparc, 6)
ARCH(other, 7)

static struct kunit_case acf_priority_cases[] = {
	KUNIT_CASE(priority_x86),
	KUNIT_CASE(priority_arm64),
	KUNIT_CASE(priority_arm),
	KUNIT_CASE(priority_powerpc),
	KUNIT_CASE(priority_riscv),
	KUNIT_CASE(priority_s390),
	KUNIT_CASE(priority_sparc),
	KUNIT_CASE(priority_other),
	{}
};

static struct kunit_suite acf_priority_suite = {
	.name = "acf_priority",
	.test_cases = acf_priority_cases,
};
kunit_test_suite(acf_priority_suite);

MODULE_DESCRIPTION("Tests of acf's priorities");
MODULE_LICENSE("Dual BSD/GPL");
