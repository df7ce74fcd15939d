/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * JSON as the handshake needs it: is a text one (RFC 8259), and which number is at a place of
 * its objects. No memory, no state; nested 32 deep at most.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

/* One value, and nothing else but white space. Bytes above 127 are taken as they are. */
bool vfus_json_valid(const char *text);
/*
 * The number of the member path[0] of the object, path[1] of that one, ..., NULL; of members of
 * the same name the last. False: there is none, or it is no whole number of 64 bits. text is valid.
 */
bool vfus_json_number(const char *text, const char *const *path, uint64_t *number);

#endif
