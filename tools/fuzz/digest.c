// SPDX-License-Identifier: BSD-2-Clause
/*
 * One SHA-256 over the card's trace, log and counters on the given inputs, in the
 * order given: the same before and after a change means that the card behaves the
 * same. The clock is the harness's own, so nothing depends on time.
 *
 * usage: digest_card MIXED FILE...   and so many inputs mixed from the given ones
 */
#include <openssl/evp.h>
#include <unistd.h>

#include "program.h"

#define LONGEST		1024	/* of a mixed input; the corpus has 400 */

struct file {
	size_t len;
	uint8_t data[LONGEST];
};

static void read_file(struct file *file, const char *path)
{
	FILE *f = fopen(path, "rb");

	file->len = f ? fread(file->data, 1, sizeof(file->data), f) : 0;
	if (!f || ferror(f)) {
		dprintf(STDERR_FILENO, "digest_card: cannot read %s\n", path);
		exit(1);
	}
	fclose(f);
}

static uint32_t draw(void)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return state >> 33;
}

/* Pieces of the files one after the other, some bytes of them changed. */
static size_t mix(uint8_t *out, const struct file *files, int count)
{
	size_t len = 0;

	for (int pieces = 1 + draw() % 6; pieces; pieces--) {
		const struct file *f = &files[draw() % count];
		size_t from = len && f->len ? draw() % f->len : 0;
		size_t n = min(f->len - from, LONGEST - len);

		memcpy(out + len, f->data + from, n);
		len += n;
	}
	for (int n = draw() % 8; len && n; n--)
		out[draw() % len] = draw();
	return len;
}

static void run(const uint8_t *data, size_t len)
{
	fprintf(program_record, "input %zu bytes\n", len);
	LLVMFuzzerTestOneInput(data, len);
}

/* Adds what was recorded since the last call. */
static void hash_record(EVP_MD_CTX *ctx, char **text, size_t *len)
{
	fflush(program_record);
	if (!EVP_DigestUpdate(ctx, *text, *len))
		abort();
	rewind(program_record);
}

static void print(EVP_MD_CTX *ctx, int inputs)
{
	uint8_t hash[EVP_MAX_MD_SIZE];
	unsigned int n = 0;

	if (!EVP_DigestFinal_ex(ctx, hash, &n))
		abort();
	for (unsigned int i = 0; i < n; i++)
		dprintf(STDOUT_FILENO, "%02x", hash[i]);
	dprintf(STDOUT_FILENO, "  %d inputs\n", inputs);
}

int main(int argc, char **argv)
{
	int mixed = argc > 2 ? atoi(argv[1]) : 0, count = argc > 2 ? argc - 2 : 0;
	struct file *files = calloc(count + 1, sizeof(*files));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t data[LONGEST];
	char *text = NULL;
	size_t len = 0;

	program_record = open_memstream(&text, &len);
	if (!count || !files || !program_record || !ctx ||
	    !EVP_DigestInit_ex(ctx, EVP_sha256(), NULL))
		return 1;
	for (int i = 0; i < count; i++) {
		read_file(&files[i], argv[i + 2]);
		run(files[i].data, files[i].len);
		hash_record(ctx, &text, &len);
	}
	for (int i = 0; i < mixed; i++) {
		run(data, mix(data, files, count));
		hash_record(ctx, &text, &len);
	}
	fclose(program_record);
	print(ctx, count + mixed);
	EVP_MD_CTX_free(ctx);
	free(text);
	free(files);
	return 0;
}
