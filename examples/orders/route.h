#ifndef ROUTE_H
#define ROUTE_H

#include "audit.h"
#include "http.h"
#include "json.h"
#include "order.h"
#include "text.h"

/* What one worker needs to answer a request, so that none allocates memory. */
struct route_scratch {
	struct json_doc doc;
	struct order order;
};

struct answer {
	int status;
	const char *allow; /* for 405: the method that is */
	bool head_only;
	struct text body;
};

void route(struct route_scratch *scratch, struct audit *audit, const struct http_request *req,
	   struct answer *answer);

/* The answer to a request that never got as far as route(). */
void route_refuse(struct answer *answer, int status);

#endif
