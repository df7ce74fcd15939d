// SPDX-License-Identifier: BSD-2-Clause
/* Who does an algorithm, by /proc/crypto: the highest priority has it. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "files.h"
#include "hifnctl.h"
#include "user.h"

static void take_line(struct crypto_list *list, char *line)
{
	struct implementation *last = list->nr ? &list->implementation[list->nr - 1] : NULL;
	char *key = next_word(&line);
	char *colon = key ? next_word(&line) : NULL;
	char *value = colon ? next_word(&line) : NULL;

	if (!value)
		return;
	if (!strcmp(key, "name")) {
		list->implementation = one_more(list->implementation, &list->nr,
						sizeof(*list->implementation));
		last = &list->implementation[list->nr - 1];
		snprintf(last->name, sizeof(last->name), "%s", value);
	} else if (last && !strcmp(key, "driver")) {
		snprintf(last->driver, sizeof(last->driver), "%s", value);
		list->pcrypt |= !!strstr(value, "pcrypt(");
	} else if (last && !strcmp(key, "priority")) {
		get_number(value, &last->priority);
	}
}

void crypto_list_parse(struct crypto_list *list, char *text)
{
	char *line;

	while ((line = next_line(&text)))
		take_line(list, line);
}

void crypto_list_read(struct crypto_list *list)
{
	char *text = read_file("/proc/crypto");

	*list = (struct crypto_list){ 0 };
	if (text)
		crypto_list_parse(list, text);
	free(text);
}

void crypto_list_free(struct crypto_list *list)
{
	free(list->implementation);
	*list = (struct crypto_list){ 0 };
}

const struct implementation *crypto_list_best(const struct crypto_list *list, const char *name)
{
	const struct implementation *best = NULL;
	size_t i;

	for (i = 0; i < list->nr; i++)
		if (!strcmp(list->implementation[i].name, name) &&
		    (!best || list->implementation[i].priority > best->priority))
			best = &list->implementation[i];
	return best;
}
