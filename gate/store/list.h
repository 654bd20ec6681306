/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef LIST_H
#define LIST_H

#include "rg/store.h"

/* RG_ENOMEM, or RG_ELIMIT at LIST_MAX_RUNS. The run's texts are the list's from then on. */
int list_take(struct rg_store_list *list, struct rg_store_run *run, struct rg_err *err);

/* Counts an entry that could not be read; the text is copied when it is the first. */
int list_damaged(struct rg_store_list *list, const char *text, struct rg_err *err);

/* Into the order rg/store.h states. */
void list_sort(struct rg_store_list *list);

/* Sorts it and drops runs that are there twice. */
void list_unique(struct rg_store_list *list);

enum { LIST_MAX_RUNS = 1 << 20 };

#endif
