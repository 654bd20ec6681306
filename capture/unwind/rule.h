/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_UNWIND_RULE_H
#define CAPTURE_UNWIND_RULE_H

#include "../../bpf/unwind.h"
#include "cfa.h"

/*
 * The rule that says what a state of call-frame information says. Where a rule has no form for it:
 * RGW_CFA_UNSUPPORTED for the CFA, the return address and the stack pointer, without which there is
 * no next frame; RGW_SAVED_LOST for the other registers. NULL is a damaged entry: unsupported.
 */
struct rgw_unwind_rule rg_rule_make(const struct rg_cfa_state *state,
				    const struct rg_cfa_machine *machine,
				    const struct rg_cfi_cie *cie);

#endif
