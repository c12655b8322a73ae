// A peer that is not ours, on the C API of the system's libzmq: it does what
// peer.py does, and speaks of frames as peer.py does, but for codecs.
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

static void fail(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, zmq_strerror(zmq_errno()));
	exit(1);
}

static int type_of(const char *name)
{
	static const struct { const char *name; int type; } types[] = {
		{"push", ZMQ_PUSH}, {"pull", ZMQ_PULL}, {"pub", ZMQ_PUB}, {"sub", ZMQ_SUB}, {"req", ZMQ_REQ},
		{"rep", ZMQ_REP}, {"dealer", ZMQ_DEALER}, {"router", ZMQ_ROUTER}, {"pair", ZMQ_PAIR},
	};
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].name, name) == 0) return types[i].type;
	fprintf(stderr, "peer: there is no pattern %s\n", name);
	exit(2);
}

// frame reads a word of a line. Whoever gets it frees it.
static unsigned char *frame(const char *word, size_t *size)
{
	const char *mark = strchr(word, '#');
	if (mark) {
		*size = strtoul(word, NULL, 10);
		unsigned seed = (unsigned)strtoul(mark + 1, NULL, 10);
		unsigned char *data = malloc(*size + 1);
		for (size_t i = 0; i < *size; i++) data[i] = (unsigned char)(i * 31 + seed);
		return data;
	}
	*size = strcmp(word, "-") == 0 ? 0 : strlen(word) / 2;
	unsigned char *data = malloc(*size + 1);
	for (size_t i = 0; i < *size; i++) {
		unsigned byte = 0;
		sscanf(word + 2 * i, "%2x", &byte);
		data[i] = (unsigned char)byte;
	}
	return data;
}

static uint32_t crc32(const unsigned char *data, size_t size)
{
	static uint32_t table[256];
	if (!table[1])
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;
			for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
			table[i] = c;
		}
	uint32_t sum = 0xffffffffu;
	for (size_t i = 0; i < size; i++) sum = table[(sum ^ data[i]) & 0xff] ^ (sum >> 8);
	return ~sum;
}

static void say_frame(const unsigned char *data, size_t size)
{
	if (size == 0) printf(" -");
	else if (size > 1100) printf(" %zu#%08x", size, crc32(data, size));
	else {
		putchar(' ');
		for (size_t i = 0; i < size; i++) printf("%02x", data[i]);
	}
}

// heard says what has come, and all that comes with it.
static void heard(void *socket)
{
	for (;;) {
		zmq_msg_t part;
		zmq_msg_init(&part);
		if (zmq_msg_recv(&part, socket, ZMQ_DONTWAIT) < 0) {
			zmq_msg_close(&part);
			if (zmq_errno() == EAGAIN || zmq_errno() == EFSM) return; // REQ and REP have to send next
			if (zmq_errno() == EINTR) continue;
			fail("receive");
		}
		printf("got");
		for (;;) {
			say_frame(zmq_msg_data(&part), zmq_msg_size(&part));
			int more = zmq_msg_more(&part);
			zmq_msg_close(&part);
			if (!more) break;
			zmq_msg_init(&part);
			if (zmq_msg_recv(&part, socket, 0) < 0) fail("receive");
		}
		printf("\n");
		fflush(stdout);
	}
}

static void told(void *socket, char *line)
{
	char *verb = strtok(line, " ");
	char *word = strtok(NULL, " ");
	while (word) {
		char *next = strtok(NULL, " ");
		size_t size;
		unsigned char *data = frame(word, &size);
		int rc;
		if (strcmp(verb, "send") == 0) rc = zmq_send(socket, data, size, next ? ZMQ_SNDMORE : 0);
		else rc = zmq_setsockopt(socket, strcmp(verb, "subscribe") == 0 ? ZMQ_SUBSCRIBE : ZMQ_UNSUBSCRIBE, data, size);
		if (rc < 0) fail(verb);
		free(data);
		word = next;
	}
}

static void options(void *socket, int argc, char **argv, int type, int *reads)
{
	int linger = 2000, on = 1, rate = 1000000, topics = 0;
	zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof linger);
	zmq_setsockopt(socket, ZMQ_IPV6, &on, sizeof on);
	zmq_setsockopt(socket, ZMQ_RATE, &rate, sizeof rate); // of pgm, in kilobits a second
	for (int i = 4; i < argc; i++) {
		char *value = strchr(argv[i], '=') + 1;
		if (strncmp(argv[i], "identity=", 9) == 0) zmq_setsockopt(socket, ZMQ_ROUTING_ID, value, strlen(value));
		else if (strncmp(argv[i], "hwm=", 4) == 0) {
			int hwm = atoi(value);
			zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof hwm);
			zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof hwm);
		} else if (strcmp(argv[i], "read=no") == 0) *reads = 0;
		else if (strncmp(argv[i], "topic=", 6) == 0) {
			size_t size;
			unsigned char *data = frame(value, &size);
			zmq_setsockopt(socket, ZMQ_SUBSCRIBE, data, size);
			free(data);
			topics = 1;
		}
	}
	if (type == ZMQ_SUB && !topics) zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0);
}

// obey reads lines until there are no more, and what comes besides.
static void obey(void *socket, int reads)
{
	static char buffer[1 << 20];
	size_t filled = 0;
	for (;;) {
		zmq_pollitem_t items[] = {{NULL, STDIN_FILENO, ZMQ_POLLIN, 0}, {socket, 0, ZMQ_POLLIN, 0}};
		if (zmq_poll(items, reads ? 2 : 1, -1) < 0) {
			if (zmq_errno() == EINTR) continue;
			fail("poll");
		}
		if (reads && items[1].revents) heard(socket);
		if (!items[0].revents) continue;
		ssize_t n = read(STDIN_FILENO, buffer + filled, sizeof buffer - filled);
		if (n <= 0) return;
		filled += (size_t)n;
		char *line = buffer, *end;
		while ((end = memchr(line, '\n', filled - (size_t)(line - buffer)))) {
			*end = 0;
			told(socket, line);
			line = end + 1;
		}
		filled -= (size_t)(line - buffer);
		memmove(buffer, line, filled);
	}
}

int main(int argc, char **argv)
{
	if (argc < 4) {
		fprintf(stderr, "usage: peer PATTERN bind|connect ENDPOINT [NAME=VALUE ...]\n");
		return 2;
	}
	void *context = zmq_ctx_new();
	int type = type_of(argv[1]), reads = type != ZMQ_PUSH && type != ZMQ_PUB;
	void *socket = zmq_socket(context, type);
	if (!socket) fail("socket");
	options(socket, argc, argv, type, &reads);
	int binds = strcmp(argv[2], "bind") == 0;
	if ((binds ? zmq_bind : zmq_connect)(socket, argv[3]) != 0) fail(argv[3]);
	char at[512];
	size_t size = sizeof at;
	if (zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, at, &size) != 0) fail("endpoint");
	printf("at %s\n", binds ? at : argv[3]);
	fflush(stdout);
	obey(socket, reads);
	zmq_close(socket);
	zmq_ctx_term(context);
	return 0;
}
