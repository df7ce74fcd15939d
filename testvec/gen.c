// SPDX-License-Identifier: BSD-2-Clause
/*
 * gen PUBLISHED OUTDIR - write the files of all algorithms: the published
 * records of each, then records drawn from a fixed seed.
 */
#include <errno.h>
#include <string.h>

#include "gen.h"

#define SEED	0x6869666e37393535ULL	/* "hifn7955"; plus the file's number */

/* Numbers of files, given as they came, so that a new one leaves the others as they are. */
#define FIRST_MAC	12
#define FIRST_AUTHENC	16
#define FIRST_XTS	22

struct published {
	const char *text;
	size_t len;
};

static bool put_published(FILE *f, const struct published *p, const char *alg)
{
	struct acf_vec_reader r;
	static struct acf_vec v;
	int ret;

	acf_vec_open(&r, p->text, p->len);
	while ((ret = acf_vec_next(&r, &v)) > 0)
		if (!strcmp(v.alg, alg))
			put_record(f, &v);
	if (ret < 0)
		fprintf(stderr, "gen: published records, line %u: %s\n",
			acf_vec_line(&r), acf_vec_error(&r));
	return ret == 0;
}

/* Opens DIR/NAME.vec and writes what comes before the drawn records. */
static FILE *open_file(const char *dir, const char *name, const char *alg,
		       const struct published *p)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.vec", dir, name);
	f = fopen(path, "w");
	if (!f) {
		fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
		return NULL;
	}
	fprintf(f, "# SPDX-License-Identifier: BSD-2-Clause\n"
		"# %s. Made by gen.c; do not edit, see README.md.\n", alg);
	if (put_published(f, p, alg))
		return f;
	fclose(f);
	return NULL;
}

static bool close_file(FILE *f, const char *name, bool ok)
{
	ok &= !fclose(f);
	if (!ok)
		fprintf(stderr, "gen: %s.vec: not written completely\n", name);
	return ok;
}

static bool put_ciphers(const char *dir, const struct published *p, uint64_t seed)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < nr_ciphers; i++) {
		const struct cipher *c = &ciphers[i];
		FILE *f = open_file(dir, c->file, c->alg, p);
		uint64_t state = seed + (c->mode == CIPHER_XTS ? FIRST_XTS : i);

		ok &= f && close_file(f, c->file, put_cipher_records(f, c, &state));
	}
	return ok;
}

static bool put_macs(const char *dir, const struct published *p, uint64_t seed)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < nr_macs; i++) {
		const struct mac *m = &macs[i];
		FILE *f = open_file(dir, m->file, m->alg, p);
		uint64_t state = seed + i;

		ok &= f && close_file(f, m->file, put_mac_records(f, m, &state));
	}
	return ok;
}

static bool put_authencs(const char *dir, const struct published *p, uint64_t seed)
{
	bool ok = true;
	size_t i;

	for (i = 0; i < nr_authencs; i++) {
		const struct authenc *a = &authencs[i];
		FILE *f = open_file(dir, a->file, a->alg, p);
		uint64_t state = seed + i;

		ok &= f && close_file(f, a->file, put_authenc_records(f, a, &state));
	}
	return ok;
}

static char *read_text(const char *path, size_t *len)
{
	static char text[1 << 16];
	FILE *f = fopen(path, "r");

	if (!f) {
		fprintf(stderr, "gen: %s: %s\n", path, strerror(errno));
		return NULL;
	}
	*len = fread(text, 1, sizeof(text), f);
	fclose(f);
	if (*len == sizeof(text)) {
		fprintf(stderr, "gen: %s: larger than %zu bytes\n", path,
			sizeof(text) - 1);
		return NULL;
	}
	return text;
}

int main(int argc, char **argv)
{
	struct published p;
	bool ok;

	if (argc != 3) {
		fprintf(stderr, "usage: gen PUBLISHED OUTDIR\n");
		return 2;
	}
	p.text = read_text(argv[1], &p.len);
	if (!p.text)
		return 1;
	ok = put_ciphers(argv[2], &p, SEED);
	ok &= put_macs(argv[2], &p, SEED + FIRST_MAC);
	ok &= put_authencs(argv[2], &p, SEED + FIRST_AUTHENC);
	return ok ? 0 : 1;
}
