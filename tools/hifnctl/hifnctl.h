/* SPDX-License-Identifier: BSD-2-Clause */
/* What the subcommands share: the table, how they end, and how errors are told. */
#ifndef HIFNCTL_H
#define HIFNCTL_H

#include <stdbool.h>
#include <stdint.h>
#include <json-c/json.h>

#define HIFNCTL_VERSION	"0.1"	/* of the package, the modules' too */
#define FORMAT_VERSION	1	/* of --json: fields are only ever added */

/* Ends of doctor, selftest and status --check, as monitoring plugins have them; others: 0 and 3. */
enum verdict {
	OK,
	WARNING,
	CRITICAL,
	UNKNOWN,
};

struct command {
	const char *name;
	const char *summary;	/* for the list: one line */
	const char *help;	/* 24 lines at most */
	int (*run)(int argc, char **argv);	/* argv[0] is the name; the exit status */
};

extern const struct command *const commands[];	/* ends with NULL */

/* Below which all files are looked for: "", or $HIFNCTL_ROOT, a recorded machine of a test. */
extern const char *root;
extern bool json;	/* --json was given */

/* It cannot be done: says so, inside of the JSON if that is wanted. Returns UNKNOWN. */
int fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
int usage_error(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* An object with format_version, and its way out: prints and frees it. */
json_object *json_begin(void);
void json_end(json_object *object);
void json_add(json_object *object, const char *key, json_object *value);
void json_add_text(json_object *object, const char *key, const char *text);
void json_add_number(json_object *object, const char *key, uint64_t number);

void out_of_memory(void) __attribute__((noreturn));
/* calloc() that does not fail: out of memory it ends the program with UNKNOWN. */
void *get_memory(size_t bytes);
/* The same as direct I/O wants it: pages; not zero. */
void *get_pages(size_t bytes);
/* An array of *nr elements with room for one more, which is zero and counted. */
void *one_more(void *array, size_t *nr, size_t bytes);
char *copy_text(const char *text);

/* "ok", "warn" ...: coloured where the terminal is, and wants it. */
const char *verdict_word(enum verdict verdict);
bool has_utf8(void);

extern const struct command cmd_status;
extern const struct command cmd_doctor;
extern const struct command cmd_watch;
extern const struct command cmd_selftest;
extern const struct command cmd_bench;
extern const struct command cmd_export;
extern const struct command cmd_decode;
extern const struct command cmd_report;
extern const struct command cmd_offline;
extern const struct command cmd_online;
extern const struct command cmd_survey;

#endif
