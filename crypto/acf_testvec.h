/* SPDX-License-Identifier: GPL-2.0 */
/* The crypto files of testvec/ as the module carries them. */
#ifndef ACF_TESTVEC_H
#define ACF_TESTVEC_H

/* One file's text: start up to, not including, end; no NUL behind it. */
struct acf_testvec_file {
	const char *name;
	const char *start;
	const char *end;
};

extern const struct acf_testvec_file acf_testvec_files[];
extern const unsigned int acf_nr_testvec_files;

#endif
