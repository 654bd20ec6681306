/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sticky.h"

#include "rg/err.h"

#include <stdio.h>
#include <string.h>

void sticky_note(const struct sticky *sticky, struct sticky_found *found, const char *id,
		 const char *body)
{
	if (!*id || found->count == STICKY_FOUND_MAX || !marker_matches(&sticky->marker, body))
		return;
	if (found->count == 0)
		found->outcome = marker_outcome(&sticky->marker, body);
	snprintf(found->ids[found->count++], sizeof(found->ids[0]), "%s", id);
}

/* Gone already is as good. What cannot be removed now is found again the next time. */
static void remove_others(struct sticky *sticky, const struct sticky_found *found, size_t first)
{
	for (size_t i = first; i < found->count; i++)
		(void)sticky->remove(sticky, found->ids[i], NULL);
}

/* The first of those found that is still there. RG_ENOTFOUND: none is. */
static int update_first(struct sticky *sticky, const struct sticky_found *found, struct rg_err *err)
{
	for (size_t i = 0; i < found->count; i++) {
		struct rg_err failure = {0};
		int rc = sticky->update(sticky, found->ids[i], &failure);

		if (rc == RG_ENOTFOUND)
			continue;
		if (rc)
			return rg_err_set(err, rc, "%s", failure.text);
		forge_tell(sticky->forge, "%s: comment %s updated", sticky->forge->title,
			   found->ids[i]);
		remove_others(sticky, found, i + 1);
		return 0;
	}
	return RG_ENOTFOUND;
}

/* Another job may have posted at the same time: the oldest comment stays. */
static int settle(struct sticky *sticky, const char *id, struct rg_err *err)
{
	struct sticky_found found = {0};
	int rc;

	rc = sticky->find(sticky, &found, err);
	if (rc || found.count <= 1)
		return rc;
	if (strcmp(found.ids[0], id) != 0)
		return update_first(sticky, &found, err);
	remove_others(sticky, &found, 1);
	return 0;
}

/*
 * A POST that failed may have been served: before the next try the comments are looked through. *done: it was
 * there, and says what it should.
 */
static int look_again(struct sticky *sticky, bool *done, struct rg_err *err)
{
	struct sticky_found found = {0};
	int rc = sticky->find(sticky, &found, err);

	*done = false;
	if (rc || found.count == 0)
		return rc;
	rc = update_first(sticky, &found, err);
	*done = rc == 0;
	return rc == RG_ENOTFOUND ? 0 : rc;
}

static int finish_created(struct sticky *sticky, const char *id, struct rg_err *err)
{
	struct forge *forge = sticky->forge;

	if (forge->post->dry_run)
		return 0;
	if (!*id)
		return rg_err_set(err, RG_EFORMAT, "%s's answer does not hold the comment's id",
				  forge->title);
	forge_tell(forge, "%s: comment %s created", forge->title, id);
	return settle(sticky, id, err);
}

static int create(struct sticky *sticky, struct rg_err *err)
{
	for (unsigned int attempt = 0;; attempt++) {
		struct forge *forge = sticky->forge;
		struct rg_err failure = {0};
		char id[24] = "";
		bool done;
		int rc = sticky->create(sticky, sticky->body, id, &failure);

		if (rc == 0)
			return finish_created(sticky, id, err);
		if (rc != RG_EIO || !rg_net_pause(forge->post->net, &forge->reply, attempt))
			return forge_fail(forge, rc, &failure, err);
		rc = look_again(sticky, &done, err);
		if (rc || done)
			return rc;
	}
}

/* Sent once and never again: its purpose is a notification. */
static void reply_once(struct sticky *sticky)
{
	struct rg_err failure = {0};
	char id[24];

	if (sticky->create(sticky, sticky->reply, id, &failure))
		forge_tell(sticky->forge, "%s: the reply was not posted: %s", sticky->forge->title,
			   failure.text);
}

int sticky_post(struct sticky *sticky, struct rg_err *err)
{
	struct sticky_found found = {0};
	int rc = sticky->find(sticky, &found, err);

	if (rc)
		return rc;
	if (found.count == 0)
		return create(sticky, err);
	rc = update_first(sticky, &found, err);
	if (rc == RG_ENOTFOUND)
		return create(sticky, err);
	if (rc == 0 && sticky->reply && found.outcome == RG_OUTCOME_PASS)
		reply_once(sticky);
	return rc;
}
