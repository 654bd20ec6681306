/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "fields.h"

#include "rg/verdict.h"

#include <stddef.h>

static const char *outcome_name(int value)
{
	return rg_outcome_name((enum rg_outcome)value);
}

static const char *status_name(int value)
{
	return rg_status_name((enum rg_status)value);
}

static const char *rule_name(int value)
{
	return rg_rule_name((enum rg_rule)value);
}

static const char *basis_name(int value)
{
	return rg_basis_name((enum rg_basis)value);
}

static const char *dimension_name(int value)
{
	return rg_dimension_name((enum rg_dimension)value);
}

static const char *acceptance_name(int value)
{
	return rg_acceptance_name((enum rg_acceptance)value);
}

static const char *move_how_name(int value)
{
	return rg_move_how_name((enum rg_move_how)value);
}

static const char *commit_of_name(int value)
{
	return rg_commit_of_name((enum rg_commit_of)value);
}

static const char *growth_of_name(int value)
{
	return rg_growth_of_name((enum rg_growth_of)value);
}

#define FIELD(of, kind, member, title)                                                          \
	{                                                                                       \
		.name = (title), .type = RG_FIELD_##kind, .offset = offsetof(struct of, member) \
	}
#define ENUM(of, member, title, namer, last)                                                   \
	{                                                                                      \
		.name = (title), .type = RG_FIELD_ENUM, .offset = offsetof(struct of, member), \
		.enum_name = (namer), .enum_count = (last) + 1                                 \
	}
#define TABLE(rows)                                    \
	{                                              \
		rows, sizeof(rows) / sizeof((rows)[0]) \
	}

/* The outcome stands first: it is what a pipeline branches on. */
static const struct rg_field verdict[] = {
	ENUM(rg_verdict, outcome, "outcome", outcome_name, RG_OUTCOME_NO_BASELINE),
	{.name = "schema", .type = RG_FIELD_SCHEMA},
	FIELD(rg_verdict, TEXT, reason, "reason"),
	FIELD(rg_verdict, TEXT, advice, "advice"),
	FIELD(rg_verdict, TEXT, scenario, "scenario"),
	FIELD(rg_verdict, TEXT, baseline_note, "baseline_note"),
	FIELD(rg_verdict, BOOL, compared, "compared"),
	FIELD(rg_verdict, BOOL, pinned_decides, "pinned_decides"),
	ENUM(rg_verdict, basis, "basis", basis_name, RG_BASIS_WORK),
	FIELD(rg_verdict, TEXT, work_unit, "work_unit"),
	FIELD(rg_verdict, SIZE, paired_rounds, "paired_rounds"),
	FIELD(rg_verdict, BOOL, concurrent, "concurrent"),
	FIELD(rg_verdict, TEXT, policy_from, "policy_from"),
	FIELD(rg_verdict, TEXT, commits_note, "commits_note"),
	FIELD(rg_verdict, SIZE, rows_left_out, "rows_left_out"),
	FIELD(rg_verdict, SIZE, ignored_count, "ignored_functions"),
	FIELD(rg_verdict, REAL, ignored_share_base, "ignored_share_base"),
	FIELD(rg_verdict, REAL, ignored_share_canary, "ignored_share_canary"),
};

static const struct rg_field policy[] = {
	ENUM(rg_policy, rule, "rule", rule_name, RG_RULE_LITERAL),
	ENUM(rg_policy, basis, "basis", basis_name, RG_BASIS_WORK),
	FIELD(rg_policy, REAL, growth, "growth_fraction"),
	FIELD(rg_policy, REAL, total_growth, "total_growth_fraction"),
	FIELD(rg_policy, REAL, limit, "limit_fraction"),
	FIELD(rg_policy, REAL, min_share, "min_share"),
	FIELD(rg_policy, REAL, q, "q"),
	FIELD(rg_policy, REAL, prior_cv, "prior_cv"),
	FIELD(rg_policy, U32, top_k, "top_k"),
	FIELD(rg_policy, U64, min_samples, "min_samples"),
	FIELD(rg_policy, REAL, max_lost, "max_lost_share"),
	FIELD(rg_policy, REAL, max_unnamed_gap, "max_unnamed_gap_share"),
	FIELD(rg_policy, REAL, load_low, "load_low_ratio"),
	FIELD(rg_policy, REAL, load_high, "load_high_ratio"),
	FIELD(rg_policy, DATE, today, "today"),
};

