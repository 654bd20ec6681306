/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rg/metric.h"

#include "exposition.h"

#include "rg/err.h"
#include "rg/net.h"
#include "rg/units.h"

#include <stdlib.h>
#include <string.h>

enum {
	CONNECT_S = 2,
	STALL_S = 2, /* and four times as long in all */
	STATUS_OK = 200,
	URL_MAX = 2048,
};

#define FORM "must be URL#NAME, such as 'http://localhost:9100/metrics#requests_total'"

struct rg_metric {
	struct rg_net *net;
	struct rg_net_reply reply;
	struct rg_selector selector;
	char url[URL_MAX];
};

static int parse(const char *spec, struct rg_metric *metric, struct rg_err *err)
{
	const char *hash = strchr(spec, '#');
	size_t len = hash ? (size_t)(hash - spec) : 0;

	if (len == 0 || !hash[1])
		return rg_err_set(err, RG_EUSAGE, FORM);
	if (strncmp(spec, "http://", 7) != 0 && strncmp(spec, "https://", 8) != 0)
		return rg_err_set(err, RG_EUSAGE, FORM);
	if (len >= sizeof(metric->url))
		return rg_err_set(err, RG_EUSAGE, "the URL is longer than %zu bytes",
				  sizeof(metric->url) - 1);
	memcpy(metric->url, spec, len);
	metric->url[len] = '\0';
	return rg_selector_parse(&metric->selector, hash + 1, err);
}

int rg_metric_check(const char *spec, struct rg_err *err)
{
	struct rg_metric *metric = calloc(1, sizeof(*metric));
	int rc = metric ? parse(spec, metric, err) : rg_err_nomem(err, "metric");

	free(metric);
	return rc;
}

int rg_metric_open(const char *spec, struct rg_metric **out, struct rg_err *err)
{
	/* There is no secret to keep from plain http, which is what exporters speak. */
	const struct rg_net_options options = {
		.connect_ns = CONNECT_S * RG_NS_PER_S,
		.stall_ns = STALL_S * RG_NS_PER_S,
		/* Each has its time; how many there are is for the window to say. */
		.all_ns = UINT64_MAX,
		.allow_http = true,
		.no_signals = true,
	};
	struct rg_metric *metric = calloc(1, sizeof(*metric));
	int rc = metric ? parse(spec, metric, err) : rg_err_nomem(err, "metric");

	if (!rc)
		rc = rg_net_open(&options, &metric->net, err);
	if (rc) {
		rg_metric_close(metric);
		return rc;
	}
	*out = metric;
	return 0;
}

void rg_metric_close(struct rg_metric *metric)
{
	if (!metric)
		return;
	rg_net_reply_done(&metric->reply);
	rg_net_close(metric->net);
	free(metric);
}

const char *rg_metric_name(const struct rg_metric *metric)
{
	return metric->selector.text;
}

int rg_metric_read(void *metric, double *value, struct rg_err *err)
{
	static const struct rg_net_header accept = {
		"Accept", "text/plain;version=0.0.4;q=0.9,application/openmetrics-text;q=0.5"};
	struct rg_metric *m = metric;
	const struct rg_net_request request = {
		.method = "GET", .url = m->url, .headers = &accept, .header_count = 1};
	int rc = rg_net_send(m->net, &request, &m->reply, err);

	if (rc)
		return rc;
	if (m->reply.status != STATUS_OK)
		return rg_err_set(err, RG_EIO, "it answered with HTTP status %ld", m->reply.status);
	return rg_exposition_sum(m->reply.body.len ? m->reply.body.data : "", m->reply.body.len,
				 &m->selector, value, err);
}
