/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How two policies differ, in the words of the file. */
#include "keys.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/config.h"
#include "rg/err.h"
#include "rg/verdict.h"

#include <string.h>

static const char none[] = "none";

/* Room for what is said of off-CPU time alone. */
enum { KEYS_OFF_CPU_MAX = 16 };

/* Differences being gathered; one that finds no memory is told at the end. */
struct gathering {
	struct rg_arena *arena;
	struct rg_policy_change *change;
	size_t count, room;
	bool failed;
};

static void add(struct gathering *gathering, const char *what, const char *applied,
		const char *proposed)
{
	if (!what || !applied || !proposed || gathering->count == gathering->room) {
		gathering->failed = true;
		return;
	}
	gathering->change[gathering->count++] = (struct rg_policy_change){what, applied, proposed};
}

/* --- Single values -------------------------------------------------------------------------- */

/* The offsets of the table are those in struct rg_config. */
static const void *value_at(const struct key *key, const struct rg_policy *policy)
{
	return (const char *)policy + (key->offset - offsetof(struct rg_config, policy));
}

static const char *text_of(const struct key *key, const struct rg_policy *policy,
			   struct rg_arena *arena)
{
	const void *value = value_at(key, policy);
	char text[RG_UNITS_TEXT_MAX];

	if (key->type->name)
		return key->type->name(value);
	key->type->format(text, key->type->number(value));
	return rg_arena_strdup(arena, text);
}

static bool same(const struct key *key, const struct rg_policy *a, const struct rg_policy *b)
{
	const void *x = value_at(key, a), *y = value_at(key, b);

	if (key->type->name)
		return strcmp(key->type->name(x), key->type->name(y)) == 0;
	return key->type->number(x) == key->type->number(y);
}

static void compare_value(struct gathering *gathering, const char *dimension, const struct key *key,
			  const struct rg_policy *applied, const struct rg_policy *proposed)
{
	if (same(key, applied, proposed))
		return;
	add(gathering, rg_arena_printf(gathering->arena, "policy.%s%s", dimension, key->name),
	    text_of(key, applied, gathering->arena), text_of(key, proposed, gathering->arena));
}

/* A value of off-CPU time that is, on both sides, what the key for both dimensions has. */
static bool is_told(const struct key *off_cpu, const struct rg_policy *applied,
		    const struct rg_policy *proposed)
{
	for (size_t i = 0; i < key_policy.count; i++) {
		const struct key *both = &key_policy.keys[i];

		if (both->members || both->also != off_cpu->offset)
			continue;
		return both->type->number(value_at(both, applied)) ==
			       off_cpu->type->number(value_at(off_cpu, applied)) &&
		       both->type->number(value_at(both, proposed)) ==
			       off_cpu->type->number(value_at(off_cpu, proposed));
	}
	return false;
}

static void compare_off_cpu(struct gathering *gathering, const struct key_object *off_cpu,
			    const struct rg_policy *applied, const struct rg_policy *proposed)
{
	for (size_t i = 0; i < off_cpu->count; i++) {
		if (!is_told(&off_cpu->keys[i], applied, proposed))
			compare_value(gathering, "off_cpu.", &off_cpu->keys[i], applied, proposed);
	}
}

static void compare_values(struct gathering *gathering, const struct rg_policy *applied,
			   const struct rg_policy *proposed)
{
	for (size_t i = 0; i < key_policy.count; i++) {
		const struct key *key = &key_policy.keys[i];

		/* On-CPU time's values are those of the keys before it. */
		if (!key->members)
			compare_value(gathering, "", key, applied, proposed);
		else if (strcmp(key->name, "off_cpu") == 0)
			compare_off_cpu(gathering, key->members, applied, proposed);
	}
}

/* --- Lists ---------------------------------------------------------------------------------- */

struct texts {
	const char **text;
	size_t count;
};

static void add_limit(struct rg_buf *out, const char *name, double value, const char **between)
{
	char text[RG_UNITS_TEXT_MAX];

	if (value == RG_POLICY_INHERIT)
		return;
	key_percent.format(text, value);
	rg_buf_addf(out, "%s%s %s", *between, name, text);
	*between = ", ";
}

/* "memcpy of libc.so: growth 30%, limit 60%". */
static const char *function_text(const struct rg_policy_function *function, struct rg_arena *arena)
{
	const char *between = ": ", *copy;
	struct rg_buf text;

	rg_buf_init(&text, 2 * RG_POLICY_PATTERN_MAX + 256);
	rg_buf_adds(&text, function->match);
	if (function->module)
		rg_buf_addf(&text, " of %s", function->module);
	add_limit(&text, "growth", function->growth, &between);
	add_limit(&text, "limit", function->limit, &between);
	add_limit(&text, "min_share", function->min_share, &between);
	copy = text.failed ? NULL : rg_arena_strdup(arena, text.data);
	rg_buf_done(&text);
	return copy;
}

static struct texts function_texts(const struct rg_policy *policy, struct rg_arena *arena)
{
	struct texts texts = {
		.text = rg_arena_array(arena, policy->function_count + 1, sizeof(const char *)),
		.count = policy->function_count,
	};

