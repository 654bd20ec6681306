#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>

#define HTTP_HEAD_MAX 8192
#define HTTP_BODY_MAX 32768

#define HTTP_INCOMPLETE 0
#define HTTP_OK         200

struct http_request {
	const char *method;
	size_t method_len;
	const char *target;
	size_t target_len;
	char *body;
	size_t body_len;
	size_t size; /* of head and body, where the next request begins */
	bool keep_alive;
};

/*
 * Reads the request at the start of data. HTTP_OK when it is complete,
 * HTTP_INCOMPLETE when more bytes are needed, else the status to refuse it
 * with; after that nothing on the connection can be trusted.
 */
int http_parse(struct http_request *req, char *data, size_t len);

const char *http_reason(int status);

#endif
