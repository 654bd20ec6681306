/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "take.h"
#include "settings.h"

#include "rg/capture.h"
#include "rg/units.h"

#include <inttypes.h>

void rg_take_remark_load(const struct rg_settings *s, const struct rg_capture_result *result)
{
	char after[RG_UNITS_TEXT_MAX];

	if (!result->load_ended || s->verbosity < 0)
		return;
	rg_format_duration(after, result->load_after_ns - result->load_after_ns % RG_NS_PER_MS);
	rg_cli_say("warning: the load ended %s into the window; the rest ran without it", after);
}

void rg_take_remark(const struct rg_settings *s, const struct rg_capture_result *result)
{
	char wall[RG_UNITS_TEXT_MAX];
	/* To the millisecond: the rest is noise to a reader. */
	uint64_t wall_ns = result->wall_ns - result->wall_ns % RG_NS_PER_MS;

	rg_format_duration(wall, wall_ns);
	if (result->interrupted)
		rg_cli_say("interrupted: the window ended after %s", wall);
	if (s->verbosity < 0)
		return;
	if (result->target_ended)
		rg_cli_say("the target ended by itself: the window ended after %s", wall);
	if (result->failed)
		rg_cli_say("warning: %" PRIu64 " process%s of the target failed while it was "
			   "profiled%s%s",
			   result->failed, result->failed == 1 ? "" : "es",
			   result->failed == 1 ? ": " : "; the first: ", result->failure);
	rg_take_remark_load(s, result);
	if (!result->samples && !result->waits)
		rg_cli_say("warning: not one sample: the target used no CPU in %s", wall);
}