static const struct rg_field look[] = {
	FIELD(rg_policy_look, U32, number, "number"),
	FIELD(rg_policy_look, U32, of, "of"),
	FIELD(rg_policy_look, REAL, before, "before_share"),
	FIELD(rg_policy_look, REAL, now, "now_share"),
};

static const struct rg_field function[] = {
	FIELD(rg_policy_function, TEXT, match, "match"),
	FIELD(rg_policy_function, TEXT, module, "module"),
	FIELD(rg_policy_function, LIMIT, growth, "growth_fraction"),
	FIELD(rg_policy_function, LIMIT, limit, "limit_fraction"),
	FIELD(rg_policy_function, LIMIT, min_share, "min_share"),
};

static const struct rg_field accept[] = {
	FIELD(rg_policy_accept, TEXT, match, "match"),
	FIELD(rg_policy_accept, TEXT, module, "module"),
	FIELD(rg_policy_accept, REAL, growth, "growth_fraction"),
	FIELD(rg_policy_accept, DATE, expires, "expires"),
	FIELD(rg_policy_accept, TEXT, owner, "owner"),
	FIELD(rg_policy_accept, TEXT, reason, "reason"),
};

static const struct rg_field change[] = {
	FIELD(rg_policy_change, TEXT, what, "what"),
	FIELD(rg_policy_change, TEXT, applied, "applied"),
	FIELD(rg_policy_change, TEXT, proposed, "proposed"),
};

static const struct rg_field side[] = {
	FIELD(rg_side, TEXT, version, "version"),
	FIELD(rg_side, TEXT, commit, "commit"),
	FIELD(rg_side, TEXT, host, "host"),
	FIELD(rg_side, TEXT, tool, "tool"),
	FIELD(rg_side, SIZE, runs, "runs"),
	FIELD(rg_side, I64, samples, "samples"),
	FIELD(rg_side, U64, wall_ns, "wall_ns"),
	FIELD(rg_side, U64, cpu_ns, "cpu_ns"),
	FIELD(rg_side, REAL, busy_cores, "busy_cores"),
	FIELD(rg_side, REAL, named_share, "named_share"),
	FIELD(rg_side, REAL, work, "work"),
	FIELD(rg_side, BOOL, interrupted, "interrupted"),
	FIELD(rg_side, BOOL, has_slices, "has_slices"),
};

static const struct rg_field row[] = {
	ENUM(rg_row, dimension, "dimension", dimension_name, RG_DIMENSION_OFF_CPU),
	ENUM(rg_row, status, "status", status_name, RG_STATUS_PLACED),
	FIELD(rg_row, TEXT, function, "function"),
	FIELD(rg_row, TEXT, key, "key"),
	FIELD(rg_row, TEXT, module, "module"),
	FIELD(rg_row, TEXT, renamed_from, "renamed_from"),
	FIELD(rg_row, NOTE, renamed_by, "renamed_by"),
	FIELD(rg_row, TEXT, wait, "wait"),
	FIELD(rg_row, TEXT, api, "api"),
	FIELD(rg_row, TEXT, file, "file"),
	FIELD(rg_row, U32, line, "line"),
	FIELD(rg_row, BOOL, in_repo, "in_repository"),
	FIELD(rg_row, BOOL, tested, "tested"),
	FIELD(rg_row, BOOL, unnamed, "unnamed"),
	FIELD(rg_row, U32, rank_base, "rank_base"),
	FIELD(rg_row, U32, rank_canary, "rank_canary"),
	FIELD(rg_row, I64, samples_base, "samples_base"),
	FIELD(rg_row, I64, samples_canary, "samples_canary"),
	FIELD(rg_row, REAL, cost_base, "cost_base"),
	FIELD(rg_row, REAL, cost_canary, "cost_canary"),
	FIELD(rg_row, REAL, share_base, "share_base"),
	FIELD(rg_row, REAL, share_canary, "share_canary"),
	FIELD(rg_row, REAL, growth, "growth_fraction"),
	FIELD(rg_row, REAL, growth_low, "growth_low_fraction"),
	FIELD(rg_row, REAL, growth_high, "growth_high_fraction"),
	FIELD(rg_row, REAL, raw_growth, "raw_growth_fraction"),
	FIELD(rg_row, REAL, growth_allowed, "growth_allowed_fraction"),
	FIELD(rg_row, TEXT, pattern, "pattern"),
	ENUM(rg_row, accept.found, "acceptance", acceptance_name, RG_ACCEPTANCE_EXCEEDED),
	FIELD(rg_row, REAL, accept.growth, "accept_growth_fraction"),
	FIELD(rg_row, DATE, accept.expires, "accept_expires"),
	FIELD(rg_row, TEXT, accept.owner, "accept_owner"),
	FIELD(rg_row, TEXT, accept.reason, "accept_reason"),
	FIELD(rg_row, REAL, mdg, "mdg_fraction"),
	FIELD(rg_row, REAL, p, "p"),
	FIELD(rg_row, REAL, impact, "impact_cost"),
};

