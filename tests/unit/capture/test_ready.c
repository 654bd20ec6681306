/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a port is somebody's. */
#include "ready.h"

#include "processes.h"

#include "rg/capture.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

enum { PORT = 40000, NO_NETWORKS = 77, TRIES = 20 };

static bool write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool ok = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return ok;
}

/* A network of our own, in which connections can begin at that port only. */
static bool enter_network(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;
	bool up;

	if (unshare(CLONE_NEWNET) ||
	    !write_text("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000"))
		return false;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	up = fd >= 0 && !ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
	return up;
}

static int begin(struct rg_err *err)
{
	const struct rg_capture_options options = {.ready.port = PORT};

	return rg_ready_begin(&options, NULL, err);
}

/* 0 when nobody is taken for somebody, and a connection to oneself was seen to be possible. */
static int try_nobody(void *ctx)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons(PORT),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct rg_err err = {0};
	int fd;

	(void)ctx;
	if (!enter_network())
		return NO_NETWORKS;
	for (int i = 0; i < TRIES; i++)
		if (begin(&err))
			return 1;
	/* Nor is the port left in use by what was tried. */
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)))
		return 2;
	close(fd);
	return 0;
}

static void a_socket_that_is_connected_to_itself(void **state)
{
	int rc;

	(void)state;
	if (!scratch_is_root("a_socket_that_is_connected_to_itself"))
		return;
	rc = scratch_in_child(try_nobody, NULL, false);
	if (rc == NO_NETWORKS) {
		print_message("skipped: networks of one's own are not allowed here\n");
		skip();
	}
	assert_int_equal(rc, 0);
}

static void somebody_who_listens(void **state)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(address);
	struct rg_capture_options options = {0};
	struct rg_err err = {0};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)state;
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	options.ready.port = ntohs(address.sin_port);
	assert_int_equal(rg_ready_begin(&options, NULL, &err), 0);
	assert_int_equal(listen(fd, 1), 0);
	assert_int_equal(rg_ready_begin(&options, NULL, &err), RG_ETARGET);
	assert_text_has(err.text, "accepts connections before the target has begun");
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_socket_that_is_connected_to_itself),
		cmocka_unit_test(somebody_who_listens),
	};

	return cmocka_run_group_tests_name("capture/ready", tests, NULL, NULL);
}
