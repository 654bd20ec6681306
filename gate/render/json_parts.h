/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef RG_RENDER_JSON_PARTS_H
#define RG_RENDER_JSON_PARTS_H

#include <jansson.h>
#include <stddef.h>

struct rg_json_reader;
struct rg_off_cpu;
struct rg_policy;
struct rg_row;
struct rg_verdict;

/* The parts of a verdict that take more than a table of fields; `root` is the verdict's object. */

int rg_json_read_policy(struct rg_json_reader *reader, json_t *root, struct rg_policy *policy);
/* The policy is shown, and limits of it count rows: one that no check would run with is refused. */
int rg_json_check_policy(struct rg_json_reader *reader, const struct rg_verdict *verdict);

int rg_json_read_off_cpu(struct rg_json_reader *reader, json_t *root, struct rg_off_cpu *off_cpu);

/* After the rows of both dimensions, callers and entries, which they name; checks the files of these, too. */
int rg_json_read_commits(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict);
/* Whether each row's file is a path that stays in the repository, where it is said to be in it. */
int rg_json_check_files(struct rg_json_reader *reader, const struct rg_row *rows, size_t count);

/* Callers, entries and moves, after the rows of both dimensions. */
int rg_json_read_callers(struct rg_json_reader *reader, json_t *root, struct rg_verdict *verdict);

#endif