static const struct rg_field issue[] = {
	FIELD(rg_issue, BOOL, blocking, "blocking"), FIELD(rg_issue, BOOL, off_cpu, "off_cpu"),
	FIELD(rg_issue, TEXT, what, "what"),         FIELD(rg_issue, TEXT, base, "baseline"),
	FIELD(rg_issue, TEXT, canary, "canary"),     FIELD(rg_issue, TEXT, limit, "limit"),
};

static const struct rg_field commit[] = {
	ENUM(rg_commit, dimension, "dimension", dimension_name, RG_DIMENSION_OFF_CPU),
	ENUM(rg_commit, of, "of", commit_of_name, RG_COMMIT_OF_ENTRY),
	FIELD(rg_commit, SIZE, row, "row"),
	FIELD(rg_commit, TEXT, id, "id"),
	FIELD(rg_commit, TEXT, subject, "subject"),
	FIELD(rg_commit, TEXT, author, "author"),
	FIELD(rg_commit, TEXT, file, "file"),
	FIELD(rg_commit, U32, first_line, "first_line"),
	FIELD(rg_commit, U32, last_line, "last_line"),
	FIELD(rg_commit, TEXT, lines, "lines"),
};

static const struct rg_field entry[] = {
	ENUM(rg_entry, dimension, "dimension", dimension_name, RG_DIMENSION_OFF_CPU),
	ENUM(rg_entry, of, "of", growth_of_name, RG_GROWTH_OF_TOTAL),
	FIELD(rg_entry, SIZE, row, "row"),
	FIELD(rg_entry, TEXT, function, "function"),
	FIELD(rg_entry, TEXT, module, "module"),
	FIELD(rg_entry, TEXT, file, "file"),
	FIELD(rg_entry, U32, line, "line"),
	FIELD(rg_entry, REAL, explains, "explains_share"),
};

static const struct rg_field move[] = {
	ENUM(rg_move, dimension, "dimension", dimension_name, RG_DIMENSION_OFF_CPU),
	FIELD(rg_move, SIZE, row, "row"),
	ENUM(rg_move, how, "how", move_how_name, RG_MOVE_LINES),
	FIELD(rg_move, TEXT, function, "function"),
	FIELD(rg_move, TEXT, module, "module"),
	FIELD(rg_move, REAL, change, "change_fraction"),
	FIELD(rg_move, REAL, explains, "explains_share"),
	FIELD(rg_move, REAL, together, "together_growth_fraction"),
	FIELD(rg_move, NOTE, commit, "moved_by"),
};

static const struct rg_field policy_off_cpu[] = {
	FIELD(rg_policy_off_cpu, REAL, growth, "growth_fraction"),
	FIELD(rg_policy_off_cpu, REAL, total_growth, "total_growth_fraction"),
	FIELD(rg_policy_off_cpu, REAL, limit, "limit_fraction"),
	FIELD(rg_policy_off_cpu, U32, top_k, "top_k"),
	FIELD(rg_policy_off_cpu, U64, min_time_ns, "min_time_ns"),
	FIELD(rg_policy_off_cpu, U64, min_waits, "min_waits"),
	FIELD(rg_policy_off_cpu, REAL, max_unattributed, "max_unattributed_share"),
};

