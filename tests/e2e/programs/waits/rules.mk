# The truth programs for off-CPU time: $(B)/e2e/programs/waits/VARIANT/PROGRAM. Included by the Makefile, which sets B, CC,
# Q, msg and WERROR. WAITS_PROGRAMS is what `make check` runs, WAITS_LONG the other variants.

WAITS_SRC := tests/e2e/programs/waits
WAITS_OUT := $(B)/e2e/programs/waits

# Frame pointers are asked for or refused in each, whatever the compiler's default.
WAITS_FLAGS_o0 := -O0 -fomit-frame-pointer
WAITS_FLAGS_o2 := -O2 -fomit-frame-pointer
WAITS_FLAGS_o0fp := -O0 -fno-omit-frame-pointer
WAITS_FLAGS_o2fp := -O2 -fno-omit-frame-pointer
WAITS_FLAGS_static := -O2 -fomit-frame-pointer -fno-pie
WAITS_FLAGS_staticfp := -O0 -fno-omit-frame-pointer -fno-pie
WAITS_LINK_static := -static
WAITS_LINK_staticfp := -static
waits_in = $(foreach v,$(1),$(patsubst $(WAITS_SRC)/%.c,$(WAITS_OUT)/$(v)/%,$(sort $(wildcard $(WAITS_SRC)/*.c))))
WAITS_PROGRAMS := $(call waits_in,o2 o0fp static)
WAITS_LONG := $(call waits_in,o0 o2fp staticfp)

# -fno-optimize-sibling-calls: a tail call takes its caller off the stack.
define WAITS_RULES
$(WAITS_OUT)/$(1)/%: $(WAITS_SRC)/%.c $(WAITS_SRC)/wait.h $(WAITS_SRC)/truth.h
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) -std=gnu17 -D_GNU_SOURCE $$(WAITS_FLAGS_$(1)) -g -Wall -Wextra $$(WERROR) -fno-optimize-sibling-calls \
		$$< -o $$@ $$(WAITS_LINK_$(1)) -lpthread
endef
$(foreach v,o0 o2 o0fp o2fp static staticfp,$(eval $(call WAITS_RULES,$(v))))
