/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "comments.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

/*
 * How they are asked for. Nobody may keep ours from being found by writing long ones: a GitLab note has up to a
 * million characters, and a character takes up to six bytes in JSON, so that a page of five fits whatever is in it.
 */
static const struct pages {
	int size, most;
	size_t max_bytes; /* of a reply; 0: what is usual */
} usual = {30, 200, 0}, careful = {5, 1200, (size_t)32 << 20};

static void visit_page(const struct comments *comments, struct comments_visit *visit,
		       const json_t *page)
{
	const json_t *comment;
	size_t index;

	json_array_foreach(page, index, comment)
	{
		char id[24];

		if (comments->is_own(comments, comment) && *forge_id(comment, "id", id))
			visit->each(visit, id, forge_text(comment, "body"));
	}
}

/* One page; *next is "" behind the last. */
static int read_page(const struct comments *comments, struct comments_visit *visit,
		     char next[FORGE_URL_MAX], struct rg_err *err)
{
	struct forge *forge = comments->forge;
	char url[FORGE_URL_MAX];
	json_t *page = NULL;
	int rc;

	memcpy(url, next, sizeof(url));
	rc = forge_call(forge, "GET", url, NULL, comments->permission, &page, err);
	if (rc == 0)
		visit_page(comments, visit, page);
	json_decref(page);
	if (rc == 0 && !rg_net_next_link(&forge->reply, url, next, FORGE_URL_MAX))
		next[0] = '\0';
	return rc;
}

static int read_pages(const struct comments *comments, struct comments_visit *visit,
		      const struct pages *pages, struct rg_err *err)
{
	char next[FORGE_URL_MAX];
	int n = snprintf(next, sizeof(next), "%s?%sper_page=%d", comments->list, comments->order,
			 pages->size);

	if (n < 0 || (size_t)n >= sizeof(next))
		return rg_err_set(err, RG_EUSAGE, "the API's address is too long");
	visit->begin(visit);
	comments->forge->max_reply_bytes = pages->max_bytes;
	for (int i = 0; i < pages->most; i++) {
		int rc = read_page(comments, visit, next, err);

		if (rc || !*next)
			return rc;
	}
	return rg_err_set(err, RG_EUSAGE, "there are more than %d comments",
			  pages->size * pages->most);
}

int comments_read(const struct comments *comments, struct comments_visit *visit, struct rg_err *err)
{
	struct rg_err failure = {0};
	int rc = read_pages(comments, visit, &usual, &failure);

	if (rc == RG_ELIMIT) {
		failure = (struct rg_err){0};
		rc = read_pages(comments, visit, &careful, &failure);
	}
	comments->forge->max_reply_bytes = 0;
	return rc ? rg_err_set(err, rc, "%s", failure.text) : 0;
}

/* --- Writing -------------------------------------------------------------------------------- */

static void check_author(const struct comments *comments, const json_t *answer)
{
	const char *author = forge_text(json_object_get(answer, "user"), "login");

	if (!*author)
		author = forge_text(json_object_get(answer, "author"), "username");
	if (*author && !comments->is_own(comments, answer))
		forge_tell(comments->forge,
			   "%s: the comment is by '%.100s': say --login %.100s, so that the next "
			   "report finds it",
			   comments->forge->title, author, author);
}

static int send(const struct comments *comments, const char *method, const char *url,
		const char *body, json_t **answer, struct rg_err *err)
{
	json_t *json = json_pack("{s:s}", "body", body);
	int rc = json ? forge_call(comments->forge, method, url, json, comments->permission, answer,
				   err)
		      : rg_err_nomem(err, "report");

	json_decref(json);
	return rc;
}

int comments_add(const struct comments *comments, const char *body, char id[24], struct rg_err *err)
{
	json_t *answer = NULL;
	int rc = send(comments, "POST", comments->list, body, &answer, err);

	if (rc == 0 && !comments->forge->post->dry_run) {
		forge_id(answer, "id", id);
		check_author(comments, answer);
	}
	json_decref(answer);
	return rc;
}

static int item_url(const struct comments *comments, const char *id, char out[FORGE_URL_MAX],
		    struct rg_err *err)
{
	int n = snprintf(out, FORGE_URL_MAX, "%s/%s", comments->item, id);

	return n < 0 || n >= FORGE_URL_MAX
		       ? rg_err_set(err, RG_EUSAGE, "the API's address is too long")
		       : 0;
}

int comments_edit(const struct comments *comments, const char *id, const char *body,
		  struct rg_err *err)
{
	char url[FORGE_URL_MAX];
	int rc = item_url(comments, id, url, err);

	return rc ? rc : send(comments, comments->edit, url, body, NULL, err);
}

int comments_remove(const struct comments *comments, const char *id, struct rg_err *err)
{
	char url[FORGE_URL_MAX];
	int rc = item_url(comments, id, url, err);

	return rc ? rc
		  : forge_call(comments->forge, "DELETE", url, NULL, comments->permission, NULL,
			       err);
}