static const struct rg_field account[] = {
	FIELD(rg_account, BOOL, known, "known"),
	FIELD(rg_account, BOOL, cpu_known, "cpu_known"),
	FIELD(rg_account, BOOL, own_known, "own_known"),
	FIELD(rg_account, BOOL, off_cpu, "off_cpu"),
	FIELD(rg_account, U64, thread_ns, "thread_ns"),
	FIELD(rg_account, U64, cpu_ns, "cpu_ns"),
	FIELD(rg_account, U64, runq_ns, "run_queue_ns"),
	FIELD(rg_account, U64, blocked_ns, "blocked_ns"),
	FIELD(rg_account, REAL, closure, "closure_fraction"),
	FIELD(rg_account, REAL, cpu_error, "cpu_error_fraction"),
	FIELD(rg_account, REAL, cpu_error_se, "cpu_error_se_fraction"),
	FIELD(rg_account, U64, own_cpu_ns, "own_cpu_ns"),
	FIELD(rg_account, U64, own_bpf_ns, "own_bpf_ns"),
	FIELD(rg_account, U64, threshold_ns, "threshold_ns"),
	FIELD(rg_account, REAL, off_cpu_error, "off_cpu_error_fraction"),
};

static const struct rg_field off_cpu[] = {
	FIELD(rg_off_cpu, BOOL, measured, "measured"),
	FIELD(rg_off_cpu, BOOL, judged, "judged"),
	FIELD(rg_off_cpu, SIZE, rows_left_out, "rows_left_out"),
	FIELD(rg_off_cpu, SIZE, ignored_count, "ignored_waits"),
	FIELD(rg_off_cpu, REAL, ignored_share_base, "ignored_share_base"),
	FIELD(rg_off_cpu, REAL, ignored_share_canary, "ignored_share_canary"),
	FIELD(rg_off_cpu, SIZE, idle_left_out, "idle_left_out"),
	FIELD(rg_off_cpu, REAL, idle_base, "idle_base"),
	FIELD(rg_off_cpu, REAL, idle_canary, "idle_canary"),
	FIELD(rg_off_cpu, REAL, unattributed_base, "unattributed_share_base"),
	FIELD(rg_off_cpu, REAL, unattributed_canary, "unattributed_share_canary"),
	FIELD(rg_off_cpu, REAL, runq_base, "run_queue_base"),
	FIELD(rg_off_cpu, REAL, runq_canary, "run_queue_canary"),
};

static const struct rg_field condition[] = {
	FIELD(rg_condition, TEXT, what, "what"),
	FIELD(rg_condition, TEXT, base, "baseline"),
	FIELD(rg_condition, TEXT, canary, "canary"),
};

static const struct rg_field loss[] = {
	FIELD(rg_loss, TEXT, key, "key"),
	FIELD(rg_loss, U64, count, "count"),
};

const struct rg_field_table rg_fields_verdict = TABLE(verdict);
const struct rg_field_table rg_fields_policy = TABLE(policy);
const struct rg_field_table rg_fields_look = TABLE(look);
const struct rg_field_table rg_fields_function = TABLE(function);
const struct rg_field_table rg_fields_accept = TABLE(accept);
const struct rg_field_table rg_fields_change = TABLE(change);
const struct rg_field_table rg_fields_side = TABLE(side);
const struct rg_field_table rg_fields_row = TABLE(row);
const struct rg_field_table rg_fields_issue = TABLE(issue);
const struct rg_field_table rg_fields_condition = TABLE(condition);
const struct rg_field_table rg_fields_loss = TABLE(loss);
const struct rg_field_table rg_fields_policy_off_cpu = TABLE(policy_off_cpu);
const struct rg_field_table rg_fields_account = TABLE(account);
const struct rg_field_table rg_fields_off_cpu = TABLE(off_cpu);
const struct rg_field_table rg_fields_commit = TABLE(commit);
const struct rg_field_table rg_fields_entry = TABLE(entry);
const struct rg_field_table rg_fields_move = TABLE(move);
