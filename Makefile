# regress-gate: see README.md ("Map of the code") for what is where.
#
#   make deps build check demo lint fmt install uninstall clean dist
#   make unit-LAYER        the unit tests of one layer (base model engine render config repo store capture cli)
#   make SAN=1 unit        unit tests under ASan and UBSan
#   make check-long        what takes longer than CI should wait
#
# V=1 shows the commands. B=DIR is the folder of all that is built.

VERSION := 0.1.0
PREFIX ?= /usr/local
DESTDIR ?=
CC ?= gcc
CLANG ?= clang
PKG_CONFIG ?= pkg-config
B ?= build$(if $(SAN),-san)
Q := $(if $(V),,@)
msg = $(Q)printf '  %-8s %s\n' "$(1)" "$(2)"

.DELETE_ON_ERROR:
.SUFFIXES:
.SECONDARY:
.DEFAULT_GOAL := build

# --- Layers: each a folder and an archive; a later one may use the earlier ones only -------------
# (tests/lint/layers.sh keeps the exact table.)
LAYERS := base model engine config repo store render cli capture cmd
DIR_base := diff/base
DIR_model := diff/model
DIR_engine := diff/engine
DIR_config := gate/config
DIR_repo := gate/repo
DIR_store := gate/store
DIR_render := gate/render
DIR_cli := gate/cli
DIR_capture := capture
DIR_cmd := gate/cmd

# What the unit tests of a layer link against: the layer, then what it may use.
LINK_base := base
LINK_model := model base
LINK_engine := engine model base
LINK_config := config engine model base
LINK_repo := repo base
LINK_store := store model base
LINK_render := render engine model base
LINK_cli := cli base
LINK_capture := capture model base
LINK_all := cmd cli capture store repo render config engine model base

# --- Flags --------------------------------------------------------------------------------------
PKGS := libbpf libelf libdw libgit2 jansson zlib libmd
WARN := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion -Wformat=2 \
	-Wvla -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wpointer-arith -Wwrite-strings
# -Werror in CI only: a newer compiler's new warning must not stop a user's build.
WERROR := $(if $(CI),-Werror)
comma := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
OPT ?= -O2 -g
CPPFLAGS += -D_GNU_SOURCE -DRG_VERSION_TEXT='"$(VERSION)"' -Iinclude -isystem $(B)/gen
# No fused multiply-add: the verdict is the same with every compiler.
CFLAGS += -std=gnu17 -ffp-contract=off $(OPT) $(WARN) $(WERROR) $(SANFLAGS)
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS) 2>/dev/null)
PKG_LIBS = $(shell $(PKG_CONFIG) --libs $(PKGS) 2>/dev/null) -liberty -lm
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

.PHONY: build
build: $(B)/regress-gate

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
	-Wno-unused-parameter -Wno-missing-declarations -idirafter /usr/include/$(shell $(CC) -print-multiarch)

$(B)/gen/%.bpf.o: bpf/%.bpf.c
	$(call msg,BPF,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CLANG) $(BPF_CFLAGS) -MMD -MP -MT $@ -MF $(@:.o=.d) -c $< -o $(@:.o=.tmp.o)
	$(Q)$(BPFTOOL) gen object $@ $(@:.o=.tmp.o)

$(B)/gen/%.skel.h: $(B)/gen/%.bpf.o
	$(call msg,SKEL,$@)
	$(Q)$(BPFTOOL) gen skeleton $< name $*_bpf > $@

# One new command or backend is one new file: `const struct rg_command rg_command_NAME` in
# gate/cmd/NAME.c, `const struct rg_store_backend rg_store_NAME` in gate/store/NAME.c.
COMMANDS = $(sort $(shell sed -n 's/^const struct rg_command rg_command_\([a-z_]*\) =.*/\1/p' $(wildcard gate/cmd/*.c) /dev/null))
STORES = $(sort $(shell sed -n 's/^const struct rg_store_backend rg_store_\([a-z_]*\) =.*/\1/p' $(wildcard gate/store/*.c) /dev/null))

$(B)/gen/commands.inc: $(wildcard gate/cmd/*.c) Makefile
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && for c in $(COMMANDS); do echo "RG_COMMAND($$c)"; done > $@
$(B)/gen/stores.inc: $(wildcard gate/store/*.c) Makefile
	$(call msg,GEN,$@)
	$(Q)mkdir -p $(@D) && for c in $(STORES); do echo "RG_STORE($$c)"; done > $@

GEN := $(SKELS) $(B)/gen/commands.inc $(B)/gen/stores.inc

$(foreach l,$(LAYERS),$(eval $(call LAYER_RULE,$(l))))

# --- Objects ------------------------------------------------------------------------------------
$(B)/obj/%.o: %.c
	$(call msg,CC,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c $< -o $@

# Only these include generated headers.
$(call obj,capture): $(SKELS)
$(call obj,cmd) $(MAIN_OBJ): $(B)/gen/commands.inc
$(call obj,store): $(B)/gen/stores.inc

LIBS_all = $(foreach l,$(LINK_all),$(call lib,$(l)))
$(B)/regress-gate: $(MAIN_OBJ) $(LIBS_all)
	$(call msg,LINK,$@)
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) $< -Wl,--start-group $(LIBS_all) -Wl,--end-group $(PKG_LIBS) -o $@

# --- Unit tests: tests/unit/LAYER/test_*.c, each a cmocka program --------------------------------
UNIT_LAYERS := $(filter-out cmd,$(LAYERS))
unit_tests = $(patsubst tests/unit/%.c,$(B)/unit/%,$(sort $(wildcard tests/unit/$(1)/test_*.c)))

define UNIT_RULE
$(B)/unit/$(1)/%: tests/unit/$(1)/%.c $$(foreach l,$$(LINK_$(1)),$$(call lib,$$(l)))
	$$(call msg,TEST,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) $$(CPPFLAGS) -I$$(DIR_$(1)) -Itests/unit $$(CFLAGS) $$(PKG_CFLAGS) -MMD -MP -MF $$@.d $$< \
		$$(LDFLAGS) -Wl,--start-group $$(foreach l,$$(LINK_$(1)),$$(call lib,$$(l))) -Wl,--end-group -lcmocka $$(PKG_LIBS) -o $$@
.PHONY: unit-$(1)
unit-$(1): $$(call unit_tests,$(1))
	$$(Q)set -e; for t in $$^; do echo "== $$$$t"; $$$$t; done
endef
$(foreach l,$(UNIT_LAYERS),$(eval $(call UNIT_RULE,$(l))))
.PHONY: unit
unit: $(addprefix unit-,$(UNIT_LAYERS))

.PHONY: clean
clean:
	rm -rf build build-san

-include $(shell find $(B) -name '*.d' 2>/dev/null)
