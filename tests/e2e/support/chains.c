/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "chains.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum {
	STEPS_MAX = 24,
	MANY = 64,        /* frames of "+" and "*" */
	SHOWN_DEPTH = 40, /* frames printed of a wrong stack */
};

struct step {
	const char *word;
	size_t len;
	uint32_t min, max;
};

struct chain {
	struct step steps[STEPS_MAX];
	size_t count;
	bool is_static;
};

/* A stack, with what its frames are told by. */
struct view {
	const struct rg_profile *profile;
	const struct rg_stack *stack;
	const struct chain *chain;
};

/* --- Reading a chain ------------------------------------------------------------------------ */

static struct step read_step(const char *word, size_t len)
{
	struct step step = {word, len, 1, 1};
	size_t digits = 0;

	while (isdigit((unsigned char)word[step.len - 1 - digits]))
		digits++;
	if (digits && word[step.len - 1 - digits] == '*') {
		step.len -= digits + 1;
		step.min = step.max = (uint32_t)strtoul(word + step.len + 1, NULL, 10);
		return step;
	}
	if (strchr("+*?", word[len - 1])) {
		step.len--;
		step.min = word[len - 1] == '+';
		step.max = word[len - 1] == '?' ? 1 : MANY;
	}
	return step;
}

/* Reads one alternative; returns the text behind it, or NULL at the end. */
static const char *read_chain(const char *text, struct chain *chain)
{
	chain->count = 0;
	for (;;) {
		size_t len;

		text += strspn(text, " ");
		len = strcspn(text, " ");
		if (len == 0)
			return NULL;
		if (len == 1 && *text == '|')
			return text + 1;
		assert_true(chain->count < STEPS_MAX);
		chain->steps[chain->count++] = read_step(text, len);
		text += len;
	}
}

/* --- Frames --------------------------------------------------------------------------------- */

static const struct rg_frame *frame_at(const struct view *view, uint32_t depth)
{
	size_t count;

	return &rg_profile_frames(view->profile, &count)[view->stack->frames[depth]];
}

