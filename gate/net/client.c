/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { CONNECT_S = 10, STALL_S = 30, RETRY_S = 120 };

static uint64_t system_now_s(void *context)
{
	struct timespec now;

	(void)context;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec;
}

/* A signal that was caught is somebody who does not want to wait. */
static int system_sleep(void *context, uint64_t ns)
{
	const struct timespec time = {.tv_sec = (time_t)(ns / RG_NS_PER_S),
				      .tv_nsec = (long)(ns % RG_NS_PER_S)};

	(void)context;
	return nanosleep(&time, NULL);
}

static const struct rg_net_clock system_clock = {system_now_s, system_sleep, NULL};

/* libcurl's library leaves these variables to its command line program. */
static const char *default_ca_file(void)
{
	static const char *const names[] = {"SSL_CERT_FILE", "CURL_CA_BUNDLE"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = getenv(names[i]);

		if (value && *value)
			return value;
	}
	return NULL;
}

static int fill(struct rg_net *net, const struct rg_net_options *options, struct rg_err *err)
{
	const char *ca_file = options->ca_file ? options->ca_file : default_ca_file();

	net->options = *options;
	net->clock = options->clock ? *options->clock : system_clock;
	if (!net->options.connect_ns)
		net->options.connect_ns = CONNECT_S * RG_NS_PER_S;
	if (!net->options.stall_ns)
		net->options.stall_ns = STALL_S * RG_NS_PER_S;
	if (!net->options.retry_ns)
		net->options.retry_ns = RETRY_S * RG_NS_PER_S;
	if (!net->options.all_ns)
		net->options.all_ns = NET_ALL_STALLS * net->options.stall_ns;
	net->retry_left = net->options.retry_ns;
	net->time_left = net->options.all_ns;
	if (!ca_file)
		return 0;
	net->ca_file = strdup(ca_file);
	return net->ca_file ? 0 : rg_err_nomem(err, "net");
}

int rg_net_open(const struct rg_net_options *options, struct rg_net **out, struct rg_err *err)
{
	struct rg_net *net;

	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return rg_err_set(err, RG_EIO, "net: start libcurl: it refused");
	net = calloc(1, sizeof(*net));
	if (!net) {
		curl_global_cleanup();
		return rg_err_nomem(err, "net");
	}
	net->curl = curl_easy_init();
	if (!net->curl || fill(net, options, err)) {
		rg_net_close(net);
		return rg_err_nomem(err, "net");
	}
	*out = net;
	return 0;
}

void rg_net_close(struct rg_net *net)
{
	if (!net)
		return;
	curl_easy_cleanup(net->curl);
	free(net->ca_file);
	free(net);
	curl_global_cleanup();
}
