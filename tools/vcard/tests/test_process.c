// SPDX-License-Identifier: BSD-2-Clause
/*
 * The server as a process: command line, control socket, files it writes, how
 * it starts and ends.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"

static void test_control_flood(void)
{
	struct client c;
	char longline[600], reply[16];
	int fd[8];

	client_start(&c, NULL);
	memset(longline, 'x', sizeof(longline));
	for (int i = 0; i < 8; i++)
		fd[i] = client_control_open(&c);
	usleep(20000);
	for (int i = 0; i < 8; i++)
		send(fd[i], longline, sizeof(longline), MSG_NOSIGNAL);
	for (int i = 0; i < 8; i++) {	/* all dropped: four too many, four too long */
		struct pollfd p = { .fd = fd[i], .events = POLLIN };

		CHECK(poll(&p, 1, 5000) == 1 && recv(fd[i], reply, 1, 0) <= 0);
		close(fd[i]);
	}
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_stop(&c);
}

/* Replies that nobody reads do not hold the server for long. */
static void test_control_not_read(void)
{
	struct client c;
	char reply[16];
	int fd;

	client_start(&c, NULL);
	fd = client_control_open(&c);
	for (int i = 0; i < 2000; i++)
		if (send(fd, "counters\n", 9, MSG_NOSIGNAL) < 0)
			break;
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	close(fd);
	client_stop(&c);
}

static void test_control(void)
{
	struct client c;
	char reply[8192];

	client_start(&c, NULL);
	client_control(&c, "ping", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "counters", reply, sizeof(reply));
	CHECK(reply[0] == '{' && reply[strlen(reply) - 1] == '}');
	client_control(&c, "fault stuck:1", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "fault stuck:x", reply, sizeof(reply));
	CHECK(!strncmp(reply, "error ", 6));
	client_control(&c, "fault ", reply, sizeof(reply));
	CHECK(!strncmp(reply, "error ", 6));
	client_control(&c, "faults clear\r", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "reset-counters", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "bogus", reply, sizeof(reply));
	CHECK(!strncmp(reply, "error unknown", 13));
	client_stop(&c);
}

/* The clock by its words: asked for, set, refused and then as it was. */
static void test_control_clock(void)
{
	struct client c;
	char reply[8192];

	client_start(&c, NULL);
	client_control(&c, "clock", reply, sizeof(reply));
	CHECK(!strcmp(reply, "instant"));
	client_control(&c, "counters", reply, sizeof(reply));
	CHECK(!strstr(reply, "\"clock\""));
	client_control(&c, "clock pci33,slow=10", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	client_control(&c, "clock pci33,engine=0", reply, sizeof(reply));
	CHECK(!strcmp(reply, "error engine=0: a whole number from 1 to 1000 MHz"));
	client_control(&c, "clock", reply, sizeof(reply));
	CHECK(!strcmp(reply, "pci33,engine=264,poll=512,slow=10"));
	client_control(&c, "counters", reply, sizeof(reply));
	CHECK(strstr(reply, "\"clock\":{\"bus\":{\"elapsed\":"));
	client_stop(&c);
}

static void test_quit_and_counters_file(void)
{
	struct client c;
	char reply[16], text[64] = "";
	int status = -1;
	FILE *f;

	client_start(&c, NULL);
	client_control(&c, "quit", reply, sizeof(reply));
	CHECK(!strcmp(reply, "ok"));
	CHECK_EQ(waitpid(c.pid, &status, 0), c.pid);
	CHECK_EQ(status, 0);
	f = fopen(c.counters, "r");
	CHECK(f && fgets(text, sizeof(text), f));
	CHECK(!strncmp(text, "{\"mmio\":{", 9));
	if (f)
		fclose(f);
	CHECK(access(c.socket, F_OK) && access(c.control, F_OK));
	unlink(c.counters);
	unlink(c.log);
	rmdir(c.dir);
	close(c.irq);
	close(c.memfd);
}

struct cli {
	const char *args;
	int status;
	const char *says;
};

static void check_command(const char *cmd, int want, const char *says)
{
	FILE *f = popen(cmd, "r");
	char out[16384];
	size_t n = fread(out, 1, sizeof(out) - 1, f);
	int status = pclose(f);

	out[n] = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want || !strstr(out, says))
		FAIL("'%s': status 0x%x, said: %s", cmd, status, out);
}

