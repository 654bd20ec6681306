/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "container.h"

#include "rg/buf.h"
#include "rg/err.h"
#include "rg/file.h"

#include <ctype.h>
#include <dirent.h>
#include <glob.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { MAX_STATE_BYTES = 16 << 20 };

/* What is looked for, and what was found. */
struct search {
	const char *name;
	char id[RG_CONTAINER_ID_MAX]; /* "": nothing */
	bool several;
};

/* An identifier goes into a comparison with names of directories: nothing else is one. */
static void found(struct search *s, const char *id)
{
	size_t len = id ? strspn(id, "0123456789abcdef") : 0;

	if (!len || id[len] || len >= RG_CONTAINER_ID_MAX)
		return;
	s->several |= *s->id && strcmp(s->id, id) != 0;
	memcpy(s->id, id, len + 1);
}

/* --- What engines keep ---------------------------------------------------------------------- */

/* docker: a file a container, {"ID": "…", "Name": "/web", …}. */
static void take_docker(struct search *s, const json_t *root)
{
	const char *name = json_string_value(json_object_get(root, "Name"));

	if (name && !strcmp(name + (*name == '/'), s->name))
		found(s, json_string_value(json_object_get(root, "ID")));
}

static void take_storage_entry(struct search *s, const json_t *container)
{
	const json_t *names = json_object_get(container, "names"), *name;
	size_t i;

	json_array_foreach(names, i, name)
	{
		const char *text = json_string_value(name);

		if (text && !strcmp(text, s->name))
			found(s, json_string_value(json_object_get(container, "id")));
	}
}

/* podman and CRI-O: one file, [{"id": "…", "names": ["web"]}, …]. */
static void take_storage(struct search *s, const json_t *root)
{
	const json_t *container;
	size_t i;

	json_array_foreach(root, i, container)
	{
		take_storage_entry(s, container);
	}
}

struct engine {
	const char *files; /* a pattern */
	void (*take)(struct search *s, const json_t *root);
	bool of_users; /* anybody may write there: asked only for what nobody else knows */
};

static const struct engine engines[] = {
	{"/var/lib/docker/containers/*/config.v2.json", take_docker, false},
	{"/var/lib/containers/storage/*-containers/containers.json", take_storage, false},
	{"/home/*/.local/share/containers/storage/*-containers/containers.json", take_storage,
	 true},
};

/* A file that cannot be read names nobody: the identifier can be said all the same. */
static int read_state(const char *path, const struct engine *engine, struct search *s)
{
	struct rg_buf bytes;
	json_t *root = NULL;
	int rc;

	rg_buf_init(&bytes, MAX_STATE_BYTES);
	rc = rg_file_read(path, MAX_STATE_BYTES, &bytes, NULL);
	if (!rc && bytes.len)
		root = json_loadb(bytes.data, bytes.len, 0, NULL);
	if (root)
		engine->take(s, root);
	json_decref(root);
	rg_buf_done(&bytes);
	return rc == RG_ENOMEM ? rc : 0;
}

static int ask_engine(const struct engine *engine, struct search *s)
{
	glob_t files;
	int rc = glob(engine->files, GLOB_NOSORT, NULL, &files);

	if (rc == GLOB_NOSPACE)
		return RG_ENOMEM;
	if (rc)
		return 0;
	for (size_t i = 0; !rc && i < files.gl_pathc; i++)
		rc = read_state(files.gl_pathv[i], engine, s);
	globfree(&files);
	return rc;
}

/* nerdctl: a file a name, with the identifier in it. */
static int ask_nerdctl(struct search *s)
{
	char pattern[512], id[128];
	glob_t files;
	int rc;

	/* A name with a character of patterns is no container's. */
	if (strspn(s->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") !=
	    strlen(s->name))
		return 0;
	snprintf(pattern, sizeof(pattern), "/var/lib/nerdctl/*/names/*/%.200s", s->name);
	rc = glob(pattern, GLOB_NOSORT, NULL, &files);
	if (rc == GLOB_NOSPACE)
		return RG_ENOMEM;
	if (rc)
		return 0;
	for (size_t i = 0; i < files.gl_pathc; i++) {
		FILE *file = fopen(files.gl_pathv[i], "re");

		if (file && fgets(id, sizeof(id), file)) {
			id[strcspn(id, "\n")] = '\0';
			found(s, id);
		}
		if (file)
			fclose(file);
	}
	globfree(&files);
	return 0;
}

int rg_container_id(const char *name, char id[RG_CONTAINER_ID_MAX], struct rg_err *err)
{
	struct search s = {.name = name};
	int rc = ask_nerdctl(&s);

	for (size_t i = 0; !rc && i < sizeof(engines) / sizeof(engines[0]); i++)
		rc = engines[i].of_users && *s.id ? 0 : ask_engine(&engines[i], &s);
	if (rc)
		return rg_err_nomem(err, "target");
	if (s.several)
		return rg_err_set(err, RG_EUSAGE,
				  "target: several containers are called '%.200s': say the "
				  "identifier of one",
				  name);
	memcpy(id, s.id, sizeof(s.id));
	return 0;
}

/* --- Pods ----------------------------------------------------------------------------------- */

static bool is_uid(const char *text)
{
	size_t len = strlen(text);

	return (len == 36 || len == 32) && strspn(text, "0123456789abcdef-") == len;
}

/*
 * /var/log/pods/NAMESPACE_NAME_UID. Of a pod that was made again under its name older ones may still be there: the latest
 * is meant.
 */
static bool find_in_logs(const char *namespace, size_t namespace_len, const char *name,
			 char uid[RG_POD_UID_MAX])
{
	char wanted[512], path[1024];
	DIR *logs = opendir("/var/log/pods");
	struct dirent *entry;
	time_t latest = 0;
	struct stat st;
	size_t len;

	*uid = '\0';
	len = (size_t)snprintf(wanted, sizeof(wanted), "%.*s_%s_", (int)namespace_len, namespace,
			       name);
	while (logs && len < sizeof(wanted) && (entry = readdir(logs))) {
		const char *found_uid = entry->d_name + len;

		if (strncmp(entry->d_name, wanted, len) != 0 || !is_uid(found_uid))
			continue;
		snprintf(path, sizeof(path), "/var/log/pods/%s", entry->d_name);
		if (stat(path, &st) || (*uid && st.st_mtime <= latest))
			continue;
		latest = st.st_mtime;
		snprintf(uid, RG_POD_UID_MAX, "%s", found_uid);
	}
	if (logs)
		closedir(logs);
	return *uid != '\0';
}

int rg_pod_uid(const char *name, char uid[RG_POD_UID_MAX], struct rg_err *err)
{
	const char *slash = strchr(name, '/');

	if (!slash && is_uid(name)) {
		snprintf(uid, RG_POD_UID_MAX, "%s", name);
		return 0;
	}
	if (!slash || slash == name || !slash[1] || strchr(slash + 1, '/'))
		return rg_err_set(err, RG_EUSAGE,
				  "target: pod '%.200s': say NAMESPACE/NAME, or its unique "
				  "identifier ('kubectl get pod NAME -o jsonpath={.metadata.uid}')",
				  name);
	if (find_in_logs(name, (size_t)(slash - name), slash + 1, uid))
		return 0;
	return rg_err_set(
		err, RG_ETARGET,
		"target: no pod '%.200s' in '/var/log/pods': does it run on this node? Its "
		"unique identifier can be said instead ('kubectl get pod NAME -o "
		"jsonpath={.metadata.uid}')",
		name);
}
