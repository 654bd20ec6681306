/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "none.h"
#include "commits.h"
#include "reference.h"
#include "reference_parts.h"
#include "settings.h"
#include "shell_word.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/store.h"
#include "rg/verdict.h"

#include <string.h>

enum {
	ADVICE_MAX = 1 << 20,
	SHOWN_MAX = 200, /* columns that the report has room for on a terminal of 80 */
};

bool rg_none_store_missing(const struct rg_settings *s, struct rg_store *store,
			   const struct rg_reference *reference)
{
	const struct rg_fetched *fetched = &reference->fetched;

	return s->config.store && store && !rg_store_exists(store) &&
	       (!fetched->asked || fetched->failed);
}

bool rg_none_unknown(const struct rg_settings *s, struct rg_store *store,
		     const struct rg_reference *reference)
{
	return !reference->runs.count &&
	       (reference->fetched.failed || rg_none_store_missing(s, store, reference));
}

/* --- Why ------------------------------------------------------------------------------------ */

static const char not_known[] = "whether there is a baseline is not known: ";

static const char *add_fetched(const char *reason, const struct rg_fetched *fetched,
			       struct rg_arena *arena)
{
	if (!fetched->asked)
		return reason;
	if (fetched->failed)
		return rg_arena_printf(arena, "%s%s: %s", not_known, reason, fetched->why);
	return rg_arena_printf(arena, "%s, nor at %s", reason, fetched->shown);
}

static const char *reason(const struct rg_settings *s, const struct rg_reference *reference,
			  bool missing, struct rg_arena *arena)
{
	const char *label = reference->version.label;
	const char *why = label ? rg_arena_printf(arena, "no run of %s is stored", label)
				: rg_arena_strdup(arena, reference->why);

	/* It is of the history then, and not of what is stored. */
	if (!why || *reference->mend)
		return why;
	if (missing && !reference->fetched.failed)
		return rg_arena_printf(arena, "%sthe store '%s' does not exist", not_known,
				       s->config.store);
	why = rg_arena_printf(arena, "%s for scenario '%s' on this architecture", why,
			      s->config.scenario);
	return why ? add_fetched(why, &reference->fetched, arena) : NULL;
}

/* --- What to do ----------------------------------------------------------------------------- */

static const char *mend_store(const struct rg_settings *s, const char *label,
			      struct rg_arena *arena)
{
	const char *place = strchr(s->config.store, ':');

	return rg_arena_printf(arena,
			       "name the store that was meant; to begin one there, 'regress-gate "
			       "baseline put --store %s %s base.pb.gz', or 'mkdir -p %s' where a "
			       "first run may find none",
			       s->config.store, label, place ? place + 1 : s->config.store);
}

static void add_words(struct rg_buf *out, char **words)
{
	for (; *words; words++) {
		rg_buf_addc(out, ' ');
		rg_shell_word_add(out, *words);
	}
}

/* As it would be typed here: what the configuration says is not said again. Of a long command the beginning must do. */
static void add_check(struct rg_buf *out, const struct rg_settings *s)
{
	size_t len;

	rg_buf_adds(out, "; or, without a store: sudo regress-gate check "
			 "--baseline ");
	rg_shell_word_add(out, s->baseline);
	if (!s->config.alternate.build)
		rg_buf_adds(out, " --build make");
	if (!s->command) {
		rg_buf_adds(out, " -- COMMAND");
		return;
	}
	if (!s->command_given)
		return;
	rg_buf_adds(out, " --");
	len = out->len;
	add_words(out, s->command);
	if (out->failed || out->len <= SHOWN_MAX)
		return;
	rg_buf_cut(out, len);
	rg_buf_adds(out, " …");
}

/* Both are launched for that, and the baseline is a commit. */
static bool may_be_built(const struct rg_settings *s, const struct rg_reference *reference)
{
	return s->alternate != RG_ALTERNATE_NEVER && s->baseline && !s->pid_count &&
	       !s->target.by &&
	       (rg_commit_is_id(reference->version.key) || reference_is_in_history(s->baseline));
}

static const char *mend_none(const struct rg_settings *s, const struct rg_reference *reference,
			     const char *label, bool builds, struct rg_arena *arena)
{
	const char *text = NULL;
	struct rg_buf out;

	rg_buf_init(&out, ADVICE_MAX);
	rg_buf_addf(&out,
		    "on %s: 'regress-gate capture -o base.pb.gz …', 'regress-gate baseline put %s "
		    "base.pb.gz'",
		    label, label);
	if (builds && may_be_built(s, reference))
		add_check(&out, s);
	else
		rg_buf_adds(&out, "; 'regress-gate baseline list' shows what is stored");
	if (!out.failed)
		text = rg_arena_strdup(arena, out.data);
	rg_buf_done(&out);
	return text;
}

static const char *advice(const struct rg_settings *s, const struct rg_reference *reference,
			  bool missing, bool builds, struct rg_arena *arena)
{
	const char *label = reference->version.label ? reference->version.label : "VERSION";

	if (*reference->mend)
		return rg_arena_strdup(arena, reference->mend);
	return missing ? mend_store(s, label, arena)
		       : mend_none(s, reference, label, builds, arena);
}

int rg_none_tell(const struct rg_settings *s, struct rg_store *store,
		 const struct rg_reference *reference, bool builds, struct rg_verdict *verdict,
		 struct rg_err *err)
{
	const bool missing = rg_none_store_missing(s, store, reference);
	const char *why = reason(s, reference, missing, verdict->arena);

	if (!why)
		return rg_err_nomem(err, "verdict");
	/* The canary is what is to be mended first. */
	if (verdict->outcome != RG_OUTCOME_NO_BASELINE) {
		verdict->baseline_note = why;
		return 0;
	}
	verdict->reason = why;
	verdict->advice = advice(s, reference, missing, builds, verdict->arena);
	return verdict->advice ? 0 : rg_err_nomem(err, "verdict");
}