static void test_command_line(void)
{
	static const struct cli cases[] = {
		{ "", 2, "--socket PATH is missing" },
		{ "--socket", 2, "requires an argument" },
		{ "--bogus", 2, "unrecognized option" },
		{ "--socket \"\"", 2, "--socket wants a path" },
		{ "--socket /tmp/vc-t --control \"\"", 2, "--control wants a path" },
		{ "--socket /tmp/vc-t --trace \"\"", 2, "--trace wants a path" },
		{ "--socket /tmp/vc-t --counters \"\"", 2, "--counters wants a path" },
		{ "--socket /tmp/vc-t --counters /nonexistent/c", 1, "cannot write the counters" },
		{ "--socket /tmp/x --device 7951", 2, "neither 7955 nor 7956" },
		{ "--socket /tmp/x --seed ten", 2, "not a number" },
		{ "--socket /tmp/x extra", 2, "unexpected argument 'extra'" },
		{ "--socket /tmp/vc-t --fault foo", 1, "unknown fault" },
		{ "--socket /tmp/vc-t --clock pci44", 1, "--clock pci44: 'pci44' is not" },
		{ "--socket /tmp/vc-t --clock pci33,poll=1", 1, "from 16 to 65536 bus clocks" },
		{ "--socket /tmp/vc-t --bus /tmp/vc-b", 2, "a bus needs its rate: --clock" },
		{ "--socket /nonexistent/dir/x", 1, "cannot listen on" },
		{ "--socket /etc/passwd", 1, "is no socket" },
		{ "--socket /tmp/vc-t --trace /nonexistent/t", 1, "cannot write the trace" },
		{ "--socket /tmp/x --trace-last 5", 2, "wants --trace FILE" },
		{ "--socket /tmp/x --trace /tmp/t --trace-last 0", 2, "not from 1 to 1000000" },
		{ "--socket /tmp/x --trace /tmp/t --trace-last 1000001", 2, "not from 1 to" },
		{ "--socket /tmp/x --trace /tmp/t --trace-last some", 2, "not a number" },
		{ "--socket /tmp/vc-t --log /nonexistent/l", 1, "cannot write the log" },
		{ "--socket /tmp/vc-t --control /nonexistent/c", 1, "cannot listen on" },
		{ "--socket /tmp/0123456789012345678901234567890123456789012345678901234567890"
		  "12345678901234567890123456789012345678901234567890123456789", 1,
		  "socket path has" },
		{ "--socket /tmp/x --fault a --fault a --fault a --fault a --fault a --fault a "
		  "--fault a --fault a --fault a --fault a --fault a --fault a --fault a "
		  "--fault a --fault a --fault a --fault a", 2, "more than 16" },
		{ "--help", 0, "--strict-unlock" },
		{ "--help", 0, "reset-level: the unlock level" },
		{ "--socket /tmp/vc-t --silicon foo=1", 2, "'foo=1': no such knob" },
		{ "--socket /tmp/vc-t --silicon level", 2, "a value is missing" },
		{ "--socket /tmp/vc-t --silicon level=x", 2, "level=x: known are told, blank, other" },
		{ "--socket /tmp/vc-t --profile /nonexistent/p", 2, "No such file" },
		{ "--socket /tmp/vc-t --profile /dev/null", 2, "it is empty" },
		{ "--socket /tmp/vc-t --profile /etc/passwd", 2, "line 1: not a profile" },
		{ "--socket /tmp/vc-t --profile /", 2, "vcard: --profile /: " },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char cmd[700];

		snprintf(cmd, sizeof(cmd), "timeout 10 %s %s 2>&1", getenv("VCARD"),
			 cases[i].args);
		check_command(cmd, cases[i].status, cases[i].says);
		if (!access("/tmp/vc-t", F_OK))
			FAIL("'%s' leaves its socket", cmd);
	}
}

