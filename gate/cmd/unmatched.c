/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unmatched.h"
#include "settings.h"

#include "rg/arena.h"
#include "rg/buf.h"
#include "rg/cli.h"
#include "rg/diff.h"
#include "rg/policy.h"
#include "rg/profile.h"

#include <string.h>

/* Enough to see what is wrong with a list. */
enum { SHOWN_MAX = 5, NAME_MAX_BYTES = 1 << 20 };

/* An entry of a list. */
struct entry {
	const char *list;              /* as the configuration calls it */
	const char *match;             /* as written */
	const char *function, *module; /* patterns; module NULL: any */
	bool matched;
};

struct entries {
	struct entry entry[3 * RG_POLICY_LIST_MAX];
	size_t count, unmatched;
	/* The canonical names at hand. */
	struct rg_buf function, module;
};

/* --- The entries ---------------------------------------------------------------------------- */

/* What there is no memory for is not told of. */
static void add(struct entries *entries, const char *list, const char *match, const char *module,
		struct rg_arena *arena)
{
	struct entry entry = {.list = list, .match = match};

	entry.function = rg_canon_pattern(match, rg_canon_name, arena);
	entry.module = rg_canon_pattern(module, rg_canon_module, arena);
	if (entry.function && (entry.module || !module))
		entries->entry[entries->count++] = entry;
}

/* Not the total, nor all that is shown of a wait: "flush [disk, fsync]". */
static bool names_function(const char *match)
{
	return strcmp(match, RG_POLICY_TOTAL) != 0 && strcmp(match, RG_POLICY_TOTAL_WAITS) != 0 &&
	       !strstr(match, " [");
}

static void add_all(struct entries *entries, const struct rg_settings *s)
{
	const struct rg_policy *policy = &s->config.policy;

	for (size_t i = 0; i < policy->function_count; i++)
		add(entries, "functions", policy->functions[i].match, policy->functions[i].module,
		    s->arena);
	for (size_t i = 0; i < policy->ignore_count; i++)
		add(entries, "ignore", policy->ignore[i], NULL, s->arena);
	for (size_t i = 0; i < policy->accept_count; i++) {
		if (names_function(policy->accept[i].match))
			add(entries, "accept", policy->accept[i].match, policy->accept[i].module,
			    s->arena);
	}
	entries->unmatched = entries->count;
}

/* --- Against the profiles ------------------------------------------------------------------- */

static bool matches(const struct entry *entry, const struct entries *names)
{
	if (!rg_pattern_match(entry->function, names->function.data))
		return false;
	return !entry->module || rg_pattern_match(entry->module, names->module.data);
}

/* A name too long to be made canonical matches nothing. */
static bool set_names(struct entries *entries, const char *function, const char *module)
{
	rg_buf_reset(&entries->function);
	rg_buf_reset(&entries->module);
	rg_canon_name(&entries->function, function);
	rg_canon_module(&entries->module, module);
	rg_buf_adds(&entries->function, "");
	rg_buf_adds(&entries->module, "");
	return !entries->function.failed && !entries->module.failed && entries->function.data &&
	       entries->module.data;
}

static void match_frame(struct entries *entries)
{
	for (size_t i = 0; i < entries->count; i++) {
		struct entry *entry = &entries->entry[i];

		if (entry->matched || !matches(entry, entries))
			continue;
		entry->matched = true;
		entries->unmatched--;
	}
}

static void match_profile(struct entries *entries, const struct rg_profile *profile)
{
	size_t count, module_count;
	const struct rg_frame *frames = rg_profile_frames(profile, &count);
	const struct rg_module *modules = rg_profile_modules(profile, &module_count);

	for (size_t i = 0; entries->unmatched && i < count; i++) {
		if (set_names(entries, frames[i].function, modules[frames[i].module].name))
			match_frame(entries);
	}
}

static void match_runs(struct entries *entries, const struct rg_runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		match_profile(entries, runs->run[i]);
}

/* --- Telling -------------------------------------------------------------------------------- */

static void tell(const struct entries *entries)
{
	size_t shown = 0;

	for (size_t i = 0; i < entries->count && shown < SHOWN_MAX; i++) {
		const struct entry *entry = &entries->entry[i];

		if (entry->matched)
			continue;
		shown++;
		rg_cli_say("note: \"%s\": '%s'%s%s%s matches no function of either profile",
			   entry->list, entry->match, entry->module ? " in '" : "",
			   entry->module ? entry->module : "", entry->module ? "'" : "");
	}
	if (entries->unmatched > shown)
		rg_cli_say("note: nor do %zu more entries", entries->unmatched - shown);
}

void rg_unmatched_tell(const struct rg_settings *settings, const struct rg_runs *base,
		       const struct rg_runs *canary)
{
	struct entries *entries;

	if (settings->verbosity < 0 || !base->count || !canary->count)
		return;
	entries = rg_arena_alloc(settings->arena, sizeof(*entries));
	if (!entries)
		return;
	*entries = (struct entries){0};
	rg_buf_init(&entries->function, NAME_MAX_BYTES);
	rg_buf_init(&entries->module, NAME_MAX_BYTES);
	add_all(entries, settings);
	match_runs(entries, base);
	match_runs(entries, canary);
	tell(entries);
	rg_buf_done(&entries->function);
	rg_buf_done(&entries->module);
}
