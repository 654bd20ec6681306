/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include "rg/err.h"
#include "rg/units.h"

#include <stdio.h>
#include <string.h>

/* One transfer under way. */
struct transfer {
	struct rg_net_reply *reply;
	const struct rg_buf *too_large; /* which of its buffers would be */
	uint64_t time_ns;               /* that it may take in all */
};

static size_t take(struct transfer *transfer, struct rg_buf *to, const char *bytes, size_t len)
{
	rg_buf_add(to, bytes, len);
	if (!to->failed)
		return len;
	transfer->too_large = to->failed == RG_ELIMIT ? to : NULL;
	return 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;

	return take(transfer, &transfer->reply->body, bytes, size * count);
}

/* Of several header blocks (100 Continue, a proxy's CONNECT) the last one counts. */
static size_t on_header(char *bytes, size_t size, size_t count, void *context)
{
	struct transfer *transfer = context;
	size_t len = size * count;

	if (len > 5 && memcmp(bytes, "HTTP/", 5) == 0)
		rg_buf_reset(&transfer->reply->headers);
	return take(transfer, &transfer->reply->headers, bytes, len);
}

static long whole_seconds(uint64_t ns)
{
	return (long)((ns + RG_NS_PER_S - 1) / RG_NS_PER_S);
}

static int add_header(struct curl_slist **list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(*list, line);

	if (!longer)
		return RG_ENOMEM;
	*list = longer;
	return 0;
}

static int make_headers(const struct rg_net_request *request, struct curl_slist **list)
{
	/* Without it a larger body waits a second for a "100 Continue" that few servers send. */
	int rc = add_header(list, "Expect:");

	for (size_t i = 0; rc == 0 && i < request->header_count; i++) {
		struct rg_buf line;

		rg_buf_init(&line, NET_HEADERS_MAX);
		rg_buf_addf(&line, "%s: %s", request->headers[i].name, request->headers[i].value);
		rc = line.failed ? RG_ENOMEM : add_header(list, line.data);
		if (line.data)
			explicit_bzero(line.data, line.len);
		rg_buf_done(&line);
	}
	return rc;
}

static void set_trust(CURL *curl, const struct rg_net *net, const char *url)
{
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, net->options.no_signals ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
	/* The request's headers are for the server: a proxy is told where to connect, no more. */
	curl_easy_setopt(curl, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	if (net->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, net->ca_file);
	if (net_url_is_local(url))
		curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
}

static void set_limits(CURL *curl, const struct rg_net *net, uint64_t time_ns)
{
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(net->options.connect_ns / RG_NS_PER_MS));
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
	curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, whole_seconds(net->options.stall_ns));
	/* A byte now and then is no stall, and would hold up a job for hours. */
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(time_ns / RG_NS_PER_MS));
}

static void set_request(CURL *curl, const struct rg_net_request *request, const char *url,
			struct curl_slist *headers)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "regress-gate/" RG_VERSION_TEXT);
	if (request->body) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_len);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body);
	}
	curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_sinks(CURL *curl, struct transfer *transfer)
{
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, transfer);
}

/* Whether the connection was made, so that the request may have arrived. */
static bool was_sent(CURL *curl)
{
	curl_off_t us = 0;

	return curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &us) == CURLE_OK && us > 0;
}

/* Trying again would end the same way. */
static bool is_final(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
}

static uint64_t time_taken_ns(CURL *curl)
{
	curl_off_t us = 0;

	curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &us);
	return us > 0 ? (uint64_t)us * 1000 : 0;
}

/* libcurl notes the time a moment before it gives up. */
static bool took_too_long(CURL *curl, uint64_t time_ns)
{
	return time_taken_ns(curl) >= time_ns - time_ns / 20;
}