/* Whatever it fails at: no socket, no file that was not there, and those that were unchanged. */
static void test_failed_start(void)
{
	static const char *const why[] = {
		"--fault foo", "--clock pci44", "--counters /nonexistent/c",
		"--log /nonexistent/l", "--control /nonexistent/c", "--transport none",
	};

	for (size_t i = 0; i < sizeof(why) / sizeof(why[0]); i++) {
		char cmd[700];

		snprintf(cmd, sizeof(cmd),
			 "d=$(mktemp -d); cd $d; echo old >old; "
			 "timeout 60 $VCARD --socket $d/s --control $d/c --log $d/l --trace $d/t %s >/dev/null 2>&1; a=$?; "
			 "timeout 60 $VCARD --socket $d/s --trace $d/old --trace-last 9 %s >/dev/null 2>&1; b=$?; "
			 "echo $a $b $(ls) $(cat old); rm -r $d", why[i], why[i]);
		check_command(cmd, 0, "1 1 old old\n");
	}
}

/* A server that is refused, and why. */
static void refused_bus(const char *path, const char *clock, const char *says)
{
	char cmd[400];

	snprintf(cmd, sizeof(cmd), "timeout 60 %s --socket %s.s --bus %s --clock %s 2>&1",
		 getenv("VCARD"), path, path, clock);
	check_command(cmd, 1, says);
}

/*
 * The file of a bus: the first user sets its rate, others agree with it, a killed one
 * leaves nothing behind, and after the last one the next is the first.
 */
static void test_bus_file(void)
{
	char path[] = "/tmp/vcard-bus-XXXXXX", sock[64];
	struct client a, b, c;

	close(mkstemp(path));
	client_start(&a, (const char *const[]){ "--bus", path, "--clock", "pci66", NULL });
	client_start(&b, (const char *const[]){ "--bus", path, "--clock", "pci66", NULL });
	refused_bus(path, "pci33", "runs at another rate");
	kill(a.pid, SIGKILL);
	client_end(&a);
	client_clean(&a);
	refused_bus(path, "pci33", "runs at another rate");
	client_start(&c, (const char *const[]){ "--bus", path, "--clock",
						"pci66,engine=100", NULL });
	client_hello(&b);
	client_stop(&b);
	client_hello(&c);
	client_stop(&c);
	client_start(&a, (const char *const[]){ "--bus", path, "--clock", "pci33", NULL });
	client_hello(&a);
	client_stop(&a);
	refused_bus("/nonexistent/bus", "pci33", "No such file");
	refused_bus("/dev/null", "pci33", "not a regular file");
	CHECK(!truncate(path, 4096));
	refused_bus(path, "pci33", "another size");
	unlink(path);
	snprintf(sock, sizeof(sock), "%s.s", path);
	unlink(sock);
}

