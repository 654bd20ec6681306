/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/config.h"
#include "rg/err.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/*
 * The configuration reader under any bytes: it accepts or says why not; what it refuses leaves the
 * configuration as it was, and what it accepts passes the check of every range.
 */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_refused(const struct rg_config *config, int rc, const struct rg_err *err)
{
	struct rg_config fresh;

	require(rc == RG_EUSAGE && err->code == RG_EUSAGE);
	require(!strncmp(err->text, "f:", 2));
	rg_config_init(&fresh);
	require(!strcmp(config->scenario, fresh.scenario));
	require(!config->command && !config->load && !config->store);
	require(config->window_ns == fresh.window_ns && config->slice_ns == fresh.slice_ns);
	require(config->policy.top_k == fresh.policy.top_k);
	rg_config_done(&fresh);
}

static void check_accepted(const struct rg_config *config)
{
	struct rg_err err = {0};

	require(config->scenario && *config->scenario);
	require(!config->command || *config->command[0]);
	/* Two values that are each in range may still not go together. */
	if (rg_config_check(config, &err))
		require(strstr(err.text, "longer than the window") != NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rg_config config;
	struct rg_err err = {0};
	int rc;

	rg_config_init(&config);
	rc = rg_config_parse(&config, (const char *)data, size, "f", &err);
	if (rc)
		check_refused(&config, rc, &err);
	else
		check_accepted(&config);
	rg_config_done(&config);
	return 0;
}
