/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_JUDGED_H
#define CMD_JUDGED_H

struct rg_buf;
struct rg_err;
struct rg_settings;
struct rg_verdict;
struct rg_version;

/*
 * The verdict of --from-verdict, which may be a file of anybody's, and the version that its canary is. RG_EUSAGE when it is
 * no pass and --accept does not name its outcome, or it does not say of which version it is.
 */
int rg_judged_open(const struct rg_settings *settings, struct rg_verdict **verdict,
		   struct rg_version *version, struct rg_err *err);

/* RG_EUSAGE unless a profile, as it would be stored, is one of those that were judged. */
int rg_judged_check(const struct rg_verdict *verdict, const struct rg_buf *bytes, const char *path,
		    struct rg_err *err);

#endif
