/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CAPTURE_PATH_H
#define CAPTURE_PATH_H

/* Paths as the kernel writes them: both make the text shorter in place, or leave it. */

/* Takes off the " (deleted)" that stands behind a path whose file was unlinked (d_path() in the kernel). */
void rg_path_cut_deleted(char *path);

/*
 * Puts newlines back: /proc/PID/maps shows each as "\012", and nothing else that way. A name that holds these
 * four characters itself cannot be told apart; whoever opens it compares inodes.
 */
void rg_path_unescape(char *path);

#endif
