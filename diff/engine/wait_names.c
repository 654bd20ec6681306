/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "anchor.h"
#include "waits.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/err.h"
#include "rg/grow.h"

#include <string.h>

enum { IDENTITY_MAX = 16 * RG_PROFILE_MAX_TEXT };

/* One run while its samples are named. */
struct naming {
	struct rg_wait_names *names;
	const struct rg_run *run;
	struct rg_anchoring anchoring;
	struct rg_buf function, api, text, identity;
	/* Of the sample before, which most samples are like. */
	uint32_t stack;
	struct rg_anchor anchor;
	const char *wait, *thread;
	uint32_t name;
};

/* --- One wait --------------------------------------------------------------------------------- */

/* Threads of one pool are told apart by a number at the end: they are one row. */
static void add_thread(struct rg_buf *out, const char *thread)
{
	size_t len = strlen(thread);

	while (len > 0 && strchr("0123456789", thread[len - 1]))
		len--;
	if (len < strlen(thread))
		while (len > 0 && strchr(" -_:/#.", thread[len - 1]))
			len--;
	if (len > 0)
		rg_buf_add(out, thread, len);
	else
		rg_buf_adds(out, "thread");
}

static void add_function(struct naming *naming)
{
	const struct rg_anchor *anchor = &naming->anchor;

	if (anchor->frame != RG_ANCHOR_NONE) {
		rg_canon_name(&naming->function, naming->anchoring.frame[anchor->frame].function);
		return;
	}
	if (anchor->truncated)
		rg_buf_adds(&naming->function, RG_FRAME_TRUNCATED " ");
	add_thread(&naming->function, naming->thread);
}

static void add_module(struct naming *naming)
{
	const struct rg_anchoring *anchoring = &naming->anchoring;

	if (naming->anchor.frame == RG_ANCHOR_NONE)
		return;
	const struct rg_frame *frame = &anchoring->frame[naming->anchor.frame];

	rg_canon_module(&naming->identity,
			rg_run_module(naming->run, anchoring->module[frame->module].name));
}

static const char *text_of(const struct rg_buf *buf)
{
	return buf->len ? buf->data : "";
}

struct flags {
	bool idle, anchored, truncated;
};

/* What tells this wait from others, as bytes: function, module, class, API, each with its NUL; flags. */
static struct flags identify(struct naming *naming)
{
	const struct rg_anchor *anchor = &naming->anchor;
	const char *wait = *naming->wait ? naming->wait : RG_WAIT_OTHER, *api;
	struct flags flags = {.anchored = anchor->frame != RG_ANCHOR_NONE};

	rg_buf_reset(&naming->function);
	rg_buf_reset(&naming->api);
	rg_buf_reset(&naming->text);
	rg_buf_reset(&naming->identity);
	add_function(naming);
	rg_anchor_add_api(&naming->api, &naming->anchoring, anchor);
	api = text_of(&naming->api);
	rg_wait_add_text(&naming->text, text_of(&naming->function), wait, api);
	if (!naming->function.failed && !naming->text.failed)
		flags.idle = rg_wait_is_idle(naming->names->policy, anchor, wait, api,
					     text_of(&naming->function), text_of(&naming->text));
	flags.truncated = !flags.anchored && anchor->truncated;
	if (flags.truncated && !flags.idle)
		wait = api = "";
	rg_buf_add(&naming->identity, text_of(&naming->function), naming->function.len + 1);
	add_module(naming);
	rg_buf_add(&naming->identity, "", 1);
	rg_buf_add(&naming->identity, wait, strlen(wait) + 1);
	rg_buf_add(&naming->identity, api, strlen(api) + 1);
	rg_buf_addc(&naming->identity,
		    (char)('0' + flags.idle + 2 * flags.anchored + 4 * flags.truncated));
	return flags;
}

/* --- The list of them ------------------------------------------------------------------------- */

static int same_name(const void *ctx, uint32_t id, const void *key)
{
	const struct rg_wait_names *names = ctx;
	const struct rg_buf *identity = key;

	return names->list[id].len == identity->len &&
	       memcmp(names->list[id].identity, identity->data, identity->len) == 0;
}

static const char *next_text(const char *text)
{
	return text + strlen(text) + 1;
}

static int append(struct rg_wait_names *names, const struct rg_buf *identity,
		  const struct flags *flags, uint64_t hash, uint32_t *id)
{
	char *copy = rg_arena_alloc(names->arena, identity->len + 1);
	struct rg_wait_name *name;

	if (names->count >= RG_INDEX_NONE)
		return RG_ELIMIT;
	if (!copy || RG_GROW_IN(names->arena, names->list, names->cap, names->count) ||
	    rg_index_add(&names->index, hash, (uint32_t)names->count))
		return RG_ENOMEM;
	memcpy(copy, identity->data, identity->len);
	name = &names->list[names->count];
	*name = (struct rg_wait_name){
		.identity = copy,
		.len = identity->len,
		.function = copy,
		.module = next_text(copy),
		.idle = flags->idle,
		.wait = {.anchored = flags->anchored, .truncated = flags->truncated},
	};
	name->wait.wait = next_text(name->module);
	name->wait.api = next_text(name->wait.wait);
	*id = (uint32_t)names->count++;
	return 0;
}

