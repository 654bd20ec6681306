/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef CMD_CONTAINER_H
#define CMD_CONTAINER_H

struct rg_err;

enum { RG_CONTAINER_ID_MAX = 65, RG_POD_UID_MAX = 64 };

/*
 * The identifier of a container by its name, from the files in which docker, podman, CRI-O and nerdctl keep it in their default
 * places; no engine is asked. "" when none has the name: it may be an identifier. RG_EUSAGE when several do; RG_ENOMEM.
 */
int rg_container_id(const char *name, char id[RG_CONTAINER_ID_MAX], struct rg_err *err);

/*
 * The unique identifier of a pod: of "NAMESPACE/NAME" from the directories in which the kubelet keeps the logs; anything else is
 * taken as one. RG_ETARGET when there is no such pod; RG_EUSAGE when it can be neither.
 */
int rg_pod_uid(const char *name, char uid[RG_POD_UID_MAX], struct rg_err *err);

#endif