	for (size_t i = 0; texts.text && i < texts.count; i++) {
		texts.text[i] = function_text(&policy->functions[i], arena);
		if (!texts.text[i])
			texts.text = NULL;
	}
	return texts;
}

/* "validate of libx.so: up to 40% until 2026-03-31, ada: new checks". */
static const char *accept_text(const struct rg_policy_accept *accept, struct rg_arena *arena)
{
	char growth[RG_UNITS_TEXT_MAX], date[RG_UNITS_TEXT_MAX];
	bool any = accept->module == NULL;

	key_percent.format(growth, accept->growth);
	return rg_arena_printf(arena, "%s%s%s: up to %s until %s, %s: %s", accept->match,
			       any ? "" : " of ", any ? "" : accept->module, growth,
			       rg_format_date(date, accept->expires), accept->owner,
			       accept->reason);
}

static struct texts accept_texts(const struct rg_policy *policy, struct rg_arena *arena)
{
	struct texts texts = {
		.text = rg_arena_array(arena, policy->accept_count + 1, sizeof(const char *)),
		.count = policy->accept_count,
	};

	for (size_t i = 0; texts.text && i < texts.count; i++) {
		texts.text[i] = accept_text(&policy->accept[i], arena);
		if (!texts.text[i])
			texts.text = NULL;
	}
	return texts;
}

static bool holds(const struct texts *texts, const char *text)
{
	for (size_t i = 0; i < texts->count; i++) {
		if (!strcmp(texts->text[i], text))
			return true;
	}
	return false;
}

static bool same_order(const struct texts *a, const struct texts *b)
{
	for (size_t i = 0; i < a->count; i++) {
		if (i >= b->count || strcmp(a->text[i], b->text[i]) != 0)
			return false;
	}
	return a->count == b->count;
}

/* What only one list has. Of functions the order counts too: the first that matches holds. */
static void compare_texts(struct gathering *gathering, const char *what,
			  const struct texts *applied, const struct texts *proposed, bool ordered)
{
	const size_t before = gathering->count;

	for (size_t i = 0; i < applied->count; i++) {
		if (!holds(proposed, applied->text[i]))
			add(gathering, what, rg_arena_strdup(gathering->arena, applied->text[i]),
			    none);
	}
	for (size_t i = 0; i < proposed->count; i++) {
		if (!holds(applied, proposed->text[i]))
			add(gathering, what, none,
			    rg_arena_strdup(gathering->arena, proposed->text[i]));
	}
	if (ordered && gathering->count == before && !same_order(applied, proposed))
		add(gathering, what, "their order", "another order");
}

static void compare_patterns(struct gathering *gathering, const char *what,
			     const struct rg_policy_list *applied,
			     const struct rg_policy_list *proposed)
{
	/* The texts are only read. */
	const struct texts mine = {(const char **)applied->pattern, applied->count};
	const struct texts other = {(const char **)proposed->pattern, proposed->count};

	compare_texts(gathering, what, &mine, &other, false);
}

static void compare_lists(struct gathering *gathering, const struct rg_policy *applied,
			  const struct rg_policy *proposed)
{
	const struct texts mine = function_texts(applied, gathering->arena);
	const struct texts other = function_texts(proposed, gathering->arena);

	const struct texts accepted = accept_texts(applied, gathering->arena);
	const struct texts others = accept_texts(proposed, gathering->arena);

	if (!mine.text || !other.text || !accepted.text || !others.text) {
		gathering->failed = true;
		return;
	}
	compare_texts(gathering, "functions", &mine, &other, true);
	compare_texts(gathering, "accept", &accepted, &others, false);
	compare_patterns(gathering, "ignore",
			 &(struct rg_policy_list){applied->ignore, applied->ignore_count},
			 &(struct rg_policy_list){proposed->ignore, proposed->ignore_count});
	compare_patterns(gathering, "idle", &applied->idle, &proposed->idle);
	compare_patterns(gathering, "not_idle", &applied->not_idle, &proposed->not_idle);
	compare_patterns(gathering, "plumbing", &applied->plumbing, &proposed->plumbing);
}

static size_t count_patterns(const struct rg_policy *policy)
{
	return policy->ignore_count + policy->accept_count + policy->idle.count +
	       policy->not_idle.count + policy->plumbing.count;
}

int rg_config_compare_policies(const struct rg_policy *applied, const struct rg_policy *proposed,
			       struct rg_arena *arena, const struct rg_policy_change **changes,
			       size_t *count, struct rg_err *err)
{
	struct gathering gathering = {
		.arena = arena,
		.room = key_policy.count + KEYS_OFF_CPU_MAX + applied->function_count +
			proposed->function_count + count_patterns(applied) +
			count_patterns(proposed) + 1,
	};

	gathering.change = rg_arena_array(arena, gathering.room, sizeof(*gathering.change));
	if (!gathering.change)
		return rg_err_nomem(err, "policy");
	compare_values(&gathering, applied, proposed);
	compare_lists(&gathering, applied, proposed);
	if (gathering.failed)
		return rg_err_nomem(err, "policy");
	*changes = gathering.change;
	*count = gathering.count;
	return 0;
}
