/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gitd.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define APACHE  "/usr/sbin/apache2"
#define MODULES "/usr/lib/apache2/modules"
#define SSHD    "/usr/sbin/sshd"

static void need(const char *program)
{
	const char *ci = getenv("CI");

	if (access(program, X_OK) == 0)
		return;
	if (ci && strcmp(ci, "true") == 0)
		fail_msg("needs %s, and CI=true asks for it (make deps-test installs it)", program);
	print_message("skipped: needs %s (make deps-test installs it)\n", program);
	skip();
}

/* --- Ports ---------------------------------------------------------------------------------- */

static struct sockaddr_in loopback(int port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return address;
}

/* A socket that listens; *port is where. */
static int listen_anywhere(int *port)
{
	struct sockaddr_in address = loopback(0);
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 64), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static int free_port(void)
{
	int port;

	close(listen_anywhere(&port));
	return port;
}

static int connect_to(int port)
{
	struct sockaddr_in address = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void wait_for_port(int port)
{
	for (int i = 0; i < 500; i++) {
		int fd = connect_to(port);

		if (fd >= 0) {
			close(fd);
			return;
		}
		e2e_sleep_ms(10);
	}
	fail_msg("nothing listens on port %d", port);
}

/* --- The repository ------------------------------------------------------------------------- */

void gitd_make_repository(struct e2e *e)
{
	e2e_sh(e, "umask 022; mkdir -p srv; git init -q --bare srv/shop.git;"
		  " git -C srv/shop.git config http.receivepack true;"
		  " git -C srv/shop.git config core.fsync none");
}

/* --- Apache --------------------------------------------------------------------------------- */

static void make_certificate(struct e2e *e)
{
	e2e_sh(e,
	       "cd srv; {\n"
	       "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
	       " -subj /CN=authority -keyout ca.key -out ca.pem\n"
	       "openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
	       " -subj /CN=localhost -keyout srv.key -out srv.csr\n"
	       "printf 'subjectAltName=IP:127.0.0.1,DNS:localhost' > ext\n"
	       "openssl x509 -req -in srv.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
	       " -extfile ext -out srv.pem; } 2>/dev/null");
}

static void write_config(struct gitd *gitd, bool tls)
{
	struct e2e *e = gitd->e;

	e2e_sh(e, "echo \"x-access-token:$(openssl passwd -apr1 " GITD_TOKEN ")\" > srv/users");
	e2e_sh(e,
	       "cat > srv/httpd.conf <<END\n"
	       "ServerRoot $PWD/srv\nDefaultRuntimeDir $PWD/srv\nPidFile httpd.pid\n"
	       "Listen 127.0.0.1:%d\nServerName localhost\nErrorLog error.log\n"
	       "LoadModule mpm_prefork_module " MODULES "/mod_mpm_prefork.so\n"
	       "LoadModule cgi_module " MODULES "/mod_cgi.so\n"
	       "LoadModule alias_module " MODULES "/mod_alias.so\n"
	       "LoadModule env_module " MODULES "/mod_env.so\n"
	       "LoadModule auth_basic_module " MODULES "/mod_auth_basic.so\n"
	       "LoadModule authn_core_module " MODULES "/mod_authn_core.so\n"
	       "LoadModule authn_file_module " MODULES "/mod_authn_file.so\n"
	       "LoadModule authz_core_module " MODULES "/mod_authz_core.so\n"
	       "LoadModule authz_user_module " MODULES "/mod_authz_user.so\n"
	       "%s"
	       "User nobody\nGroup nogroup\nStartServers 2\nMaxRequestWorkers 40\n"
	       "LogFormat \"%%u %%m %%U %%>s\" short\nCustomLog access.log short\n"
	       "SetEnv GIT_PROJECT_ROOT $PWD/srv\nSetEnv GIT_HTTP_EXPORT_ALL 1\n"
	       "ScriptAlias /git/ /usr/lib/git-core/git-http-backend/\n"
	       "<Location /git/>\nAuthType Basic\nAuthName git\nAuthUserFile $PWD/srv/users\n"
	       "Require valid-user\n</Location>\nIncludeOptional $PWD/srv/more.conf\nEND\n",
	       gitd->port,
	       tls ? "LoadModule ssl_module " MODULES "/mod_ssl.so\nSSLEngine on\n"
		     "SSLCertificateFile srv.pem\nSSLCertificateKeyFile srv.key\n"
		   : "");
}

void gitd_start(struct e2e *e, struct gitd *gitd, bool tls)
{
	need(APACHE);
	*gitd = (struct gitd){.e = e, .port = free_port()};
	if (!e2e_exists(e, "srv/shop.git"))
		gitd_make_repository(e);
	if (tls)
		make_certificate(e);
	write_config(gitd, tls);
	/* It serves as somebody else, where it may. */
	e2e_sh(e, "[ $(id -u) != 0 ] || chown -R nobody:nogroup srv/shop.git; chmod 755 srv");
	E2E_SPAWN(e, APACHE, "-f", e2e_path(e, "srv/httpd.conf"), "-DFOREGROUND");
	snprintf(gitd->server, sizeof(gitd->server), "http%s://127.0.0.1:%d", tls ? "s" : "",
		 gitd->port);
	snprintf(gitd->url, sizeof(gitd->url), "%s/git/shop.git", gitd->server);
	wait_for_port(gitd->port);
}

/*
 * Restarted without grace, once it answers: before that it would die of the signal. Who answers by a path that is new to it
 * knows the rest as well.
 */
void gitd_configure(struct gitd *gitd, const char *text)
{
	e2e_sh(gitd->e,
	       "await() {\n"
	       "	for i in $(seq 500); do\n"
	       "		[ \"$(curl -sk -o /dev/null -w '%%{http_code}' %s$1)\" $2 ] && "
	       "return\n"
	       "		sleep 0.01\n"
	       "	done\n"
	       "	exit 1\n"
	       "}\n"
	       "known=/known-$$; await / '!= 000'\n"
	       "printf '%%s\\nRedirect gone %%s\\n' '%s' $known > srv/more.conf\n"
	       "kill -HUP $(cat srv/httpd.pid); await $known '= 410'",
	       gitd->server, text);
}

char *gitd_log(struct gitd *gitd)
{
	char *text = e2e_read(gitd->e, "srv/access.log", NULL);

	return text ? text : strdup("");
}

/* --- ssh ------------------------------------------------------------------------------------ */

static void set_env(struct gitd *gitd, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void set_env(struct gitd *gitd, const char *format, ...)
{
	char text[E2E_PATH_MAX];
	struct e2e *e = gitd->e;
	size_t at = 0, own = 0, name;
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	name = strcspn(text, "=") + 1;
	while (e->env[at] && strncmp(e->env[at], text, name) != 0)
		at++;
	while (own < 3 && gitd->env[own][0] && strncmp(gitd->env[own], text, name) != 0)
		own++;
	assert_true(at + 1 < E2E_ENV);
	snprintf(gitd->env[own], sizeof(gitd->env[own]), "%s", text);
	e->env[at] = gitd->env[own];
}

static void write_ssh(struct gitd *gitd)
{
	e2e_sh(gitd->e,
	       "cd srv; mkdir -p /run/sshd; ssh-keygen -q -t ed25519 -N '' -f host;"
	       " ssh-keygen -q -t ed25519 -N '' -f user; cp user.pub authorized; chmod 600 "
	       "authorized\n"
	       "echo \"[127.0.0.1]:%d $(cut -d' ' -f1,2 host.pub)\" > known\n"
	       "cat > sshd.conf <<END\n"
	       "Port %d\nListenAddress 127.0.0.1\nHostKey $PWD/host\nPidFile none\nUsePAM no\n"
	       "AuthorizedKeysFile $PWD/authorized\nStrictModes no\nPermitRootLogin "
	       "prohibit-password\n"
	       "PasswordAuthentication no\nKbdInteractiveAuthentication no\nEND\n",
	       gitd->port, gitd->port);
}

void gitd_start_ssh(struct e2e *e, struct gitd *gitd)
{
	const struct passwd *user = getpwuid(geteuid());

	need(SSHD);
	e2e_need_root();
	*gitd = (struct gitd){.e = e, .port = free_port()};
	gitd_make_repository(e);
	write_ssh(gitd);
	E2E_SPAWN(e, SSHD, "-D", "-f", e2e_path(e, "srv/sshd.conf"), "-E",
		  e2e_path(e, "srv/ssh.log"));
	E2E_SPAWN(e, "/bin/sh", "-c", "exec ssh-agent -D -a \"$0\" >/dev/null",
		  e2e_path(e, "srv/agent"));
	e2e_sh(e, "for i in $(seq 500); do [ -S srv/agent ] && break; sleep 0.01; done;"
		  " SSH_AUTH_SOCK=srv/agent ssh-add -q srv/user && rm srv/user");
	wait_for_port(gitd->port);
	snprintf(gitd->url, sizeof(gitd->url), "ssh://%s@127.0.0.1:%d%s", user->pw_name, gitd->port,
		 e2e_path(e, "srv/shop.git"));
	set_env(gitd, "SSH_AUTH_SOCK=%s", e2e_path(e, "srv/agent"));
	set_env(gitd, "GIT_SSH_COMMAND=ssh -F none -o UserKnownHostsFile=%s",
		e2e_path(e, "srv/known"));
}

void gitd_env_token(struct gitd *gitd, const char *token)
{
	set_env(gitd, "GITHUB_SERVER_URL=%s", gitd->server);
	set_env(gitd, "GITHUB_TOKEN=%s", token);
}

/* --- In between ----------------------------------------------------------------------------- */

/* Passes on what is there; false when it is over. */
static bool pass(int from, int to, size_t *passed, size_t limit)
{
	char chunk[1 << 12];
	ssize_t n = read(from, chunk, sizeof(chunk));

	if (n <= 0)
		return false;
	*passed += (size_t)n;
	return *passed <= limit && write(to, chunk, (size_t)n) == n;
}

static void relay(int client, int port, size_t limit)
{
	int server = connect_to(port);
	struct pollfd ends[2] = {{.fd = client, .events = POLLIN},
				 {.fd = server, .events = POLLIN}};
	size_t sent = 0, received = 0;

	for (bool go_on = server >= 0; go_on;) {
		if (poll(ends, 2, -1) < 0)
			break;
		if (ends[0].revents)
			go_on = pass(client, server, &sent, limit);
		if (go_on && ends[1].revents)
			go_on = pass(server, client, &received, limit);
	}
	_exit(0);
}

static void swallow(int client, const char *sink)
{
	int file = open(sink, O_WRONLY | O_CREAT | O_APPEND, 0666);
	size_t passed = 0;

	while (pass(client, file, &passed, SIZE_MAX))
		;
	pause();
	_exit(0);
}

static void serve(int listener, int to, size_t limit, const char *sink)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			continue;
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			close(listener);
			if (to)
				relay(client, to, limit);
			swallow(client, sink);
		}
		close(client);
	}
}

int gitd_between(struct e2e *e, int to, size_t limit)
{
	int port, listener = listen_anywhere(&port);
	const char *sink = e2e_path(e, "sink");
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		serve(listener, to, limit, sink);
	}
	close(listener);
	return port;
}
