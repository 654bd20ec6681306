/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flame_url.h"
#include "settings.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An address that does not fit is none. */
__attribute__((format(printf, 2, 3))) static const char *address(char out[RG_FLAME_URL_MAX],
								 const char *format, ...)
{
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(out, RG_FLAME_URL_MAX, format, args);
	va_end(args);
	return len >= 0 && len < RG_FLAME_URL_MAX ? out : NULL;
}

/* GitLab keeps artefacts by their path in the project's folder. */
static const char *at_gitlab(const char *path, char out[RG_FLAME_URL_MAX])
{
	const char *job = getenv("CI_JOB_URL");

	if (!job || !*job || *path == '/' || strstr(path, ".."))
		return NULL;
	return address(out, "%s/artifacts/file/%s", job, path);
}

/* GitHub numbers artefacts when they are uploaded, which is later: all of the run's are listed there. */
static const char *at_github(char out[RG_FLAME_URL_MAX])
{
	const char *server = getenv("GITHUB_SERVER_URL"), *repo = getenv("GITHUB_REPOSITORY");
	const char *run = getenv("GITHUB_RUN_ID");

	if (!server || !repo || !run || !*server || !*repo || !*run)
		return NULL;
	return address(out, "%s/%s/actions/runs/%s#artifacts", server, repo, run);
}

const char *rg_flame_url(const struct rg_settings *settings, char out[RG_FLAME_URL_MAX])
{
	const char *found;

	if (settings->post.flame_url || !settings->html_out)
		return settings->post.flame_url;
	found = at_gitlab(settings->html_out, out);
	return found ? found : at_github(out);
}
