/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void e2e_shop(struct e2e *e)
{
	static char temporary[E2E_PATH_MAX + 16];
	char *here = getcwd(NULL, 0);

	e2e_sh(e,
	       "mkdir tmp; chmod 1777 tmp; git init -q -b main r; cp %s/tests/e2e/alternate/shop.c "
	       "r; cd r\n"
	       "git config user.name a; git config user.email a@example.org\n"
	       "printf 'shop: shop.c\\n\\tcc -O1 -g $< -o $@\\n' > Makefile; echo shop > "
	       ".gitignore\n"
	       "mkdir sub; echo x > sub/x; git add -A; git commit -q -m one; git tag v1.4\n"
	       "sed -i 's/HASH_TIMES 1/HASH_TIMES 4/' shop.c; git commit -q -a -m two; git tag "
	       "v1.5\n"
	       "echo s >> sub/x; git stash -q; echo staged > staged; git add staged; echo u > "
	       "untracked",
	       here);
	free(here);
	e->directory = "r";
	snprintf(temporary, sizeof(temporary), "TMPDIR=%s/tmp", e->root);
	e->env[0] = temporary;
}

void e2e_shop_of_other(struct e2e *e)
{
	e2e_sh(e, "chown -R 65534:65534 r");
	e->env[1] = "SUDO_UID=65534";
	e->env[2] = "SUDO_GID=65534";
}

char *e2e_shop_state(struct e2e *e)
{
	return strdup(e2e_ask(
		e, "cd r; { find . ! -type d -printf '%%p %%y %%m %%U %%s %%T@ %%l\\n' | sort; "
		   "find . -type d -printf '%%p %%m\\n' | sort;"
		   " find . -type f -print0 | sort -z | xargs -0 sha256sum; } | sha256sum"));
}

void e2e_assert_untouched(struct e2e *e, char *before)
{
	char *after = e2e_shop_state(e);

	assert_string_equal(after, before);
	free(before);
	free(after);
	assert_string_equal(e2e_ask(e, "ls -A tmp | head -1"), "");
}
