/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sticky.h"

#include "body.h"
#include "marker.h"

#include "rg/err.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { FOUND_MAX = 16 };

struct sticky {
	const struct comments *comments;
	struct forge *forge;
	struct marker marker;
	const char *body;  /* with the marker's line */
	const char *reply; /* posted once when a pass becomes a failure; NULL: none is */
};

/* Own comments with the marker. */
struct found {
	struct comments_visit visit;
	const struct marker *marker;
	char ids[FOUND_MAX][24]; /* the oldest first */
	size_t count;
	enum rg_outcome outcome; /* what the first one says */
};

static struct found *found_of(struct comments_visit *visit)
{
	return (struct found *)((char *)visit - offsetof(struct found, visit));
}

static void begin(struct comments_visit *visit)
{
	found_of(visit)->count = 0;
}

static void note(struct comments_visit *visit, const char *id, const char *body)
{
	struct found *found = found_of(visit);

	if (found->count == FOUND_MAX || !marker_matches(found->marker, body))
		return;
	if (found->count == 0)
		found->outcome = marker_outcome(found->marker, body);
	snprintf(found->ids[found->count++], sizeof(found->ids[0]), "%s", id);
}

static int find(const struct sticky *sticky, struct found *out, struct rg_err *err)
{
	*out = (struct found){.visit = {note, begin}, .marker = &sticky->marker};
	return comments_read(sticky->comments, &out->visit, err);
}

/* Gone already is as good. What cannot be removed now is found again the next time. */
static void remove_others(const struct sticky *sticky, const struct found *found, size_t first)
{
	for (size_t i = first; i < found->count; i++)
		(void)comments_remove(sticky->comments, found->ids[i], NULL);
}

/* The first of those found that is still there. RG_ENOTFOUND: none is. */
static int update_first(const struct sticky *sticky, const struct found *found, struct rg_err *err)
{
	for (size_t i = 0; i < found->count; i++) {
		struct rg_err failure = {0};
		int rc = comments_edit(sticky->comments, found->ids[i], sticky->body, &failure);

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
static int settle(const struct sticky *sticky, const char *id, struct rg_err *err)
{
	struct found found;
	int rc = find(sticky, &found, err);

	if (rc || found.count <= 1)
		return rc;
	if (strcmp(found.ids[0], id) == 0) {
		remove_others(sticky, &found, 1);
		return 0;
	}
	rc = update_first(sticky, &found, err);
	if (rc == RG_ENOTFOUND)
		return rg_err_set(err, rc,
				  "somebody removed the comment while it was made: run it again");
	return rc;
}

/*
 * A POST that failed may have been served: before the next try the comments are looked through. *done: it was
 * there, and says what it should.
 */
static int look_again(const struct sticky *sticky, bool *done, struct rg_err *err)
{
	struct found found;
	int rc = find(sticky, &found, err);

	*done = false;
	if (rc || found.count == 0)
		return rc;
	rc = update_first(sticky, &found, err);
	*done = rc == 0;
	return rc == RG_ENOTFOUND ? 0 : rc;
}

static int finish_created(const struct sticky *sticky, const char *id, struct rg_err *err)
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

static int create(const struct sticky *sticky, struct rg_err *err)
{
	for (unsigned int attempt = 0;; attempt++) {
		struct forge *forge = sticky->forge;
		struct rg_err failure = {0};
		char id[24] = "";
		bool done;
		int rc = comments_add(sticky->comments, sticky->body, id, &failure);

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
static void reply_once(const struct sticky *sticky)
{
	struct rg_err failure = {0};
	char id[24];

	if (comments_add(sticky->comments, sticky->reply, id, &failure))
		forge_tell(sticky->forge, "%s: the reply was not posted: %s", sticky->forge->title,
			   failure.text);
}

static int post(const struct sticky *sticky, struct rg_err *err)
{
	struct found found;
	int rc = find(sticky, &found, err);

	if (rc)
		return rc;
	rc = update_first(sticky, &found, err);
	if (rc == RG_ENOTFOUND)
		return create(sticky, err);
	if (rc == 0 && sticky->reply && found.outcome == RG_OUTCOME_PASS)
		reply_once(sticky);
	return rc;
}

static int post_bodies(struct sticky *sticky, struct rg_buf *body, struct rg_buf *reply,
		       const char *web, struct rg_err *err)
{
	const struct rg_post *to_post = sticky->forge->post;
	int rc = body_comment(body, to_post, &sticky->marker, web, STICKY_BODY_MAX, err);

	if (rc == 0 && to_post->verdict->outcome == RG_OUTCOME_FAIL)
		rc = body_reply(reply, to_post, err);
	if (rc)
		return rc;
	sticky->body = body->data;
	sticky->reply = reply->data;
	return post(sticky, err);
}

int sticky_post(const struct comments *comments, const char *web, struct rg_err *err)
{
	const struct rg_post *to_post = comments->forge->post;
	struct sticky sticky = {
		.comments = comments,
		.forge = comments->forge,
		.marker = marker_of(to_post->verdict->scenario, to_post->key),
	};
	struct rg_buf body, reply;
	int rc;

	rg_buf_init(&body, STICKY_BODY_MAX);
	rg_buf_init(&reply, STICKY_BODY_MAX);
	rc = post_bodies(&sticky, &body, &reply, web, err);
	rg_buf_done(&body);
	rg_buf_done(&reply);
	return rc;
}