/* Files that cannot be written at the end; a libcrypto without AES. */
static void test_start_and_end_failures(void)
{
	static const struct cli cases[] = {
		{ "--counters /dev/full", 1, "cannot write the counters" },
		{ "--device 7956 --seed 0x10 --strict-unlock --locked", 0, "stopping" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char cmd[500];

		snprintf(cmd, sizeof(cmd), "timeout --preserve-status -s INT 1 %s --socket /tmp/vc-t %s 2>&1",
			 getenv("VCARD"), cases[i].args);
		check_command(cmd, cases[i].status, cases[i].says);
	}
	check_command("d=$(mktemp -d); cd $d; printf 'openssl_conf = o\n[o]\nalg_section = a\n"
		      "[a]\ndefault_properties = no=such\n' >cnf; OPENSSL_CONF=$d/cnf "
		      "timeout 10 $VCARD --socket $d/s 2>&1; s=$?; rm -r $d; exit $s", 1,
		      "libcrypto lacks an algorithm");
}

static void trace_incomplete(const char *const *options)
{
	struct client c;
	char cmd[200];

	client_start(&c, options);
	client_hello(&c);
	for (int i = 0; i < 1000; i++)
		client_rd(&c, 1, 0x40, 4);
	CHECK_EQ(client_end(&c), 0x100);
	snprintf(cmd, sizeof(cmd), "cat %s", c.log);
	check_command(cmd, 0, "is incomplete");
	client_clean(&c);
}

static void test_trace_incomplete(void)
{
	trace_incomplete((const char *const[]){ "--trace", "/dev/full", NULL });
	trace_incomplete((const char *const[]){ "--trace", "/dev/full", "--trace-last", "900",
						NULL });
}

/* Of 1,000 reads of one register and one of another the last 3 events, or all when there is room. */
static void trace_last(const char *room, const char *says)
{
	char path[] = "/tmp/vcard-last-XXXXXX", cmd[200];
	int fd = mkstemp(path);
	struct client c;

	CHECK(fd >= 0);
	client_start(&c, (const char *const[]){ "--trace", path, "--trace-last", room, NULL });
	client_hello(&c);
	for (int i = 0; i < 1000; i++)
		client_rd(&c, 1, 0x40, 4);
	client_rd(&c, 1, 0x10, 4);
	client_stop(&c);
	snprintf(cmd, sizeof(cmd), "echo $(grep -c . %s) $(grep -c 'r BAR1 0x040' %s)"
		 " $(grep -c 'r BAR1 0x010' %s)", path, path, path);
	check_command(cmd, 0, says);
	close(fd);
	unlink(path);
}

static void test_trace_last(void)
{
	trace_last("3", "3 1 1\n");
	trace_last("100000", " 1000 1\n");
}

static void test_socket_in_use(void)
{
	struct client c;
	char cmd[300], out[400] = "";
	FILE *f;

	client_start(&c, NULL);
	snprintf(cmd, sizeof(cmd), "timeout 10 %s --socket %s 2>&1", getenv("VCARD"),
		 c.socket);
	f = popen(cmd, "r");
	CHECK(fgets(out, sizeof(out), f) && strstr(out, "is in use"));
	CHECK(WEXITSTATUS(pclose(f)) == 1);
	client_hello(&c);		/* the first one did not notice */
	client_stop(&c);
}

/* What a killed server leaves behind does not stop the next one. */
static void test_leftover_socket(void)
{
	struct client c;
	char cmd[300], out[400] = "";
	FILE *f;

	client_start(&c, NULL);
	kill(c.pid, SIGKILL);
	waitpid(c.pid, NULL, 0);
	CHECK(!access(c.socket, F_OK));
	snprintf(cmd, sizeof(cmd), "timeout 1 %s --socket %s 2>&1", getenv("VCARD"), c.socket);
	f = popen(cmd, "r");
	CHECK(fgets(out, sizeof(out), f) && strstr(out, "listening on"));
	pclose(f);
	unlink(c.control);
	unlink(c.log);
	rmdir(c.dir);
	close(c.irq);
	close(c.memfd);
}

static const struct test tests[] = {
	{ "control-socket", test_control },
	{ "control-clock", test_control_clock },
	{ "failed-start", test_failed_start },
	{ "bus-file", test_bus_file },
	{ "control-flood", test_control_flood },
	{ "control-not-read", test_control_not_read },
	{ "quit-writes-counters", test_quit_and_counters_file },
	{ "command-line", test_command_line },
	{ "start-and-end-failures", test_start_and_end_failures },
	{ "trace-incomplete", test_trace_incomplete },
	{ "trace-last", test_trace_last },
	{ "socket-in-use", test_socket_in_use },
	{ "leftover-socket", test_leftover_socket },
};

RUN_TESTS("vcard.process")
