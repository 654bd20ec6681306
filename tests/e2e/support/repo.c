/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "repo.h"

#include <stdio.h>

void e2e_git(struct e2e *e, const char *format, ...)
{
	char words[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	e2e_sh(e, "git -C r %s", words);
}

void e2e_repo(struct e2e *e)
{
	e2e_sh(e, "git init -q -b main r; cd r\n"
		  "git config user.name a; git config user.email a@example.org\n"
		  "for i in 3 4 5; do\n"
		  " echo $i > file; git add file; git commit -q -m c$i\n"
		  " if [ $i = 5 ]; then git tag -a -m t v1.5; else git tag v1.$i; fi\n"
		  "done");
	e->directory = "r";
}