static int fail(const struct rg_net *net, const struct rg_net_request *request, const char *url,
		CURLcode code, const char *detail, uint64_t time_ns, struct rg_err *err)
{
	char shown[NET_URL_MAX], time[RG_UNITS_TEXT_MAX];

	net_url_shown(url, shown);
	if (code == CURLE_OPERATION_TIMEDOUT && took_too_long(net->curl, time_ns))
		return rg_err_set(err, RG_EIO, "net: %s '%.300s': not answered in whole within %s",
				  request->method, shown, rg_format_duration(time, time_ns));
	if (code == CURLE_OPERATION_TIMEDOUT && was_sent(net->curl))
		return rg_err_set(err, RG_EIO, "net: %s '%.300s': no answer within %ld s",
				  request->method, shown, whole_seconds(net->options.stall_ns));
	return rg_err_set(err, is_final(code) ? RG_EUSAGE : RG_EIO, "net: %s '%.300s': %.300s",
			  request->method, shown, *detail ? detail : curl_easy_strerror(code));
}

static int fail_too_large(const struct rg_net_request *request, const char *url,
			  const struct transfer *transfer, struct rg_err *err)
{
	bool headers = transfer->too_large == &transfer->reply->headers;
	char shown[NET_URL_MAX];

	return rg_err_set(err, RG_ELIMIT, "net: %s '%.300s': the reply%s larger than %zu bytes",
			  request->method, net_url_shown(url, shown),
			  headers ? "'s headers are" : " is", transfer->too_large->max);
}

static void spend(struct rg_net *net, uint64_t ns)
{
	net->time_left -= ns < net->time_left ? ns : net->time_left;
}

static int perform(struct rg_net *net, const struct rg_net_request *request, const char *url,
		   struct transfer *transfer, struct rg_err *err)
{
	struct rg_net_reply *reply = transfer->reply;
	char detail[CURL_ERROR_SIZE] = "";
	CURLcode code;

	curl_easy_setopt(net->curl, CURLOPT_ERRORBUFFER, detail);
	code = curl_easy_perform(net->curl);
	curl_easy_setopt(net->curl, CURLOPT_ERRORBUFFER, NULL);
	spend(net, time_taken_ns(net->curl));
	if (transfer->too_large)
		return fail_too_large(request, url, transfer, err);
	if (code == CURLE_OK) {
		curl_easy_getinfo(net->curl, CURLINFO_RESPONSE_CODE, &reply->status);
		return 0;
	}
	return fail(net, request, url, code, detail, transfer->time_ns, err);
}

static void begin_reply(struct rg_net_reply *reply, const struct rg_net_request *request)
{
	rg_net_reply_done(reply);
	rg_buf_init(&reply->body,
		    request->max_reply_bytes ? request->max_reply_bytes : NET_REPLY_MAX);
	rg_buf_init(&reply->headers, NET_HEADERS_MAX);
}

/* However many requests a server makes of one (pages without end, say), they end. RG_ELIMIT: they have. */
static int take_time(const struct rg_net *net, struct transfer *transfer, struct rg_err *err)
{
	uint64_t whole_ns = NET_WHOLE_STALLS * net->options.stall_ns;
	char all[RG_UNITS_TEXT_MAX];

	/* libcurl counts in milliseconds, and takes 0 for no limit. */
	transfer->time_ns = whole_ns < net->time_left ? whole_ns : net->time_left;
	transfer->time_ns -= transfer->time_ns % RG_NS_PER_MS;
	if (transfer->time_ns)
		return 0;
	return rg_err_set(err, RG_ELIMIT, "net: all requests together took longer than %s",
			  rg_format_duration(all, net->options.all_ns));
}

/* They hold the token. */
static void free_headers(struct curl_slist *headers)
{
	for (struct curl_slist *item = headers; item; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	curl_slist_free_all(headers);
}

int net_attempt(struct rg_net *net, const struct rg_net_request *request, const char *url,
		struct rg_net_reply *reply, struct rg_err *err)
{
	struct transfer transfer = {.reply = reply};
	struct curl_slist *headers = NULL;
	int rc = rg_net_url_check(url, net->options.allow_http, err);

	begin_reply(reply, request);
	if (rc == 0)
		rc = take_time(net, &transfer, err);
	if (rc)
		return rc;
	curl_easy_reset(net->curl);
	if (make_headers(request, &headers)) {
		rc = rg_err_nomem(err, "net");
	} else {
		set_trust(net->curl, net, url);
		set_limits(net->curl, net, transfer.time_ns);
		set_request(net->curl, request, url, headers);
		set_sinks(net->curl, &transfer);
		rc = perform(net, request, url, &transfer, err);
	}
	free_headers(headers);
	return rc;
}
