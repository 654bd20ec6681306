/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "body.h"
#include "github.h"

#include "rg/err.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The step's summary: a file that the runner shows when the step has ended. */

enum {
	/* GitHub drops the summary of a step that is larger than 1 MiB. */
	SUMMARY_MAX = 1 << 20,
	REPORT_MAX = 256 << 10,
};

static const char *path_of(const struct rg_post *post)
{
	return post->summary_path ? post->summary_path : forge_env(post, "GITHUB_STEP_SUMMARY");
}

static int fail(const char *path, const char *why, struct rg_err *err)
{
	return rg_err_set(err, RG_EIO, "write the step's summary '%.300s': %s", path, why);
}

static int append(const char *path, int fd, const struct rg_buf *text, struct rg_err *err)
{
	size_t done = 0;
	struct stat st;

	if (fstat(fd, &st))
		return fail(path, strerror(errno), err);
	if (!S_ISREG(st.st_mode))
		return fail(path, "not a regular file", err);
	if (st.st_size > (off_t)(SUMMARY_MAX - text->len))
		return rg_err_set(err, RG_ELIMIT,
				  "the step's summary would be larger than GitHub takes (1 MiB)");
	while (done < text->len) {
		ssize_t n = write(fd, text->data + done, text->len - done);

		if (n < 0 && errno != EINTR)
			return fail(path, strerror(errno), err);
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

static int write_text(struct rg_post *post, const struct rg_buf *text, struct rg_err *err)
{
	const char *path = path_of(post);
	int fd, rc;

	if (post->dry_run) {
		post->print(text->data, text->len);
		return 0;
	}
	/* The work tree is the change's author's: a link that was planted there leads nowhere. */
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0644);
	if (fd < 0)
		return fail(path, errno == ELOOP ? "is a symbolic link" : strerror(errno), err);
	rc = append(path, fd, text, err);
	if (close(fd) && rc == 0)
		rc = fail(path, strerror(errno), err);
	return rc;
}

int github_summary_write(struct rg_post *post, struct rg_err *err)
{
	struct rg_buf text;
	int rc;

	if (!path_of(post) && !post->dry_run)
		return rg_err_set(err, RG_EUSAGE,
				  "GITHUB_STEP_SUMMARY is not set: say --step-summary FILE (sudo "
				  "drops CI's variables)");
	rg_buf_init(&text, REPORT_MAX + 1);
	rc = body_report(&text, post, "", REPORT_MAX, err);
	/* What follows in the same file begins a paragraph of its own. */
	rg_buf_addc(&text, '\n');
	if (rc == 0)
		rc = write_text(post, &text, err);
	rg_buf_done(&text);
	post->summary_written |= rc == 0;
	return rc;
}

static int post(struct rg_post *post, struct rg_err *err)
{
	return post->summary_written ? 0 : github_summary_write(post, err);
}

const struct rg_reporter rg_reporter_github_summary = {
	.name = "github-summary",
	.summary = "the summary of the workflow's step",
	.detect = github_is_here,
	.post = post,
};
