# regress-gate: see README.md ("Map of the code") for what is where.
#
#   make                   the program, build/regress-gate
#   make deps              the packages it takes to build it; deps-test: those of the tests
#   make install           to PREFIX (/usr/local), with manual pages and completions; uninstall
#   make demo              a regression in a service, from a baseline to the verdict
#   make check             all tests that CI waits for; check-long: those that take longer, too
#   make unit-LAYER        the unit tests of one layer (the names are those of LAYERS below)
#   make e2e               the program on real processes, as root
#   make SAN=1 B=build-san unit    unit tests under ASan and UBSan
#   make fuzz-FORMAT       looks for inputs that break a parser (docs/fuzzing.md)
#   make bench-WHAT        measures, on a machine with nothing else to do (docs/benchmarks.md)
#   make lint              all linters; lint-quick: those that take seconds; fmt: formats the sources
#   make clean, dist       removes what was built; packs the sources
#
# V=1 shows the commands. B=DIR is the folder of all that is built.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
# make's own default is cc, which the deps do not install.
ifeq ($(origin CC),default)
CC := gcc
endif
CLANG ?= clang
PKG_CONFIG ?= pkg-config
B ?= build
Q := $(if $(V),,@)
msg = $(Q)printf '  %-8s %s\n' "$(1)" "$(2)"

.DELETE_ON_ERROR:
.SUFFIXES:
.PRECIOUS: $(B)/gen/%.bpf.o $(B)/gen/%.skel.h $(B)/fuzz/run-%
.DEFAULT_GOAL := build

# --- Layers: each a folder and an archive; a later one may use the earlier ones only -------------
# (tests/lint/layers.sh keeps the exact table.)
LAYERS := base model engine config repo store render net report work cli elf unwind capture build cmd
DIR_base := diff/base
DIR_model := diff/model
DIR_engine := diff/engine
DIR_config := gate/config
DIR_repo := gate/repo
DIR_store := gate/store
DIR_render := gate/render
DIR_net := gate/net
DIR_report := gate/report
DIR_work := gate/work
DIR_cli := gate/cli
DIR_elf := capture/elf
DIR_unwind := capture/unwind
DIR_capture := capture
DIR_build := gate/build
DIR_cmd := gate/cmd

# What the unit tests of a layer link against: the layer, then what it may use.
LINK_base := base
LINK_model := model base
LINK_engine := engine model base
LINK_config := config engine model base
LINK_repo := repo base
LINK_store := store repo model base
LINK_render := render engine model base
LINK_net := net base
LINK_report := report net render engine model base
LINK_work := work net base
LINK_cli := cli base
LINK_elf := elf model base
LINK_unwind := unwind elf model base
LINK_capture := capture unwind elf model base
LINK_build := build repo capture unwind elf model base
LINK_cmd := cmd cli build capture unwind elf report work net store repo render config engine model base
LINK_all := $(LINK_cmd)

# --- Flags --------------------------------------------------------------------------------------
PKGS := libbpf libelf libdw libgit2 libcurl jansson zlib libmd liblzma capstone
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wformat=2 \
	-Wvla -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wpointer-arith -Wwrite-strings
# -Werror in CI only: a newer compiler's new warning must not stop a user's build.
WERROR := $(if $(CI),-Werror)
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
# Under the sanitizers -O1, and -O0 for what is tests alone: compiling takes a third and three fifths less, which is more than the
# tests take in addition. Of what a debugger is told they need the lines.
OPT ?= $(if $(SAN),-O1 -g1,-O2 -g)
OPT_TESTS := $(if $(SAN),-O0)
CPPFLAGS += -D_GNU_SOURCE -DRG_VERSION_TEXT='"$(VERSION)"' -Iinclude -isystem $(B)/gen
# No fused multiply-add: the verdict is the same with every compiler.
CFLAGS += -std=gnu17 -ffp-contract=off $(OPT) $(WARN) $(WERROR) $(SANFLAGS)
# Asked once, when the first recipe needs it: `make deps` installs what answers.
PKG_CFLAGS = $(eval PKG_CFLAGS := $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null))$(PKG_CFLAGS)
PKG_LIBS = $(eval PKG_LIBS := $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -liberty -lm)$(PKG_LIBS)
LDFLAGS += $(SANFLAGS)
# Hardening: the program parses untrusted bytes as root.
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIE
CFLAGS += $(if $(SAN),,$(HARDEN))
LDFLAGS += $(if $(SAN),,-pie -Wl$(comma)-z$(comma)relro$(comma)-z$(comma)now)

