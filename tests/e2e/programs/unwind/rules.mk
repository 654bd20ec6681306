# The truth programs for unwinding: $(B)/e2e/programs/unwind/VARIANT/PROGRAM. Included by the Makefile, which sets B, CC,
# Q, msg, WERROR and CLANG. UNWIND_PROGRAMS is what `make check` runs, UNWIND_LONG the rest of the cross product.

UNWIND_SRC := tests/e2e/programs/unwind
UNWIND_OUT := $(B)/e2e/programs/unwind
GO ?= go
RUSTC ?= rustc

# Frame pointers are asked for or refused in each, whatever the compiler's default.
UNWIND_FLAGS_o0 := -O0 -fomit-frame-pointer
UNWIND_FLAGS_o2 := -O2 -fomit-frame-pointer
UNWIND_FLAGS_o3 := -O3 -fomit-frame-pointer
UNWIND_FLAGS_o0fp := -O0 -fno-omit-frame-pointer
UNWIND_FLAGS_o2fp := -O2 -fno-omit-frame-pointer
UNWIND_FLAGS_o3fp := -O3 -fno-omit-frame-pointer
UNWIND_FLAGS_clang := $(UNWIND_FLAGS_o2)
UNWIND_FLAGS_nopie := $(UNWIND_FLAGS_o2) -fno-pie
UNWIND_FLAGS_static := $(UNWIND_FLAGS_o2) -fno-pie
UNWIND_FLAGS_staticpie := $(UNWIND_FLAGS_o2) -fPIE
UNWIND_LINK_nopie := -no-pie
UNWIND_LINK_static := -static
UNWIND_LINK_staticpie := -static-pie
# Without -g, which would bring unwind tables for the debugger.
UNWIND_DARK := -O2 -fno-asynchronous-unwind-tables -fno-unwind-tables -fno-exceptions
UNWIND_FLAGS_dark := $(UNWIND_DARK) -fomit-frame-pointer
UNWIND_FLAGS_darkfp := $(UNWIND_DARK) -fno-omit-frame-pointer
UNWIND_DEBUG = $(if $(filter dark%,$(1)),,-g)
UNWIND_CC = $(if $(filter clang,$(1)),$(CLANG),$(CC))
UNWIND_CXX = $(if $(filter clang,$(1)),$(CLANG)++,$(CXX))
# -fno-optimize-sibling-calls: a tail call takes its caller off the stack.
UNWIND_CFLAGS = $(UNWIND_FLAGS_$(1)) $(call UNWIND_DEBUG,$(1)) -D_GNU_SOURCE -Wall -Wextra $(WERROR) \
	-fno-optimize-sibling-calls

UNWIND_ALL := o0 o2 o3 o0fp o2fp o3fp clang nopie static staticpie
UNWIND_SHARED := $(filter-out static%,$(UNWIND_ALL))
UNWIND_C := calls frames signals processes stacks kernel jit

unwind_at = $(foreach v,$(2),$(addprefix $(UNWIND_OUT)/$(v)/,$(1)))
UNWIND_PROGRAMS := $(call unwind_at,$(UNWIND_C) classes,o2 static) \
	$(call unwind_at,libraries late.so,o2 o2fp) $(call unwind_at,calls,dark darkfp staticpie nopie clang) \
	$(call unwind_at,calls frames classes,o0 o0fp o2fp o3) $(call unwind_at,jit stacks signals,o2fp) \
	$(call unwind_at,goroutines,go gostripped) $(call unwind_at,crates,rust rustfp)
UNWIND_LONG := $(filter-out $(UNWIND_PROGRAMS), \
	$(call unwind_at,$(UNWIND_C) classes,$(UNWIND_ALL)) $(call unwind_at,libraries late.so,$(UNWIND_SHARED)))

define UNWIND_RULES
$(UNWIND_OUT)/$(1)/libraries: $(UNWIND_SRC)/libraries.c $(UNWIND_OUT)/$(1)/plugin.so $(UNWIND_SRC)/chain.h
	$$(call msg,PROGRAM,$$@)
	$$(Q)$$(call UNWIND_CC,$(1)) -std=gnu17 $$(call UNWIND_CFLAGS,$(1)) $$< -o $$@ $$(UNWIND_LINK_$(1)) \
		-Wl,-z,lazy '-Wl,-rpath,$$$$ORIGIN' $(UNWIND_OUT)/$(1)/plugin.so -ldl
$(UNWIND_OUT)/$(1)/%.so: $(UNWIND_SRC)/%.c $(UNWIND_SRC)/chain.h $(UNWIND_SRC)/plugin.h
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(call UNWIND_CC,$(1)) -std=gnu17 $$(call UNWIND_CFLAGS,$(1)) -fPIC -shared $$< -o $$@ -Wl,-soname,$$(@F)
$(UNWIND_OUT)/$(1)/%: $(UNWIND_SRC)/%.c $(UNWIND_SRC)/chain.h
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(call UNWIND_CC,$(1)) -std=gnu17 $$(call UNWIND_CFLAGS,$(1)) $$< -o $$@ $$(UNWIND_LINK_$(1)) -lpthread
$(UNWIND_OUT)/$(1)/%: $(UNWIND_SRC)/%.cc $(UNWIND_SRC)/chain.h
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(call UNWIND_CXX,$(1)) -std=gnu++17 $$(call UNWIND_CFLAGS,$(1)) $$< -o $$@ $$(UNWIND_LINK_$(1))
endef
$(foreach v,$(UNWIND_ALL) dark darkfp,$(eval $(call UNWIND_RULES,$(v))))

# With debug information, which brings .debug_frame, and as it is often released: with neither, nor symbols.
UNWIND_GO_gostripped := -ldflags='-s -w'
define UNWIND_GO_RULE
$(UNWIND_OUT)/$(1)/%: $(UNWIND_SRC)/%.go
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)GO111MODULE=off CGO_ENABLED=0 $$(GO) build $$(UNWIND_GO_$(1)) -o $$@ $$<
endef
$(foreach v,go gostripped,$(eval $(call UNWIND_GO_RULE,$(v))))

# rustc takes make's job server for its own, and warns that it is none.
UNWIND_RUST_rust := no
UNWIND_RUST_rustfp := yes
define UNWIND_RUST_RULE
$(UNWIND_OUT)/$(1)/%: $(UNWIND_SRC)/%.rs
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)MAKEFLAGS= $$(RUSTC) --edition 2021 -C opt-level=2 -g -C linker=$$(CC) \
		-C force-frame-pointers=$(UNWIND_RUST_$(1)) $$< -o $$@
endef
$(foreach v,rust rustfp,$(eval $(call UNWIND_RUST_RULE,$(v))))
