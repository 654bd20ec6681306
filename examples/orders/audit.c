#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit.h"
#include "outline.h"
#include "sha256.h"
#include "text.h"

#define BUFFER_SIZE 65536
#define RECORD_MAX  256
#define LINE_MAX    48

struct audit {
	pthread_mutex_t lock;
	int fd;
	uint8_t chain[SHA256_LEN];
	struct text pending;
	char buffer[BUFFER_SIZE];
};

struct audit *audit_open(const char *path)
{
	struct audit *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (a->fd < 0) {
		free(a);
		return NULL;
	}
	pthread_mutex_init(&a->lock, NULL);
	text_init(&a->pending, a->buffer, sizeof(a->buffer));
	return a;
}

static int flush(struct audit *a)
{
	size_t done = 0;

	while (done < a->pending.len) {
		ssize_t n = write(a->fd, a->buffer + done, a->pending.len - done);

		if (n <= 0)
			break;
		done += (size_t)n;
	}
	memmove(a->buffer, a->buffer + done, a->pending.len - done);
	a->pending.len -= done;
	return a->pending.len ? -1 : 0;
}

/* The digest of a record covers its predecessor's. */
static void link_record(struct audit *a, const uint8_t lines[SHA256_LEN])
{
	uint8_t both[2 * SHA256_LEN];

	memcpy(both, a->chain, SHA256_LEN);
	memcpy(both + SHA256_LEN, lines, SHA256_LEN);
	sha256(a->chain, both, sizeof(both));
}

/* What was sold and for how much, in a form that does not depend on the answer's. */
static OUTLINE void digest_lines(uint8_t digest[SHA256_LEN], const struct order *order)
{
	char mem[ORDER_LINES_MAX * LINE_MAX];
	struct text t;

	text_init(&t, mem, sizeof(mem));
	for (size_t i = 0; i < order->nlines; i++) {
		text_put(&t, order->lines[i].product->sku, SKU_LEN);
		text_put(&t, " ", 1);
		text_int(&t, order->lines[i].quantity);
		text_put(&t, " ", 1);
		text_money(&t, order->lines[i].total);
		text_put(&t, "\n", 1);
	}
	sha256(digest, t.data, t.len);
}

static void put_record(struct text *t, const struct order *order, const uint8_t *lines,
		       const uint8_t *chain)
{
	text_int(t, (int64_t)order->number);
	text_str(t, " ");
	text_str(t, order->customer);
	text_str(t, " ");
	text_int(t, (int64_t)order->nlines);
	text_str(t, " ");
	text_money(t, order->total);
	text_str(t, " ");
	text_hex(t, lines, SHA256_LEN);
	text_str(t, " ");
	text_hex(t, chain, SHA256_LEN);
	text_str(t, "\n");
}

int audit_append(struct audit *a, const struct order *order)
{
	uint8_t digest[SHA256_LEN];
	int rc = 0;

	digest_lines(digest, order);
	pthread_mutex_lock(&a->lock);
	if (BUFFER_SIZE - a->pending.len < RECORD_MAX)
		rc = flush(a);
	if (!rc) {
		link_record(a, digest);
		put_record(&a->pending, order, digest, a->chain);
	}
	pthread_mutex_unlock(&a->lock);
	return rc;
}

int audit_close(struct audit *a)
{
	int rc = flush(a);

	close(a->fd);
	pthread_mutex_destroy(&a->lock);
	free(a);
	return rc;
}