src = $(sort $(wildcard $(DIR_$(1))/*.c))
obj = $(patsubst %.c,$(B)/obj/%.o,$(call src,$(1)))
lib = $(B)/lib/$(1).a

ALL_SRC := $(foreach l,$(LAYERS),$(call src,$(l))) gate/main.c
MAIN_OBJ := $(B)/obj/gate/main.o

.PHONY: build help
build: $(B)/regress-gate

# What stands at the top of this file.
help:
	@sed -n -e '/^$$/q' -e 's/^# \{0,1\}//p' $(firstword $(MAKEFILE_LIST))

define LAYER_RULE
$$(call lib,$(1)): $$(call obj,$(1)) $$(EXTRA_$(1))
	$$(call msg,AR,$$@)
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$(filter %.o,$$^)
endef

# --- Generated: BPF skeletons, the tables of commands and of store backends ----------------------
BPF_SRC := $(sort $(wildcard bpf/*.bpf.c))
SKELS := $(patsubst bpf/%.bpf.c,$(B)/gen/%.skel.h,$(BPF_SRC))
ARCH := $(shell uname -m | sed -e 's/x86_64/x86/' -e 's/aarch64/arm64/')
# Ubuntu ships bpftool inside its kernel tools; the newest that runs will do, whatever the kernel.
BPFTOOL ?= $(firstword $(shell command -v bpftool 2>/dev/null) $(wildcard /usr/sbin/bpftool) \
	$(lastword $(sort $(wildcard /usr/lib/linux-tools-*/bpftool /usr/lib/linux-tools/*/bpftool))))
BPF_CFLAGS := -O2 -g -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -std=gnu17 -Wall -Wextra -Werror \
	-Wno-unused-parameter -Wno-missing-declarations -idirafter /usr/include/$(shell $(CC) -print-multiarch 2>/dev/null)

$(B)/gen/%.bpf.o: bpf/%.bpf.c
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $(@:.o=.tmp.o)
	$(Q)$(BPFTOOL) gen object $@ $(@:.o=.tmp.o)

# The other architecture's programs, to see that they compile; they are loaded on such a machine only.
$(B)/gen/%.arm64.o: bpf/%.bpf.c
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(subst ARCH_$(ARCH),ARCH_arm64,$(BPF_CFLAGS)) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $@

$(B)/gen/%.skel.h: $(B)/gen/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q){ echo '/* NOLINTBEGIN */'; $(BPFTOOL) gen skeleton $< name $*_bpf && echo '/* NOLINTEND */'; } > $@

# One new command or backend is one new file: `const struct rg_command rg_command_NAME` in
# gate/cmd/NAME.c, `const struct rg_store_backend rg_store_NAME` in gate/store/NAME.c,
# `const struct rg_reporter rg_reporter_NAME` in gate/report/NAME.c.
COMMANDS = $(sort $(shell sed -n 's/^const struct rg_command rg_command_\([a-z_]*\) =.*/\1/p' $(wildcard gate/cmd/*.c) /dev/null))
STORES = $(sort $(shell sed -n 's/^const struct rg_store_backend rg_store_\([a-z_]*\) =.*/\1/p' $(wildcard gate/store/*.c) /dev/null))
REPORTERS = $(sort $(shell sed -n 's/^const struct rg_reporter rg_reporter_\([a-z_]*\) =.*/\1/p' $(wildcard gate/report/*.c) /dev/null))

$(B)/gen/commands.inc: $(wildcard gate/cmd/*.c) Makefile
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && for c in $(COMMANDS); do echo "RG_COMMAND($$c)"; done > $@
$(B)/gen/stores.inc: $(wildcard gate/store/*.c) Makefile
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && for c in $(STORES); do echo "RG_STORE($$c)"; done > $@
$(B)/gen/reporters.inc: $(wildcard gate/report/*.c) Makefile
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && for r in $(REPORTERS); do echo "RG_REPORTER($$r)"; done > $@

# The flame graph's page, styles and script.
$(B)/gen/flame_embedded.h: $(wildcard gate/render/flame/*)
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && gate/render/flame/embed.sh > $@

# The files that `init --github` and the like write, as string literals: there is no second copy to keep.
TEMPLATES := $(sort $(shell find ci-templates -type f))
$(B)/gen/templates.inc: $(TEMPLATES) Makefile
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && for t in $(TEMPLATES:ci-templates/%=%); do echo "RG_TEMPLATE(\"$$t\","; \
		sed -e 's/[\\"?]/\\&/g' -e 's/.*/"&\\n"/' "ci-templates/$$t"; echo ')'; done > $@

GEN := $(SKELS) $(B)/gen/templates.inc $(B)/gen/commands.inc $(B)/gen/stores.inc $(B)/gen/reporters.inc $(B)/gen/flame_embedded.h

$(foreach l,$(LAYERS),$(eval $(call LAYER_RULE,$(l))))

# --- Objects ------------------------------------------------------------------------------------
$(B)/obj/%.o: %.c
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c $< -o $@

# Only these include generated headers.
$(call obj,capture): $(SKELS)
$(call obj,render): $(B)/gen/flame_embedded.h
$(call obj,cmd): $(B)/gen/commands.inc $(B)/gen/templates.inc
$(call obj,store): $(B)/gen/stores.inc
$(call obj,report): $(B)/gen/reporters.inc

LIBS_all = $(foreach l,$(LINK_all),$(call lib,$(l)))
$(B)/regress-gate: $(MAIN_OBJ) $(LIBS_all)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $< -Wl,--start-group $(LIBS_all) -Wl,--end-group $(PKG_LIBS) -o $@

# --- Unit tests: tests/unit/LAYER/test_*.c, each a cmocka program --------------------------------
unit_tests = $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/$(1)/test_*.c)))

define UNIT_RULE
$(B)/unit/$(1)/%: tests/unit/$(1)/%.c $$(foreach l,$$(LINK_$(1)),$$(call lib,$$(l)))
	$$(call msg,TEST,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CPPFLAGS) -I$$(DIR_$(1)) -Itests/unit $$(CFLAGS) $$(OPT_TESTS) $$(PKG_CFLAGS) -MMD -MP -MF $$@.d $$< \
		$$(LDFLAGS) -Wl,--start-group $$(foreach l,$$(LINK_$(1)),$$(call lib,$$(l))) -Wl,--end-group -lcmocka $$(PKG_LIBS) -o $$@
.PHONY: unit-$(1)
unit-$(1): $$(call unit_tests,$(1))
	$$(Q)set -e; for t in $$^; do echo "== $$$$t"; $$$$t; done
endef
$(foreach l,$(LAYERS),$(eval $(call UNIT_RULE,$(l))))
.PHONY: unit
unit: $(addprefix unit-,$(LAYERS))

# --- End-to-end tests: tests/e2e/test_*.c run the real program on real processes -----------------
# The programs they profile are in tests/e2e/programs/, built plainly, as a user's would be.
E2E_TESTS := $(patsubst tests/e2e/%.c,$(B)/e2e/%,$(sort $(wildcard tests/e2e/test_*.c)))
# Those of them that measure nothing: they may run beside one another.
E2E_QUIET := $(filter $(addprefix $(B)/e2e/test_,alternate_alike alternate_failures alternate_interrupted alternate_spoilt \
	bad_profiles baseline baseline_json baseline_show check check_reports check_usage check_versions config flame git_remote \
	git_remote_faults git_store help init let_through moved_sources not_fooled pinned policy_from prune put_judged \
	references report report_commits report_faults report_gitlab report_hosts report_requests sets stores_damaged),$(E2E_TESTS))
# Those that judge a capture by what the programs say of themselves, not by another capture: they may run beside unit tests.
# Not the languages: Go switches stacks where a thread is preempted, which others make it be more often.
E2E_ASIDE := $(filter $(addprefix $(B)/e2e/test_,capture capture_processes capture_usage doctor hostile lives namespaces short_commands signals \
	streams targets unwind_calls unwind_judge unwind_system waits_killed),$(E2E_TESTS))
E2E_PROGRAMS := $(patsubst tests/e2e/programs/%.c,$(B)/e2e/programs/%,$(sort $(wildcard tests/e2e/programs/*.c)))
E2E_SHARED := $(patsubst %.c,$(B)/obj/%.o,$(sort $(wildcard tests/e2e/support/*.c)))
.SECONDARY: $(E2E_SHARED)

$(B)/e2e/programs/%: tests/e2e/programs/%.c
	$(call msg,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O2 -g -fno-omit-frame-pointer -Wall -Wextra $(WERROR) $< -o $@ -lpthread -ldl -lm

$(B)/obj/tests/e2e/support/%.o: CPPFLAGS += -Itests/e2e/support
$(B)/e2e/%: tests/e2e/%.c $(E2E_SHARED) $(foreach l,render engine model base,$(call lib,$(l)))
	$(call msg,TEST,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -Itests/e2e/support $(CFLAGS) -MMD -MP -MF $@.d $< $(E2E_SHARED) $(LDFLAGS) \
		-Wl,--start-group $(foreach l,render engine model base,$(call lib,$(l))) -Wl,--end-group -lcmocka $(PKG_LIBS) -o $@

# Programs whose call chains are known, by many compilers and options.
CXX ?= g++
include tests/e2e/programs/unwind/rules.mk
# Programs that block where they say, for as long as they say.
include tests/e2e/programs/waits/rules.mk

# Programs in two versions and more, for `make bench-ab` and for test_why.
include tests/bench/ab/versions/rules.mk

# RG is the program under test, RG_PROGRAMS what it profiles.
.PHONY: e2e
e2e: build $(E2E_TESTS) $(E2E_PROGRAMS) $(UNWIND_PROGRAMS) $(WAITS_PROGRAMS) $(AB_CHECKED)
	$(Q)set -e; for t in $(E2E_TESTS); do echo "== $$t"; \
		RG=$(abspath $(B))/regress-gate RG_PROGRAMS=$(abspath $(B))/e2e/programs $$t; done

# --- Oracles: what others' programs make of our output -------------------------------------------
SAMPLES := $(B)/e2e/pprof_sample $(B)/e2e/render_sample $(B)/e2e/flame_sample
$(B)/e2e/pprof_oracle $(B)/e2e/flame_oracle $(B)/e2e/markdown_oracle $(B)/e2e/files_oracle: $(B)/e2e/%_oracle: tests/e2e/%_oracle.sh $(SAMPLES)
	$(call msg,TEST,$@)
	$(Q)printf '#!/bin/sh\nexec %s %s\n' '$<' '$(B)/e2e/$(or $(filter pprof flame,$*),render)_sample' > $@ && chmod +x $@
ORACLES := $(B)/e2e/pprof_oracle $(B)/e2e/flame_oracle $(B)/e2e/markdown_oracle $(B)/e2e/files_oracle

# --- Fuzzers: tests/fuzz/fuzz_X.c over tests/fuzz/corpus/X ---------------------------------------
# `make check` replays the corpus under ASan and UBSan; `make fuzz-X` looks for more with libFuzzer,
# `make fuzz-X FUZZ_RUNS=10000000` as often as that (docs/fuzzing.md).
FUZZERS := $(patsubst tests/fuzz/fuzz_%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))
REPLAYS := $(FUZZERS:%=$(B)/fuzz/replay-%)
# The layer a fuzzer is about, where that is not the model.
FUZZ_LAYER_config := config
FUZZ_LAYER_manifest := store
FUZZ_LAYER_elf := elf
FUZZ_LAYER_unwind := unwind
FUZZ_LAYER_procmaps := capture
FUZZ_LAYER_jitmap := capture
FUZZ_LAYER_sideband := capture
FUZZ_LAYER_metric := work
FUZZ_LAYER_render_comment := render
FUZZ_LAYER_render_files := render
FUZZ_LAYER_render_flame := render
FUZZ_LAYER_render_terminal := render
FUZZ_LAYER_render_verdict := render
FUZZ_LAYER_report_annotations := report
fuzz_layers = $(LINK_$(or $(FUZZ_LAYER_$(1)),model))

# Short inputs run fast; a longer one finds little that a short one cannot.
FUZZ_MAX_LEN_config := 2048
FUZZ_MAX_LEN_manifest := 1024
FUZZ_MAX_LEN_elf := 4608
FUZZ_MAX_LEN_unwind := 4096
FUZZ_MAX_LEN_render_verdict := 16384
fuzz_max_len = $(or $(FUZZ_MAX_LEN_$(1)),512)

define REPLAY_RULE
$(B)/fuzz/run-$(1): tests/fuzz/fuzz_$(1).c tests/fuzz/replay.c $$(foreach l,$$(call fuzz_layers,$(1)),$$(call lib,$$(l)))
	$$(call msg,TEST,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CPPFLAGS) $$(CFLAGS) $$(PKG_CFLAGS) $$< tests/fuzz/replay.c $$(LDFLAGS) \
		-Wl,--start-group $$(foreach l,$$(call fuzz_layers,$(1)),$$(call lib,$$(l))) -Wl,--end-group $$(PKG_LIBS) -o $$@
endef
$(foreach f,$(FUZZERS),$(eval $(call REPLAY_RULE,$(f))))
$(B)/fuzz/replay-%: $(B)/fuzz/run-% Makefile
	$(Q)printf '#!/bin/sh\nexec %s %s\n' '$<' 'tests/fuzz/corpus/$*' > $@ && chmod +x $@

# Comparisons of texts are seen by ASan's interceptors; FUZZ_COVER=-fsanitize=fuzzer-no-link sees those of
# numbers too, at half the speed.
FUZZ_COVER ?= -fsanitize-coverage=inline-8bit-counters,pc-table
FUZZ_CFLAGS := -std=gnu17 -ffp-contract=off -O2 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
# A small quarantine stays in the CPU's cache.
FUZZ_OPTIONS := quarantine_size_mb=4:malloc_context_size=4:detect_stack_use_after_return=0
FUZZ_SECONDS ?= 60
FUZZ_RUNS ?= -1
# Empty: at the priority of make.
FUZZ_NICE ?=

$(B)/fuzz/obj/%.o: %.c
	$(call msg,FUZZ,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(CPPFLAGS) $(FUZZ_CFLAGS) $(FUZZ_COVER) $(PKG_CFLAGS) -MMD -MP -c $< -o $@
fuzz_obj = $(patsubst %.c,$(B)/fuzz/obj/%.o,$(call src,$(1)))
$(call fuzz_obj,capture): $(SKELS)
$(call fuzz_obj,store): $(B)/gen/stores.inc
$(call fuzz_obj,report): $(B)/gen/reporters.inc
$(call fuzz_obj,render): $(B)/gen/flame_embedded.h

define FUZZ_LAYER_RULE
$(B)/fuzz/lib/$(1).a: $$(call fuzz_obj,$(1))
	$$(call msg,AR,$$@)
	$$(Q)mkdir -p $$(@D) && rm -f $$@ && ar rcs $$@ $$^
endef
$(foreach l,$(LAYERS),$(eval $(call FUZZ_LAYER_RULE,$(l))))

define FUZZ_RULE
$(B)/fuzz/fuzz-$(1): $(B)/fuzz/obj/tests/fuzz/fuzz_$(1).o $$(patsubst %,$(B)/fuzz/lib/%.a,$$(call fuzz_layers,$(1)))
	$$(call msg,LINK,$$@)
	$$(Q)$$(CLANG) $$(FUZZ_CFLAGS) -fsanitize=fuzzer $$< -Wl,--start-group $$(filter %.a,$$^) -Wl,--end-group $$(PKG_LIBS) -o $$@
.PHONY: fuzz-$(1)
fuzz-$(1): $(B)/fuzz/fuzz-$(1)
	$$(Q)mkdir -p $(B)/fuzz/corpus-$(1)
	ASAN_OPTIONS=$(FUZZ_OPTIONS) $$(FUZZ_NICE) $$< -runs=$$(FUZZ_RUNS) -max_total_time=$$(FUZZ_SECONDS) -timeout=10 \
		-max_len=$$(call fuzz_max_len,$(1)) -rss_limit_mb=2048 -artifact_prefix=$(B)/fuzz/$(1)- -print_final_stats=1 \
		$(B)/fuzz/corpus-$(1) tests/fuzz/corpus/$(1)
endef
$(foreach f,$(FUZZERS),$(eval $(call FUZZ_RULE,$(f))))

# --- Checking -----------------------------------------------------------------------------------
ALL_UNIT := $(foreach l,$(LAYERS),$(call unit_tests,$(l)))

# What is missing is installed first; the test of it is quick when nothing is.
.PHONY: check check-tests check-long
JOBS := -j $(shell nproc)
check:
	$(Q)$(MAKE) --no-print-directory deps-test
	$(Q)$(MAKE) --no-print-directory $(JOBS) check-build-e2e
	$(Q)$(MAKE) --no-print-directory check-tests
	$(Q)$(MAKE) --no-print-directory lint-quick

.PHONY: check-build check-build-e2e
check-build-e2e: build $(E2E_TESTS) $(E2E_PROGRAMS) $(UNWIND_PROGRAMS) $(WAITS_PROGRAMS) $(AB_CHECKED) $(BPF_SRC:bpf/%.bpf.c=$(B)/gen/%.arm64.o)
check-build: check-build-e2e $(ALL_UNIT) $(ORACLES)

# Each unit test runs once, under the sanitizers; simulations do not, which count verdicts of the engine that its other tests
# run under them. In the plain build run what computes, for the compiler's options may count there, and what does less under
# the sanitizers, which includes a header that says so.
UNIT_SANITIZED := $(if $(RG_LONG),$(ALL_UNIT),$(filter-out %_sim,$(ALL_UNIT)))
UNIT_LESS = $(or $(filter $(ALL_UNIT),$(patsubst $(B)-san/unit/%.d,$(B)/unit/%,$(shell grep -ls tests/unit/base/sanitized.h \
	$(B)-san/unit/*/*.d))),$(error which tests do less under the sanitizers is known when they are built: make check-units))
UNIT_PLAIN = $(if $(RG_LONG),$(ALL_UNIT),$(sort $(call unit_tests,engine) $(UNIT_LESS)))

RUN = env RG=$(abspath $(B))/regress-gate RG_PROGRAMS=$(abspath $(B))/e2e/programs tests/run.sh
E2E_ALONE := $(filter-out $(E2E_QUIET) $(E2E_ASIDE),$(E2E_TESTS))
longest_first = $(filter $(addprefix $(B)/e2e/test_,report_faults git_remote prune),$(1)) \
	$(filter-out $(addprefix $(B)/e2e/test_,report_faults git_remote prune),$(1))

.PHONY: check-units check-aside check-quiet check-alone check-sanitized check-plain
# What mostly waits for captures to end runs beside what computes, the compiler among it; those that mostly wait for servers,
# twice as many as CPUs; and those that compare what two captures cost have the machine to themselves.
check-tests: check-build-e2e
	$(Q)$(MAKE) --no-print-directory -j $(shell expr 1 + $$(nproc)) check-units check-aside
	$(Q)$(MAKE) --no-print-directory check-quiet
	$(Q)$(MAKE) --no-print-directory check-alone

check-units:
	$(Q)nice -n 5 $(MAKE) --no-print-directory SAN=1 B=$(B)-san check-sanitized
	$(Q)nice -n 5 $(MAKE) --no-print-directory check-plain
check-sanitized: $(UNIT_SANITIZED) $(REPLAYS)
	$(Q)tests/run.sh $(JOBS) $(UNIT_SANITIZED) $(REPLAYS)
# The sanitized build has told by now which tests include what.
check-plain:
	$(Q)$(MAKE) --no-print-directory $(UNIT_PLAIN) $(ORACLES)
	$(Q)$(RUN) $(JOBS) $(UNIT_PLAIN) $(ORACLES)
check-aside:
	$(Q)$(RUN) $(E2E_ASIDE) tests/e2e/templates/image.sh examples/orders/test.sh
check-quiet:
	$(Q)$(RUN) -j $(shell expr 2 '*' $$(nproc)) $(call longest_first,$(E2E_QUIET)) tests/e2e/schema_oracle.sh tests/e2e/forge/judges.sh \
		tests/e2e/templates/lint.sh
check-alone:
	$(Q)$(RUN) tests/e2e/templates/all.sh $(E2E_ALONE)

# The same verdicts, byte for byte, whichever compiler made the program and however hard it tried.
SAMPLE := bench/verdict_sample
.PHONY: check-compilers
check-compilers:
	$(Q)$(MAKE) --no-print-directory CC=gcc $(B)/$(SAMPLE)
	$(Q)$(MAKE) --no-print-directory CC=gcc OPT=-O0 HARDEN= B=$(B)-O0 $(B)-O0/$(SAMPLE)
	$(Q)$(MAKE) --no-print-directory CC=$(CLANG) B=$(B)-clang $(B)-clang/$(SAMPLE)
	$(Q)set -e; for b in $(B) $(B)-O0 $(B)-clang; do $$b/$(SAMPLE) > $$b/verdicts.json; done
	$(Q)cmp $(B)/verdicts.json $(B)-O0/verdicts.json && cmp $(B)/verdicts.json $(B)-clang/verdicts.json && echo "compilers: same verdicts"

check-long: check check-compilers
	$(Q)RG_LONG=1 $(MAKE) --no-print-directory $(UNWIND_LONG) $(WAITS_LONG) check-tests
	$(Q)$(MAKE) --no-print-directory lint
	$(Q)for f in $(FUZZERS); do $(MAKE) --no-print-directory fuzz-$$f FUZZ_SECONDS=300 || exit 1; done

# --- Linting ------------------------------------------------------------------------------------
C_FILES = $(shell git ls-files '*.c' '*.h' 2>/dev/null | grep -v '^examples/')
LINT_C = $(filter-out bpf/% tests/%,$(filter %.c,$(C_FILES)))
# Any literal will do for the version: its quotes would not survive the shells on the way.
LINT_FLAGS = -D_GNU_SOURCE -DRG_VERSION_TEXT=__FILE__ -Iinclude -isystem $(B)/gen -std=gnu17 $(PKG_CFLAGS)
SCRIPTS := $(wildcard tests/*.sh tests/unit/unwind/recorder/*.sh tests/lint/*.sh tests/e2e/*.sh tests/e2e/forge/*.sh tests/e2e/templates/*.sh tests/e2e/alternate/*.sh ci-templates/kubernetes/*.sh tests/bench/*.sh gate/render/flame/*.sh examples/*.sh examples/orders/*.sh .ci/run)

.PHONY: lint lint-quick fmt
lint-quick: build
	$(Q)tests/lint/layers.sh
	$(Q)tests/lint/headers.sh
	$(Q)tests/lint/purity.sh $(B)/lib
	$(Q)tests/lint/format.sh $(C_FILES)
	$(Q)shellcheck $(SCRIPTS) && echo "shellcheck: clean"

lint: lint-quick
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j 2 \
		--suppress=missingIncludeSystem -Iinclude $(LINT_C) && echo "cppcheck: clean"
	$(Q)printf '%s\n' $(LINT_C) | xargs -P 2 -I{} sh -c 'clang-tidy --quiet "$$1" -- $(LINT_FLAGS) -I$$(dirname "$$1") 2>/dev/null' sh {} && echo "clang-tidy: clean"
	$(Q)$(MAKE) --no-print-directory B=$(B)-analyzer OPT='-O1 -fanalyzer -Werror' libs && echo "gcc -fanalyzer: clean"

.PHONY: libs
libs: $(LIBS_all)

fmt:
	clang-format -i $(C_FILES)

# --- Measuring: printed, never asserted; the machine should have nothing else to do ---------------
$(B)/bench/%: tests/bench/%.c
	$(call msg,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O2 -g -fno-omit-frame-pointer -Wall -Wextra $(WERROR) $< -o $@ -lpthread

.PHONY: bench-capture
bench-capture: build $(B)/bench/pingpong
	$(Q)tests/bench/capture.sh $(B)/regress-gate $(B)/bench/pingpong

.PHONY: bench-truth
bench-truth: build $(WAITS_PROGRAMS) $(WAITS_LONG)
	$(Q)tests/bench/truth.py $(B)/regress-gate $(WAITS_OUT)

.PHONY: bench-unwind
bench-unwind: build $(B)/e2e/programs/unwind/o2fp/calls
	$(Q)tests/bench/unwind.sh $(B)/regress-gate $(B)/e2e/programs/unwind/o2fp/calls

.PHONY: bench-diff
bench-diff: build $(B)/bench/make_profiles $(B)/bench/measure
	$(Q)tests/bench/diff.sh $(B)/regress-gate $(B)/bench

# The verdict against simulated truth: N pairs a cell; `make bench-verdict N=1000` is done in a tenth of
# the hours. SEED draws other pairs than those the rule was chosen by; CELLS are all, looks, or those of J,m runs, so
# many busy cores and a sigma: CELLS=8,3,0.25,10. The program links what the verdict is made by.
N ?= 10000
SEED ?= 0
CELLS ?= all
define ENGINE_BENCH
	$(call msg,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) -I$(DIR_engine) $(CFLAGS) $(filter %.c,$^) $(LDFLAGS) \
		-Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(PKG_LIBS) -o $@
endef
$(B)/bench/verdict: $(wildcard tests/bench/verdict/*.[ch]) $(wildcard tests/bench/*.h) $(foreach l,$(LINK_engine),$(call lib,$(l)))
	$(ENGINE_BENCH)
$(B)/bench/verdict_sample: tests/bench/verdict_sample.c $(wildcard tests/bench/*.h) $(foreach l,$(LINK_render),$(call lib,$(l)))
	$(ENGINE_BENCH)
.PHONY: bench-verdict
bench-verdict: $(B)/bench/verdict
	$(Q)nice $(B)/bench/verdict $(N) $(shell nproc) $(SEED) $(CELLS)

# Real programs that are the same, that differ in a known way, and in two versions: SAME, DIFFER and VERSIONS pairs of
# each, captured for WINDOW; all, or those whose names begin as one of ROWS: `make bench-ab ROWS='lock per item,fsync'`.
SAME ?= 40
DIFFER ?= 10
VERSIONS ?= 3
WINDOW ?= 6s
AB_PROGRAMS := $(B)/bench/ab/O2/shop $(B)/bench/ab/O2/press $(B)/bench/ab/O3/shop
define AB_RULE
$(B)/bench/ab/$(1)/%: tests/bench/ab/%.c $(wildcard tests/bench/ab/*.h)
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) -std=gnu17 -D_GNU_SOURCE -$(1) -g -Wall -Wextra $$(WERROR) $$< -o $$@ -lz -lm -lpthread
endef
$(foreach o,O2 O3,$(eval $(call AB_RULE,$(o))))
.PHONY: bench-ab
bench-ab: build $(AB_PROGRAMS) $(AB_VERSIONS)
	$(Q)tests/bench/ab.py $(B)/regress-gate $(B)/bench/ab --same $(SAME) --differ $(DIFFER) --versions $(VERSIONS) \
		--window $(WINDOW) --rows '$(ROWS)' $(if $(KEEP),--keep '$(KEEP)')

# Stored baselines and alternating mode side by side: SAME and DIFFER pairs of each kind.
.PHONY: bench-alternate
bench-alternate: build $(B)/bench/ab/O2/shop
	$(Q)tests/bench/alternate_package.sh $(B)/regress-gate
	$(Q)tests/bench/alternate.py $(B)/regress-gate $(B)/bench/ab/O2/shop $(SAME) $(DIFFER)

# Releases of SQLite, built with FLAGS, beside what is true of their CPU time.
FLAGS ?= -O2 -g
.PHONY: bench-releases
bench-releases: build
	$(Q)tests/bench/releases.py $(B)/regress-gate "$(FLAGS)"

.PHONY: bench-flame
bench-flame: build $(B)/bench/measure
	$(Q)tests/bench/flame.sh $(B)/regress-gate $(B)/bench/measure

# --- The demo -----------------------------------------------------------------------------------
.PHONY: demo
demo:
	$(Q)$(MAKE) --no-print-directory deps
	$(Q)$(MAKE) --no-print-directory build
	$(Q)examples/demo.sh $(B)/regress-gate

# --- What has to be installed --------------------------------------------------------------------
# Debian 12 and newer, Ubuntu 24.04 and newer. Nothing is asked of apt when nothing is missing.
DEPS := gcc make clang llvm pkg-config git libbpf-dev libelf-dev libdw-dev libgit2-dev libcurl4-openssl-dev libjansson-dev zlib1g-dev \
	libmd-dev liblzma-dev libiberty-dev libcapstone-dev
DEPS_TEST := libcmocka-dev g++ binutils xz-utils golang-go rustc gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user protobuf-compiler golang-github-google-pprof-dev cmark-gfm python3-jsonschema \
	clang-format clang-tidy cppcheck shellcheck util-linux procps nodejs $(if $(shell command -v npm),,npm) openssl libxml2-utils \
	python3-junitparser python3-prometheus-client prometheus-node-exporter curl chromium apache2-bin openssh-server openssh-client \
	yamllint jq rsync debootstrap dpkg-dev
.PHONY: deps deps-test
deps:
	$(Q)tests/deps.sh $(DEPS)
deps-test:
	$(Q)tests/deps.sh $(DEPS) $(DEPS_TEST)
	$(Q)tests/e2e/forge/install.sh
	$(Q)tests/e2e/templates/install.sh
	$(Q)tests/e2e/alternate/install.sh

# --- Installing ----------------------------------------------------------------------------------
# The manual pages and completions are printed by the program itself, from its option tables.
DESTBIN = $(DESTDIR)$(PREFIX)/bin
DESTMAN = $(DESTDIR)$(PREFIX)/share/man/man1
DESTBASH = $(DESTDIR)$(PREFIX)/share/bash-completion/completions
DESTZSH = $(DESTDIR)$(PREFIX)/share/zsh/site-functions
DESTFISH = $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
COMMAND_NAMES = $(subst _,-,$(COMMANDS))

.PHONY: install uninstall clean dist
install: build
	install -d $(DESTBIN) $(DESTMAN) $(DESTBASH) $(DESTZSH) $(DESTFISH)
	install -m 0755 $(B)/regress-gate $(DESTBIN)/regress-gate
	install -D -m 0644 docs/config-schema.json $(DESTDIR)$(PREFIX)/share/regress-gate/config-schema.json
	$(B)/regress-gate completion bash > $(DESTBASH)/regress-gate
	$(B)/regress-gate completion zsh > $(DESTZSH)/_regress-gate
	$(B)/regress-gate completion fish > $(DESTFISH)/regress-gate.fish
	$(B)/regress-gate manual > $(DESTMAN)/regress-gate.1
	set -e; for c in $(COMMAND_NAMES); do \
		$(B)/regress-gate manual "$$(echo $$c | tr - ' ')" > $(DESTMAN)/regress-gate-$$c.1; done
uninstall:
	rm -f $(DESTBIN)/regress-gate $(DESTBASH)/regress-gate $(DESTZSH)/_regress-gate $(DESTFISH)/regress-gate.fish
	rm -f $(DESTDIR)$(PREFIX)/share/regress-gate/config-schema.json
	rm -f $(DESTMAN)/regress-gate.1 $(foreach c,$(COMMAND_NAMES),$(DESTMAN)/regress-gate-$(c).1)
clean:
	rm -rf $(B) $(B)-san $(B)-analyzer $(B)-O0 $(B)-clang
dist:
	git archive --prefix=regress-gate-$(VERSION)/ -o regress-gate-$(VERSION).tar.gz HEAD

-include $(shell find $(B) -name '*.d' 2>/dev/null)
