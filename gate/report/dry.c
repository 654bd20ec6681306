/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forge.h"

#include "rg/buf.h"

#include <string.h>

enum { PRINTED_MAX = 4 << 20 };

void forge_print_request(const struct forge *forge, const char *method, const char *url,
			 const char *body)
{
	struct rg_buf text;

	rg_buf_init(&text, PRINTED_MAX);
	rg_buf_addf(&text, "%s %s\n", method, url);
	for (size_t i = 0; i < forge->header_count; i++) {
		const struct rg_net_header *header = &forge->headers[i];
		bool secret = strcmp(header->name, forge->secret_header) == 0;

		rg_buf_addf(&text, "%s: %s\n", header->name, secret ? "(token)" : header->value);
	}
	rg_buf_addf(&text, "\n%s%s", body ? body : "", body ? "\n\n" : "");
	if (!text.failed)
		forge->post->print(text.data, text.len);
	rg_buf_done(&text);
}

json_t *forge_imagined_answer(const char *method)
{
	return strcmp(method, "GET") == 0 ? json_array() : json_object();
}