static const char *module_at(const struct view *view, uint32_t depth)
{
	size_t count;

	return rg_profile_modules(view->profile, &count)[frame_at(view, depth)->module].name;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool is_kernel(const char *module)
{
	return module[0] == '[' && !begins(module, "[vdso]") && !begins(module, "[anon]") &&
	       !begins(module, "[unknown]") && !begins(module, "[truncated]");
}

/* Behind the name may stand parameters, what gcc calls a function's unlikely part, and Rust's hash. */
static bool is_named(const char *function, const struct step *step)
{
	const char *rest = function + step->len;

	for (size_t i = 0; i < step->len; i++)
		if (function[i] != step->word[i] && (step->word[i] != '_' || function[i] != ' '))
			return false;
	return *rest == '\0' || *rest == '(' || begins(rest, ".cold") ||
	       (begins(rest, "::h") && strspn(rest + 3, "0123456789abcdef") == 16);
}

static bool is_step(const struct step *step, const char *word)
{
	return step->len == strlen(word) && strncmp(step->word, word, step->len) == 0;
}

static bool chain_names(const struct chain *chain, const char *function)
{
	for (size_t i = 0; i < chain->count; i++)
		if (is_named(function, &chain->steps[i]))
			return true;
	return false;
}

static bool is_library(const struct view *view, uint32_t depth)
{
	const char *module = module_at(view, depth);

	if (chain_names(view->chain, frame_at(view, depth)->function))
		return false;
	if (begins(module, "lib") || begins(module, "ld-linux") || begins(module, "[vdso]"))
		return true;
	return module[0] != '[' && view->chain->is_static;
}

static bool is_standard(const char *function)
{
	return strstr(function, "std::") || strstr(function, "core::") ||
	       strstr(function, "alloc::") || strstr(function, "__gnu_cxx::");
}

static bool ends(const char *text, const char *with)
{
	size_t len = strlen(text), end = strlen(with);

	return len >= end && strcmp(text + len - end, with) == 0;
}

static bool is_stub(const struct view *view, uint32_t depth)
{
	return ends(frame_at(view, depth)->function, "@plt");
}

static bool frame_fits(const struct view *view, uint32_t depth, const struct step *step)
{
	const char *function = frame_at(view, depth)->function;

	if (is_step(step, "(lib)"))
		return is_library(view, depth);
	if (is_step(step, "(std)"))
		return is_standard(function);
	if (is_step(step, "(plt)"))
		return is_stub(view, depth);
	if (is_step(step, "(anon)"))
		return begins(module_at(view, depth), "[anon]");
	if (is_step(step, "(kernel)"))
		return is_kernel(module_at(view, depth));
	return is_named(function, step);
}

/* --- Stacks --------------------------------------------------------------------------------- */

/* Whether the frames from `depth` on are the steps from `at` on, the first of them at least `min` times. */
static bool stack_fits(const struct view *view, uint32_t depth, size_t at, uint32_t min)
{
	const struct step *step = &view->chain->steps[at];
	uint32_t fitting = 0;

	while (fitting < step->max && depth + fitting < view->stack->depth &&
	       frame_fits(view, depth + fitting, step))
		fitting++;
	for (uint32_t taken = fitting + 1; taken-- > min;) {
		if (at + 1 == view->chain->count) {
			if (depth + taken == view->stack->depth)
				return true;
			continue;
		}
		if (stack_fits(view, depth + taken, at + 1, step[1].min))
			return true;
	}
	return false;
}

static enum e2e_chain_fit fit_one(const struct rg_profile *profile, const struct rg_stack *stack,
				  const struct chain *chain)
{
	struct view view = {profile, stack, chain};
	uint32_t user = 0, first;

	while (user < stack->depth && is_kernel(module_at(&view, user)))
		user++;
	first = is_step(&chain->steps[0], "(kernel)") ? 0 : user;
	if (stack_fits(&view, first, 0, chain->steps[0].min))
		return E2E_CHAIN_WHOLE;
	if (user < stack->depth && is_stub(&view, user))
		user++;
	for (size_t at = 0; at < chain->count; at++)
		if (stack_fits(&view, user, at, 1))
			return E2E_CHAIN_PART;
	return stack_fits(&view, first, 0, 1) ? E2E_CHAIN_PART : E2E_CHAIN_WRONG;
}

enum e2e_chain_fit e2e_chain_fit(const struct rg_profile *profile, const struct rg_stack *stack,
				 const struct e2e_chain *chain)
{
	struct chain one = {.is_static = chain->is_static};
	const char *rest = read_chain(chain->text, &one);
	enum e2e_chain_fit fit = fit_one(profile, stack, &one);

	while (rest && fit == E2E_CHAIN_WRONG) {
		rest = read_chain(rest, &one);
		if (fit_one(profile, stack, &one) != E2E_CHAIN_WRONG)
			fit = E2E_CHAIN_PART;
	}
	return fit;
}

/* --- Profiles ------------------------------------------------------------------------------- */

/* Samples by how they fit, and the wrong stack that most of them have. */
struct tally {
	int64_t of[E2E_CHAIN_WHOLE + 1];
	int64_t total, worst_samples;
	const struct rg_stack *worst;
};

static struct tally tally_up(const struct rg_profile *profile, const char *thread,
			     const struct e2e_chain *chain)
{
	size_t count, stack_count;
	const struct rg_sample *samples = rg_profile_samples(profile, &count);
	const struct rg_stack *stacks = rg_profile_stacks(profile, &stack_count);
	struct tally tally = {0};

	for (size_t i = 0; i < count; i++) {
		const struct rg_stack *stack = &stacks[samples[i].stack];
		int64_t n = samples[i].value[RG_VALUE_SAMPLES];
		enum e2e_chain_fit fit;

		if (thread && strcmp(samples[i].thread, thread) != 0)
			continue;
		fit = e2e_chain_fit(profile, stack, chain);
		tally.of[fit] += n;
		tally.total += n;
		if (fit == E2E_CHAIN_WRONG && n > tally.worst_samples) {
			tally.worst = stack;
			tally.worst_samples = n;
		}
	}
	return tally;
}

static void show_stack(const struct rg_profile *profile, const struct rg_stack *stack)
{
	struct view view = {profile, stack, NULL};

	for (uint32_t i = 0; i < stack->depth && i < SHOWN_DEPTH; i++)
		print_error(" %s (%s)", frame_at(&view, i)->function, module_at(&view, i));
	print_error("%s\n", stack->depth > SHOWN_DEPTH ? " …" : "");
}

bool e2e_chain_holds(const struct rg_profile *profile, const char *name, const char *thread,
		     const struct e2e_chain *chain)
{
	struct tally tally = tally_up(profile, thread, chain);

	if (tally.total >= E2E_CHAIN_SAMPLES &&
	    tally.of[E2E_CHAIN_WRONG] * 100 <= tally.total * chain->wrong_percent &&
	    tally.of[E2E_CHAIN_WHOLE] * 100 >= tally.total * chain->whole_percent)
		return true;
	print_error("%s\n  of %lld samples %lld are wrong, and %lld show the whole chain: %s\n",
		    name, (long long)tally.total, (long long)tally.of[E2E_CHAIN_WRONG],
		    (long long)tally.of[E2E_CHAIN_WHOLE], chain->text);
	if (tally.worst) {
		print_error("  %lld are %u frames:", (long long)tally.worst_samples,
			    tally.worst->depth);
		show_stack(profile, tally.worst);
	}
	return false;
}
