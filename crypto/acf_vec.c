// SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause
/* Reader for the text vectors of testvec/: lines, values, crypto records. */

#include "acf_vec.h"

void acf_vec_open(struct acf_vec_reader *r, const char *text, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->text = text;
	r->len = len;
}

unsigned int acf_vec_line(const struct acf_vec_reader *r)
{
	return r->line;
}

const char *acf_vec_error(const struct acf_vec_reader *r)
{
	return r->error;
}

static int fail(struct acf_vec_reader *r, const char *error)
{
	r->error = error;
	return -EINVAL;
}

/* Takes the next line, without its newline. False when none is complete. */
static bool take_line(struct acf_vec_reader *r, const char **start, size_t *len)
{
	const char *from = r->text + r->pos;
	const char *nl = memchr(from, '\n', r->len - r->pos);

	if (!nl)
		return false;
	*start = from;
	*len = nl - from;
	r->pos += *len + 1;
	return true;
}

static bool is_key_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static bool is_printable(char c)
{
	return c >= 0x20 && c < 0x7f;
}

/* Splits "key = value" at its first " = "; the value may contain others. */
static const char *split(const char *text, size_t len, struct acf_vec_field *field)
{
	size_t n = 0;
	size_t i;

	while (n < len && is_key_char(text[n]))
		n++;
	if (!n)
		return "line does not start with a key";
	if (len - n < 3 || memcmp(text + n, " = ", 3))
		return "\" = \" missing behind the key";
	field->key = text;
	field->key_len = n;
	field->value = text + n + 3;
	field->value_len = len - n - 3;
	if (!field->value_len)
		return "value missing";
	for (i = 0; i < field->value_len; i++)
		if (!is_printable(field->value[i]))
			return "value has a control or non-ASCII character";
	if (field->value[0] == ' ' || field->value[field->value_len - 1] == ' ')
		return "blank at the start or end of the value";
	return NULL;
}

static int end_of_record(struct acf_vec_reader *r)
{
	r->in_record = false;
	return ACF_VEC_RECORD_END;
}

int acf_vec_field(struct acf_vec_reader *r, struct acf_vec_field *field)
{
	const char *start;
	const char *error;
	size_t len;

	while (r->pos < r->len) {
		r->line++;
		if (!take_line(r, &start, &len))
			return fail(r, "text ends within a line");
		if (len && start[0] == '#')
			continue;
		if (!len) {
			if (r->in_record)
				return end_of_record(r);
			continue;
		}
		error = split(start, len, field);
		if (error)
			return fail(r, error);
		r->in_record = true;
		return ACF_VEC_FIELD;
	}
	return r->in_record ? end_of_record(r) : ACF_VEC_END;
}

static bool span_is(const char *span, size_t len, const char *string)
{
	return strlen(string) == len && !memcmp(span, string, len);
}

bool acf_vec_key_is(const struct acf_vec_field *field, const char *key)
{
	return span_is(field->key, field->key_len, key);
}

bool acf_vec_value_is(const struct acf_vec_field *field, const char *value)
{
	return span_is(field->value, field->value_len, value);
}

/* Value of a lower case hex digit, or -1. */
static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

