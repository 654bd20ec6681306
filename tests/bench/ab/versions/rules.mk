# Programs in two versions and more: $(B)/bench/ab/BUILD/vN/PROGRAM, where BUILD is O2, or stripped: the same
# without its debug information. Included by the Makefile, which sets B, CC, CXX, Q, msg and WERROR.

AB_VERSIONS_SRC := tests/bench/ab/versions
AB_OUT := $(B)/bench/ab
AB_CHANGED := v1/import v2/import v1/search v2/search v3/search $(foreach v,1 2 3 4 5 6,v$(v)/invoice) v1/format v2/format \
	v1/tally v2/tally v1/journal v2/journal v1/fetch v2/fetch v1/cache v2/cache
AB_VERSIONS := $(foreach b,O2 stripped,$(addprefix $(AB_OUT)/$(b)/,$(AB_CHANGED)))
# Those that a test runs.
AB_CHECKED := $(addprefix $(AB_OUT)/stripped/,v1/format v2/format v1/fetch v2/fetch v1/invoice v2/invoice v1/import v2/import)

AB_FLAGS := -D_GNU_SOURCE -O2 -g -Wall -Wextra $(WERROR)
ab_headers := tests/bench/ab/serve.h $(AB_VERSIONS_SRC)/pricing.h $(AB_VERSIONS_SRC)/rest.h

# What a version of a program is linked with besides.
$(AB_OUT)/O2/v4/invoice: AB_WITH := $(AB_VERSIONS_SRC)/pricing.c
$(AB_OUT)/O2/v5/invoice: AB_WITH = $(@D)/libpricing.so -Wl,-rpath,'$$ORIGIN'
$(AB_OUT)/O2/v4/invoice: $(AB_VERSIONS_SRC)/pricing.c
$(AB_OUT)/O2/v5/invoice: $(AB_OUT)/O2/v5/libpricing.so
$(AB_OUT)/stripped/v5/invoice: $(AB_OUT)/stripped/v5/libpricing.so

define AB_VERSION_RULE
$(AB_OUT)/O2/v$(1)/%: $(AB_VERSIONS_SRC)/%.c $(ab_headers)
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CC) -std=gnu17 $(AB_FLAGS) -DVERSION=$(1) $$< $$(AB_WITH) -o $$@ -lpthread
$(AB_OUT)/O2/v$(1)/%: $(AB_VERSIONS_SRC)/%.cc $(ab_headers)
	$$(call msg,PROGRAM,$$@)
	$$(Q)mkdir -p $$(@D)
	$$(Q)$$(CXX) -std=gnu++17 $(AB_FLAGS) -DVERSION=$(1) $$< -o $$@
endef
$(foreach v,1 2 3 4 5 6,$(eval $(call AB_VERSION_RULE,$(v))))

$(AB_OUT)/O2/v5/libpricing.so: $(AB_VERSIONS_SRC)/pricing.c $(ab_headers)
	$(call msg,PROGRAM,$@)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC) -std=gnu17 $(AB_FLAGS) -fPIC -shared -Wl,-soname,$(@F) $< -o $@

# The symbols stay.
$(AB_OUT)/stripped/%: $(AB_OUT)/O2/%
	$(call msg,STRIP,$@)
	$(Q)mkdir -p $(@D)
	$(Q)strip --strip-debug $< -o $@