static int find_or_append(struct naming *naming, uint32_t *id)
{
	struct rg_wait_names *names = naming->names;
	struct flags flags = identify(naming);
	const struct rg_buf *identity = &naming->identity;

	if (identity->failed || naming->function.failed || naming->api.failed ||
	    naming->text.failed)
		return RG_ENOMEM;
	uint64_t hash = rg_hash_bytes(identity->data, identity->len, 0);

	*id = rg_index_find(&names->index, hash, same_name, names, identity);
	return *id == RG_INDEX_NONE ? append(names, identity, &flags, hash, id) : 0;
}

/* --- Votes for how a row is shown ------------------------------------------------------------- */

static int vote(struct naming *naming, int64_t ns)
{
	struct rg_wait_names *names = naming->names;
	const struct rg_anchoring *anchoring = &naming->anchoring;

	if (naming->anchor.frame == RG_ANCHOR_NONE)
		return 0;
	const struct rg_frame *frame = &anchoring->frame[naming->anchor.frame];
	const struct rg_vote vote = {naming->name, naming->run->end, ns, frame,
				     anchoring->module[frame->module].name};

	return rg_votes_add(&names->votes, &vote, names->arena);
}

/* --- A run ------------------------------------------------------------------------------------ */

/* Texts of one profile are one text when they are equal, nearly always; a miss only costs time. */
static bool is_like_the_last(const struct naming *naming, const struct rg_sample *sample)
{
	return sample->stack == naming->stack && sample->wait == naming->wait &&
	       (sample->thread == naming->thread || naming->anchor.frame != RG_ANCHOR_NONE);
}

static int name_sample(struct naming *naming, const struct rg_sample *sample,
		       const struct rg_stack *stack, uint32_t *name)
{
	int code = 0;

	if (!is_like_the_last(naming, sample)) {
		if (sample->stack != naming->stack)
			naming->anchor = rg_anchor_of(&naming->anchoring, &stack[sample->stack]);
		naming->stack = sample->stack;
		naming->wait = sample->wait;
		naming->thread = sample->thread;
		code = find_or_append(naming, &naming->name);
	}
	if (!code)
		code = vote(naming, sample->value[RG_VALUE_OFF_CPU_NS]);
	*name = naming->name;
	return code;
}

static int name_samples(struct naming *naming, uint32_t *wait_of)
{
	struct rg_sample_reader reader = rg_profile_read_samples(naming->run->profile);
	const struct rg_stack *stack = rg_profile_stacks(naming->run->profile, &(size_t){0});
	struct rg_sample sample;
	int code = 0;

	for (; !code && rg_sample_next(&reader, &sample); wait_of++) {
		*wait_of = RG_WAIT_NONE;
		if (sample.value[RG_VALUE_WAITS] || sample.value[RG_VALUE_OFF_CPU_NS])
			code = name_sample(naming, &sample, stack, wait_of);
	}
	return code;
}

static int name_all(struct naming *naming, uint32_t *wait_of)
{
	int code;

	rg_buf_init(&naming->function, IDENTITY_MAX);
	rg_buf_init(&naming->api, IDENTITY_MAX);
	rg_buf_init(&naming->text, IDENTITY_MAX);
	rg_buf_init(&naming->identity, IDENTITY_MAX);
	code = name_samples(naming, wait_of);
	rg_buf_done(&naming->function);
	rg_buf_done(&naming->api);
	rg_buf_done(&naming->text);
	rg_buf_done(&naming->identity);
	return code;
}

int rg_waits_name(struct rg_wait_names *names, const struct rg_run *run, uint32_t *wait_of,
		  struct rg_arena *scratch, struct rg_err *err)
{
	struct naming naming = {
		.names = names,
		.run = run,
		.anchoring = {.frame = rg_profile_frames(run->profile, &(size_t){0}),
			      .module = rg_profile_modules(run->profile, &(size_t){0})},
		.stack = UINT32_MAX,
	};
	enum rg_frame_kind *kind;
	int code = rg_plumbing_kinds(run->profile, &names->policy->plumbing, scratch, &kind, err);

	if (code)
		return code;
	naming.anchoring.kind = kind;
	code = name_all(&naming, wait_of);
	if (code == RG_ELIMIT)
		return rg_err_set(err, code, "diff: name a wait: too many");
	return code ? rg_err_nomem(err, "diff") : 0;
}