int acf_vec_hex(const struct acf_vec_field *field, u8 *buf, size_t size)
{
	size_t n = field->value_len / 2;
	size_t i;

	if (field->value_len % 2 || n > size)
		return -EINVAL;
	for (i = 0; i < n; i++) {
		int high = hex_digit(field->value[2 * i]);
		int low = hex_digit(field->value[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		buf[i] = high << 4 | low;
	}
	return n;
}

int acf_vec_text(const struct acf_vec_field *field, char *buf, size_t size)
{
	if (field->value_len >= size)
		return -EINVAL;
	memcpy(buf, field->value, field->value_len);
	buf[field->value_len] = '\0';
	return 0;
}

int acf_vec_u32(const struct acf_vec_field *field, u32 *value)
{
	bool hex = field->value_len > 2 && !memcmp(field->value, "0x", 2);
	u32 base = hex ? 16 : 10;
	size_t i = hex ? 2 : 0;
	u32 sum = 0;

	for (; i < field->value_len; i++) {
		int digit = hex_digit(field->value[i]);

		if (digit < 0 || (u32)digit >= base)
			return -EINVAL;
		if (sum > (~(u32)0 - digit) / base)
			return -EINVAL;
		sum = sum * base + digit;
	}
	*value = sum;
	return 0;
}

/* Fields of a crypto record; the value is the bit in a set of seen fields. */
enum {
	FIELD_ALG = 1 << 0,
	FIELD_NAME = 1 << 1,
	FIELD_KEY = 1 << 2,
	FIELD_IV = 1 << 3,
	FIELD_IVOUT = 1 << 4,
	FIELD_PT = 1 << 5,
	FIELD_CT = 1 << 6,
	FIELD_MACKEY = 1 << 7,
	FIELD_AAD = 1 << 8,
	FIELD_MSG = 1 << 9,
	FIELD_MAC = 1 << 10,
};

#define FIELDS_ALWAYS	(FIELD_ALG | FIELD_NAME)
#define FIELDS_ECB	(FIELDS_ALWAYS | FIELD_KEY | FIELD_PT | FIELD_CT)
#define FIELDS_XTS	(FIELDS_ECB | FIELD_IV)
#define FIELDS_CIPHER	(FIELDS_XTS | FIELD_IVOUT)
#define FIELDS_HASH	(FIELDS_ALWAYS | FIELD_MSG | FIELD_MAC)
#define FIELDS_HMAC	(FIELDS_HASH | FIELD_MACKEY)
#define FIELDS_AEAD	(FIELDS_ECB | FIELD_IV | FIELD_MACKEY | FIELD_AAD | FIELD_MAC)

/* State of one record while its lines come in. */
struct record {
	unsigned int seen;	/* FIELD_ bits */
	unsigned int ct_bytes;
};

/* The kind of the record and the fields it must have, by its algorithm. */
static unsigned int wanted_fields(const char *alg, enum acf_vec_kind *kind)
{
	static const struct {
		const char *start;	/* of the algorithm's name */
		enum acf_vec_kind kind;
		unsigned int fields;
	} rows[] = {
		{ "authenc(", ACF_VEC_AEAD, FIELDS_AEAD },
		{ "hmac(", ACF_VEC_HASH, FIELDS_HMAC },
		{ "md5", ACF_VEC_HASH, FIELDS_HASH },
		{ "sha1", ACF_VEC_HASH, FIELDS_HASH },
		{ "ecb(", ACF_VEC_CIPHER, FIELDS_ECB },
		{ "xts(", ACF_VEC_CIPHER, FIELDS_XTS },
		{ "", ACF_VEC_CIPHER, FIELDS_CIPHER },
	};
	size_t i = 0;

	while (strncmp(alg, rows[i].start, strlen(rows[i].start)))
		i++;
	*kind = rows[i].kind;
	return rows[i].fields;
}

static unsigned int field_bit(const struct acf_vec_field *field)
{
	static const struct {
		const char *key;
		unsigned int bit;
	} fields[] = {
		{ "alg", FIELD_ALG },
		{ "name", FIELD_NAME },
		{ "key", FIELD_KEY },
		{ "iv", FIELD_IV },
		{ "ivout", FIELD_IVOUT },
		{ "pt", FIELD_PT },
		{ "ct", FIELD_CT },
		{ "mackey", FIELD_MACKEY },
		{ "aad", FIELD_AAD },
		{ "msg", FIELD_MSG },
		{ "mac", FIELD_MAC },
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (acf_vec_key_is(field, fields[i].key))
			return fields[i].bit;
	return 0;
}

static int read_bytes(const struct acf_vec_field *field, u8 *buf, size_t size,
		      unsigned int *len)
{
	int n = acf_vec_hex(field, buf, size);

	if (n < 0)
		return n;
	*len = n;
	return 0;
}

/* A value is never empty, so an empty message is written as "-". */
static int read_msg(const struct acf_vec_field *field, struct acf_vec *v)
{
	if (acf_vec_value_is(field, "-"))
		return 0;
	return read_bytes(field, v->pt, sizeof(v->pt), &v->data_bytes);
}

static int read_value(const struct acf_vec_field *field, unsigned int bit,
		      struct acf_vec *v, struct record *rec)
{
	switch (bit) {
	case FIELD_ALG:
		return acf_vec_text(field, v->alg, sizeof(v->alg));
	case FIELD_NAME:
		return acf_vec_text(field, v->name, sizeof(v->name));
	case FIELD_KEY:
		return read_bytes(field, v->key, sizeof(v->key), &v->key_bytes);
	case FIELD_IV:
		return read_bytes(field, v->iv, sizeof(v->iv), &v->iv_bytes);
	case FIELD_IVOUT:
		return read_bytes(field, v->ivout, sizeof(v->ivout),
				  &v->ivout_bytes);
	case FIELD_PT:
		return read_bytes(field, v->pt, sizeof(v->pt), &v->data_bytes);
	case FIELD_CT:
		return read_bytes(field, v->ct, sizeof(v->ct), &rec->ct_bytes);
	case FIELD_MACKEY:
		return read_bytes(field, v->mackey, sizeof(v->mackey),
				  &v->mackey_bytes);
	case FIELD_AAD:
		return read_bytes(field, v->aad, sizeof(v->aad), &v->aad_bytes);
	case FIELD_MSG:
		return read_msg(field, v);
	default:
		return read_bytes(field, v->mac, sizeof(v->mac), &v->mac_bytes);
	}
}

static int add_field(struct acf_vec_reader *r, const struct acf_vec_field *field,
		     struct acf_vec *v, struct record *rec)
{
	unsigned int bit = field_bit(field);

	if (!bit)
		return fail(r, "unknown field");
	if (rec->seen & bit)
		return fail(r, "field given twice");
	if (!rec->seen)
		v->line = r->line;
	rec->seen |= bit;
	if (read_value(field, bit, v, rec))
		return fail(r, "value too long or not lower case hex bytes");
	return 0;
}

static int check_record(struct acf_vec_reader *r, struct acf_vec *v,
			const struct record *rec)
{
	unsigned int want = wanted_fields(v->alg, &v->kind);

	if (want & ~rec->seen)
		return fail(r, "record ends with a field missing");
	if (rec->seen & ~want)
		return fail(r, "record has a field its algorithm does not take");
	if ((want & FIELD_IVOUT) && v->iv_bytes != v->ivout_bytes)
		return fail(r, "iv and ivout differ in length");
	if ((want & FIELD_CT) && v->data_bytes != rec->ct_bytes)
		return fail(r, "pt and ct differ in length");
	return 1;
}

int acf_vec_next(struct acf_vec_reader *r, struct acf_vec *v)
{
	struct acf_vec_field field;
	struct record rec = { 0 };
	int event;

	memset(v, 0, sizeof(*v));
	for (;;) {
		event = acf_vec_field(r, &field);
		if (event < 0 || event == ACF_VEC_END)
			return event;
		if (event == ACF_VEC_RECORD_END)
			return check_record(r, v, &rec);
		if (add_field(r, &field, v, &rec))
			return -EINVAL;
	}
}
