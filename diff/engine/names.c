/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/policy.h"
#include "rg/verdict.h"

const char *rg_rule_name(enum rg_rule rule)
{
	switch (rule) {
	case RG_RULE_STATISTICAL:
		return "statistical";
	case RG_RULE_LITERAL:
		return "literal";
	}
	return "invalid";
}

const char *rg_basis_name(enum rg_basis basis)
{
	switch (basis) {
	case RG_BASIS_AUTO:
		return "auto";
	case RG_BASIS_SECOND:
		return "second";
	case RG_BASIS_SHARE:
		return "share";
	case RG_BASIS_WORK:
		return "work";
	}
	return "invalid";
}

const char *rg_outcome_name(enum rg_outcome outcome)
{
	switch (outcome) {
	case RG_OUTCOME_UNDECIDED:
		return "undecided";
	case RG_OUTCOME_PASS:
		return "pass";
	case RG_OUTCOME_FAIL:
		return "fail";
	case RG_OUTCOME_NOT_COMPARABLE:
		return "not_comparable";
	case RG_OUTCOME_NO_BASELINE:
		return "no_baseline";
	}
	return "invalid";
}

const char *rg_status_name(enum rg_status status)
{
	switch (status) {
	case RG_STATUS_UNKNOWN:
		return "unknown";
	case RG_STATUS_UNCHANGED:
		return "unchanged";
	case RG_STATUS_IMPROVED:
		return "improved";
	case RG_STATUS_DISPLACED:
		return "displaced";
	case RG_STATUS_SUSPECT:
		return "suspect";
	case RG_STATUS_NEW:
		return "new";
	case RG_STATUS_REGRESSED:
		return "regressed";
	case RG_STATUS_IGNORED:
		return "ignored";
	case RG_STATUS_ACCEPTED:
		return "accepted";
	case RG_STATUS_MOVED:
		return "moved";
	case RG_STATUS_PLACED:
		return "placed";
	}
	return "invalid";
}

const char *rg_acceptance_name(enum rg_acceptance acceptance)
{
	switch (acceptance) {
	case RG_ACCEPTANCE_NONE:
		return "none";
	case RG_ACCEPTANCE_HOLDS:
		return "holds";
	case RG_ACCEPTANCE_EXPIRED:
		return "expired";
	case RG_ACCEPTANCE_EXCEEDED:
		return "exceeded";
	}
	return "invalid";
}

const char *rg_dimension_name(enum rg_dimension dimension)
{
	switch (dimension) {
	case RG_DIMENSION_ON_CPU:
		return "on_cpu";
	case RG_DIMENSION_OFF_CPU:
		return "off_cpu";
	}
	return "invalid";
}

const char *rg_commit_of_name(enum rg_commit_of of)
{
	switch (of) {
	case RG_COMMIT_OF_ROW:
		return "row";
	case RG_COMMIT_OF_CALLER:
		return "caller";
	case RG_COMMIT_OF_ENTRY:
		return "entry";
	}
	return "invalid";
}

const char *rg_move_how_name(enum rg_move_how how)
{
	switch (how) {
	case RG_MOVE_REPLACED:
		return "replaced";
	case RG_MOVE_INLINED:
		return "inlined";
	case RG_MOVE_TAKEN_OUT:
		return "taken_out";
	case RG_MOVE_LINES:
		return "lines";
	}
	return "invalid";
}

const char *rg_growth_of_name(enum rg_growth_of of)
{
	switch (of) {
	case RG_GROWTH_OF_ROW:
		return "row";
	case RG_GROWTH_OF_CALLER:
		return "caller";
	case RG_GROWTH_OF_TOTAL:
		return "total";
	}
	return "invalid";
}
