/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_ELF_DEBUGFILE_H
#define CAPTURE_ELF_DEBUGFILE_H

struct rg_image;

/*
 * Symbols that are not in the image itself. Only files of this machine are opened, and only
 * those whose build-id is the one asked for; nothing is fetched from a network.
 */

/* Each returns 0, RG_ENOTFOUND or RG_ENOMEM; the image is empty (.elf is NULL) on failure. */

/* dir/.build-id/xx/yyyy.debug; build_id in hex. */
int rg_debugfile_open(struct rg_image *out, const char *dir, const char *build_id);
/*
 * The common part of several debug files (dwz), which the section .gnu_debugaltlink of `image`
 * names.
 */
int rg_debugfile_open_alt(struct rg_image *out, const char *dir, const struct rg_image *image);
/* The compressed symbol table inside the image itself (.gnu_debugdata). */
int rg_debugfile_open_mini(struct rg_image *out, const struct rg_image *image);

#endif
