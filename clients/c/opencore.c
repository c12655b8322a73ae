#include "opencore.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum {
	BATCH = 64 << 10, /* bytes of messages that are sent at once */
	MOST_FRAMES = 3,  /* of one ZeroMQ message: header, messages, topics */
	ARRAY_HEAD = 5,   /* an array whose count is known later: 0xdd and four bytes */
	UNSENT = 16,      /* frames that may wait in our socket; behind it, the host's queues count */
	BROKEN = 70,      /* exit status for what can't be survived */
	BAD_PARAMETER = 64
};

/* A growing piece of memory. */
typedef struct buffer {
	char *data;
	size_t length, room;
} buffer;

/* A port, and the messages that wait to be sent there. */
typedef struct port {
	char *name;
	bool bytes; /* messages are bytes, in a codec other than msgpack */
	buffer messages; /* behind ARRAY_HEAD bytes */
	uint32_t count;
} port;

/* A message from the host. */
typedef struct heard {
	zmq_msg_t frames[MOST_FRAMES];
	int count;
	msgpack_unpacked header;
	const oc_value *fields; /* of the header, at least a kind */
	uint32_t size;
} heard;

struct oc_actor {
	const oc_handlers *handlers;
	void *state;
	void *context, *socket;

	heard hello;
	const oc_value *about;
	port *ports;
	size_t port_count;

	/* A request or an answer that is being written. */
	buffer header, body;
	const port *single; /* where, NULL if there is none */
	oc_out out;

	const oc_value *topic; /* of the message at hand */
	const char *reason;    /* why it is rejected, or why the program can't start */
	const char *parameter;
	bool go, stop, end;
};

static void die(const char *what, const char *why)
{
	fprintf(stderr, "opencore: %s: %s\n", what, why);
	exit(BROKEN);
}

static void die_zmq(const char *what) { die(what, zmq_strerror(zmq_errno())); }

/* append is how msgpack-c writes into a buffer. */
static int append(void *to, const char *data, size_t length)
{
	buffer *b = to;
	if (length > b->room - b->length) {
		size_t room = 2 * b->room + length;
		char *grown = realloc(b->data, room);
		if (grown == NULL)
			die("a message", "out of memory");
		b->data = grown;
		b->room = room;
	}
	memcpy(b->data + b->length, data, length);
	b->length += length;
	return 0;
}

static void put_text(oc_out *out, const char *text, size_t length)
{
	msgpack_pack_str(out, length);
	msgpack_pack_str_body(out, text, length);
}

static void put_word(oc_out *out, const char *text) { put_text(out, text, strlen(text)); }

/* header makes a header of so many elements, the first of which is its kind. */
static oc_out header(oc_actor *actor, size_t elements, const char *kind)
{
	oc_out out;
	actor->header.length = 0;
	msgpack_packer_init(&out, &actor->header, append);
	msgpack_pack_array(&out, elements);
	put_word(&out, kind);
	return out;
}

static void say_frame(oc_actor *actor, const char *data, size_t length, int flags)
{
	while (zmq_send(actor->socket, data, length, flags) < 0)
		if (zmq_errno() != EINTR)
			die_zmq("sending to the host");
}

/* say sends the header alone. */
static void say(oc_actor *actor) { say_frame(actor, actor->header.data, actor->header.length, 0); }

/* say_with sends the header and a frame behind it. */
static void say_with(oc_actor *actor, const char *data, size_t length)
{
	say_frame(actor, actor->header.data, actor->header.length, ZMQ_SNDMORE);
	say_frame(actor, data, length, 0);
}

static void flush_port(oc_actor *actor, port *p)
{
	if (p->count == 0)
		return;
	for (int i = 0; i < 4; i++)
		p->messages.data[1 + i] = (char)(p->count >> (24 - 8 * i));
	oc_out out = header(actor, 2, "send");
	put_word(&out, p->name);
	say_with(actor, p->messages.data, p->messages.length);
	p->messages.length = ARRAY_HEAD;
	p->count = 0;
}

/* finish sends the request or answer that has been written. */
static void finish(oc_actor *actor)
{
	const port *p = actor->single;
	size_t head = 0;
	if (p == NULL)
		return;
	if (p->bytes) /* they travel as they are, without the head of the bin that they were written as: 0xc4, 0xc5 or 0xc6, and a length */
		switch (actor->body.length ? (unsigned char)actor->body.data[0] : 0) {
		case 0xc4: head = 2; break;
		case 0xc5: head = 3; break;
		case 0xc6: head = 5; break;
		default: die(p->name, "a message there is one bin with its bytes");
		}
	actor->single = NULL;
	say_with(actor, actor->body.data + head, actor->body.length - head);
}

void oc_flush(oc_actor *actor)
{
	finish(actor);
	for (size_t i = 0; i < actor->port_count; i++)
		flush_port(actor, &actor->ports[i]);
}

static port *find_port(oc_actor *actor, const char *name, size_t length)
{
	for (size_t i = 0; i < actor->port_count; i++)
		if (strlen(actor->ports[i].name) == length && memcmp(actor->ports[i].name, name, length) == 0)
			return &actor->ports[i];
	fprintf(stderr, "opencore: the actor has no port \"%.*s\"\n", (int)length, name);
	exit(BROKEN);
}

oc_out *oc_send(oc_actor *actor, const char *name)
{
	port *p = find_port(actor, name, strlen(name));
	finish(actor);
	if (p->messages.length > BATCH)
		flush_port(actor, p);
	if (p->messages.length == 0)
		append(&p->messages, "\xdd\0\0\0\0", ARRAY_HEAD);
	p->count++;
	msgpack_packer_init(&actor->out, &p->messages, append);
	return &actor->out;
}

/* single begins a message that is sent alone, with a number. */
static oc_out *single(oc_actor *actor, const char *kind, const char *name, uint64_t id)
{
	const port *p = find_port(actor, name, strlen(name));
	finish(actor);
	oc_out out = header(actor, 3, kind);
	put_word(&out, p->name);
	msgpack_pack_uint64(&out, id);
	actor->single = p;
	actor->body.length = 0;
	msgpack_packer_init(&actor->out, &actor->body, append);
	return &actor->out;
}

oc_out *oc_request(oc_actor *actor, const char *name, uint64_t id) { return single(actor, "request", name, id); }

oc_out *oc_reply(oc_actor *actor, const char *name, uint64_t id) { return single(actor, "reply", name, id); }

void oc_refuse(oc_actor *actor, const char *name, uint64_t id, const char *text)
{
	const port *p = find_port(actor, name, strlen(name));
	finish(actor);
	oc_out out = header(actor, 4, "error");
	put_word(&out, p->name);
	msgpack_pack_uint64(&out, id);
	put_word(&out, text);
	say(actor);
}

void oc_subscribe(oc_actor *actor, const char *name, const oc_prefix *prefixes, size_t count)
{
	const port *p = find_port(actor, name, strlen(name));
	finish(actor);
	oc_out out = header(actor, count ? 3 : 2, "subscribe");
	put_word(&out, p->name);
	if (count)
		msgpack_pack_array(&out, count);
	for (size_t i = 0; i < count; i++) {
		msgpack_pack_bin(&out, prefixes[i].length);
		msgpack_pack_bin_body(&out, prefixes[i].data, prefixes[i].length);
	}
	say(actor);
}

void oc_log(oc_actor *actor, const char *level, const char *format, ...)
{
	char text[4096];
	va_list args;
	va_start(args, format);
	int length = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	if (length < 0)
		return;
	if ((size_t)length >= sizeof text) { /* cut, but not within a character */
		length = sizeof text - 1;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	finish(actor);
	oc_out out = header(actor, 3, "log");
	put_word(&out, level);
	put_text(&out, text, (size_t)length);
	say(actor);
}

int oc_reject(oc_actor *actor, const char *reason)
{
	actor->reason = reason;
	return 1;
}

int oc_fail(oc_actor *actor, const char *parameter, const char *reason)
{
	actor->parameter = parameter;
	actor->reason = reason;
	return 1;
}

/* reason takes why the handler that has returned failed. */
static const char *reason(oc_actor *actor)
{
	const char *reason = actor->reason ? actor->reason : "refused without a reason";
	actor->reason = NULL;
	return reason;
}

void *oc_state(const oc_actor *actor) { return actor->state; }

const oc_value *oc_about(const oc_actor *actor) { return actor->about; }

const oc_value *oc_params(const oc_actor *actor) { return oc_field(actor->about, "params"); }

const char *oc_topic(const oc_actor *actor, size_t *length)
{
	if (actor->topic == NULL)
		return NULL;
	*length = actor->topic->via.bin.size;
	return actor->topic->via.bin.ptr;
}

/* unpack reads a frame, which has to be one value. */
static const oc_value *unpack(msgpack_unpacked *to, zmq_msg_t *frame)
{
	size_t read = 0;
	msgpack_unpacked_init(to);
	if (msgpack_unpack_next(to, zmq_msg_data(frame), zmq_msg_size(frame), &read) != MSGPACK_UNPACK_SUCCESS || read != zmq_msg_size(frame))
		die("the host", "a frame that is not one value of MessagePack");
	return &to->data;
}

/* hear takes the next message from the host; false if flags say not to wait and there is none. */
static bool hear(oc_actor *actor, heard *h, int flags)
{
	int more = 1;
	for (h->count = 0; more; h->count++) {
		if (h->count == MOST_FRAMES)
			die("the host", "a message of more than three frames");
		zmq_msg_t *frame = &h->frames[h->count];
		zmq_msg_init(frame);
		while (zmq_msg_recv(frame, actor->socket, flags) < 0) {
			if (zmq_errno() == EAGAIN)
				return false;
			if (zmq_errno() != EINTR)
				die_zmq("hearing the host");
		}
		more = zmq_msg_more(frame);
	}
	const oc_value *v = unpack(&h->header, &h->frames[0]);
	if (v->type != MSGPACK_OBJECT_ARRAY || v->via.array.size == 0 || v->via.array.ptr[0].type != MSGPACK_OBJECT_STR)
		die("the host", "a header that is no array with a kind");
	h->fields = v->via.array.ptr;
	h->size = v->via.array.size;
	return true;
}

static void forget(heard *h)
{
	msgpack_unpacked_destroy(&h->header);
	for (int i = 0; i < h->count; i++)
		zmq_msg_close(&h->frames[i]);
}

static bool is_text(const oc_value *v, const char *text)
{
	return v->type == MSGPACK_OBJECT_STR && v->via.str.size == strlen(text) && memcmp(v->via.str.ptr, text, v->via.str.size) == 0;
}

/* need makes sure that a message has so many elements in its header, and so many frames. */
static void need(const heard *h, uint32_t size, int frames)
{
	if (h->size < size || h->count < frames)
		die("the host", "a message without all of its parts");
}

static port *heard_port(oc_actor *actor, const heard *h)
{
	if (h->fields[1].type != MSGPACK_OBJECT_STR)
		die("the host", "a port that is no string");
	return find_port(actor, h->fields[1].via.str.ptr, h->fields[1].via.str.size);
}

static uint64_t heard_number(const heard *h)
{
	if (h->fields[2].type != MSGPACK_OBJECT_POSITIVE_INTEGER)
		die("the host", "a number that is none");
	return h->fields[2].via.u64;
}

/* take_topics gives the topics of a batch, NULL if it has none. */
static const oc_value *take_topics(heard *h, msgpack_unpacked *to, uint32_t count)
{
	msgpack_unpacked_init(to);
	if (h->count < 3)
		return NULL;
	const oc_value *v = unpack(to, &h->frames[2]);
	if (v->type != MSGPACK_OBJECT_ARRAY || v->via.array.size != count)
		die("the host", "topics that are not as many as messages");
	for (uint32_t i = 0; i < count; i++)
		if (v->via.array.ptr[i].type != MSGPACK_OBJECT_BIN)
			die("the host", "a topic that is not bytes");
	return v->via.array.ptr;
}

/* take_batch has each message of a batch handled, and acknowledges it. */
static void take_batch(oc_actor *actor, heard *h)
{
	msgpack_unpacked messages, topics;
	buffer rejected = {0};
	oc_out list;
	uint32_t rejections = 0;

	need(h, 3, 2);
	const char *name = heard_port(actor, h)->name;
	uint64_t number = heard_number(h);
	const oc_value *v = unpack(&messages, &h->frames[1]);
	if (v->type != MSGPACK_OBJECT_ARRAY)
		die("the host", "a batch that is no array");
	const oc_value *topic = take_topics(h, &topics, v->via.array.size);

	msgpack_packer_init(&list, &rejected, append);
	for (uint32_t i = 0; i < v->via.array.size; i++) {
		actor->topic = topic ? &topic[i] : NULL;
		if (actor->handlers->message && actor->handlers->message(actor, name, &v->via.array.ptr[i]) == 0)
			continue;
		rejections++;
		msgpack_pack_array(&list, 2);
		msgpack_pack_uint32(&list, i);
		put_word(&list, reason(actor));
	}
	actor->topic = NULL;

	oc_flush(actor);
	oc_out out = header(actor, rejections ? 3 : 2, "done");
	msgpack_pack_uint64(&out, number);
	if (rejections) {
		msgpack_pack_array(&out, rejections);
		append(&actor->header, rejected.data, rejected.length);
	}
	say(actor);
	free(rejected.data);
	msgpack_unpacked_destroy(&messages);
	msgpack_unpacked_destroy(&topics);
}

/* take_single gives the message of a request or a reply: one value, or at a port with another codec its bytes. */
static const oc_value *take_single(heard *h, const port *p, msgpack_unpacked *to)
{
	if (!p->bytes)
		return unpack(to, &h->frames[1]);
	msgpack_unpacked_init(to);
	to->data.type = MSGPACK_OBJECT_BIN;
	to->data.via.bin.ptr = zmq_msg_data(&h->frames[1]);
	to->data.via.bin.size = (uint32_t)zmq_msg_size(&h->frames[1]);
	return &to->data;
}

static void take_request(oc_actor *actor, heard *h)
{
	msgpack_unpacked question;
	need(h, 3, 2);
	const port *p = heard_port(actor, h);
	const char *name = p->name;
	uint64_t id = heard_number(h);
	const oc_value *v = take_single(h, p, &question);
	if (actor->handlers->request == NULL || actor->handlers->request(actor, name, id, v) != 0)
		oc_refuse(actor, name, id, reason(actor));
	oc_flush(actor);
	msgpack_unpacked_destroy(&question);
}

static void take_reply(oc_actor *actor, heard *h)
{
	msgpack_unpacked answer;
	need(h, 3, 2);
	const port *p = heard_port(actor, h);
	const oc_value *v = take_single(h, p, &answer);
	if (actor->handlers->reply)
		actor->handlers->reply(actor, p->name, heard_number(h), v, NULL);
	oc_flush(actor);
	msgpack_unpacked_destroy(&answer);
}

static void take_error(oc_actor *actor, heard *h)
{
	need(h, 4, 1);
	const char *name = heard_port(actor, h)->name;
	if (h->fields[3].type != MSGPACK_OBJECT_STR)
		die("the host", "an error without a text");
	buffer text = {0};
	append(&text, h->fields[3].via.str.ptr, h->fields[3].via.str.size);
	append(&text, "", 1);
	if (actor->handlers->reply)
		actor->handlers->reply(actor, name, heard_number(h), NULL, text.data);
	oc_flush(actor);
	free(text.data);
}

/* take does what a message from the host asks for. Kinds that it does not know it ignores. */
static void take(oc_actor *actor, heard *h)
{
	const oc_value *kind = h->fields;
	if (is_text(kind, "batch"))
		take_batch(actor, h);
	else if (is_text(kind, "request"))
		take_request(actor, h);
	else if (is_text(kind, "reply"))
		take_reply(actor, h);
	else if (is_text(kind, "error"))
		take_error(actor, h);
	else if (is_text(kind, "go"))
		actor->go = true;
	else if (is_text(kind, "stop"))
		actor->stop = true;
	else if (is_text(kind, "end"))
		actor->end = true;
	forget(h);
}

static void take_next(oc_actor *actor)
{
	heard h;
	hear(actor, &h, 0);
	take(actor, &h);
}

bool oc_wait(oc_actor *actor, long milliseconds)
{
	zmq_pollitem_t item = {.socket = actor->socket, .events = ZMQ_POLLIN};
	heard h;
	oc_flush(actor);
	if (!actor->stop && !actor->end && zmq_poll(&item, 1, milliseconds) < 0 && zmq_errno() != EINTR)
		die_zmq("waiting for the host");
	while (!actor->stop && !actor->end && hear(actor, &h, ZMQ_DONTWAIT))
		take(actor, &h);
	return !actor->stop && !actor->end;
}

/* connect_host makes the socket. */
static void connect_host(oc_actor *actor)
{
	int high_water_mark = UNSENT;
	const char *endpoint = getenv("OPENCORE_ENDPOINT");
	if (endpoint == NULL)
		die("OPENCORE_ENDPOINT", "not set; opencore starts this program, as an actor");
	actor->context = zmq_ctx_new();
	if (actor->context == NULL)
		die_zmq("ZeroMQ");
	actor->socket = zmq_socket(actor->context, ZMQ_DEALER);
	if (actor->socket == NULL || zmq_setsockopt(actor->socket, ZMQ_SNDHWM, &high_water_mark, sizeof high_water_mark) < 0 ||
	    zmq_connect(actor->socket, endpoint) < 0)
		die_zmq(endpoint);
}

/* learn keeps what the host's hello says about us. */
static void learn(oc_actor *actor)
{
	need(&actor->hello, 3, 1);
	actor->about = &actor->hello.fields[2];
	const oc_value *ports = oc_field(actor->about, "ports");
	if (!is_text(actor->hello.fields, "hello") || ports == NULL || ports->type != MSGPACK_OBJECT_MAP)
		die("the host", "a hello that says nothing of ports");
	actor->ports = calloc(ports->via.map.size + 1, sizeof(port));
	if (actor->ports == NULL)
		die("the ports", "out of memory");
	for (uint32_t i = 0; i < ports->via.map.size; i++) {
		const oc_value *name = &ports->via.map.ptr[i].key;
		buffer copy = {0};
		append(&copy, name->via.str.ptr, name->via.str.size);
		append(&copy, "", 1);
		actor->ports[actor->port_count].name = copy.data;
		actor->ports[actor->port_count++].bytes = !oc_is(&ports->via.map.ptr[i].val, "codec", "msgpack");
	}
}

/* leave waits until the host has all that was said. Whatever else it says now comes too late to be answered. */
static void leave(oc_actor *actor)
{
	for (bool bye = false; !bye;) {
		heard h;
		hear(actor, &h, 0);
		bye = is_text(h.fields, "bye");
		forget(&h);
	}
	zmq_close(actor->socket);
	zmq_ctx_term(actor->context);
	for (size_t i = 0; i < actor->port_count; i++) {
		free(actor->ports[i].name);
		free(actor->ports[i].messages.data);
	}
	free(actor->ports);
	free(actor->header.data);
	free(actor->body.data);
	forget(&actor->hello);
}

/* fail tells the host that the program can't start, and gives its exit status. */
static int fail(oc_actor *actor)
{
	const char *parameter = actor->parameter;
	oc_out out = header(actor, parameter ? 3 : 2, "failed");
	put_word(&out, reason(actor));
	if (parameter)
		put_word(&out, parameter);
	say(actor);
	leave(actor);
	return parameter ? BAD_PARAMETER : 1;
}

/* run_last runs the handlers source and end, whose errors have no message to reject. */
static void run_last(oc_actor *actor, int (*handler)(oc_actor *actor), const char *what)
{
	if (handler && handler(actor) != 0)
		die(what, reason(actor));
	oc_flush(actor);
}

int oc_run(const oc_handlers *handlers, void *state)
{
	oc_actor actor = {.handlers = handlers, .state = state};
	connect_host(&actor);
	oc_out hello = header(&actor, 2, "hello");
	msgpack_pack_int(&hello, 1);
	say(&actor);
	hear(&actor, &actor.hello, 0);
	learn(&actor);

	if (handlers->start && handlers->start(&actor) != 0)
		return fail(&actor);
	header(&actor, 1, "ready");
	say(&actor);
	while (!actor.go && !actor.end)
		take_next(&actor);
	if (handlers->source)
		run_last(&actor, handlers->source, "the source");
	else
		while (!actor.end)
			take_next(&actor);
	run_last(&actor, handlers->end, "the end");

	header(&actor, 1, "end");
	say(&actor);
	leave(&actor);
	return 0;
}

const oc_value *oc_field(const oc_value *map, const char *name)
{
	if (map == NULL || map->type != MSGPACK_OBJECT_MAP)
		return NULL;
	for (uint32_t i = 0; i < map->via.map.size; i++)
		if (is_text(&map->via.map.ptr[i].key, name)) {
			const oc_value *v = &map->via.map.ptr[i].val;
			return v->type == MSGPACK_OBJECT_NIL ? NULL : v;
		}
	return NULL;
}

bool oc_bool(const oc_value *map, const char *name, bool otherwise)
{
	const oc_value *v = oc_field(map, name);
	return v && v->type == MSGPACK_OBJECT_BOOLEAN ? v->via.boolean : otherwise;
}

int64_t oc_int(const oc_value *map, const char *name, int64_t otherwise)
{
	const oc_value *v = oc_field(map, name);
	if (v && v->type == MSGPACK_OBJECT_NEGATIVE_INTEGER)
		return v->via.i64;
	if (v && v->type == MSGPACK_OBJECT_POSITIVE_INTEGER && v->via.u64 <= INT64_MAX)
		return (int64_t)v->via.u64;
	return otherwise;
}

double oc_float(const oc_value *map, const char *name, double otherwise)
{
	const oc_value *v = oc_field(map, name);
	if (v == NULL)
		return otherwise;
	switch (v->type) {
	case MSGPACK_OBJECT_FLOAT32:
	case MSGPACK_OBJECT_FLOAT64:
		return v->via.f64;
	case MSGPACK_OBJECT_POSITIVE_INTEGER:
		return (double)v->via.u64;
	case MSGPACK_OBJECT_NEGATIVE_INTEGER:
		return (double)v->via.i64;
	default:
		return otherwise;
	}
}

const char *oc_string(const oc_value *map, const char *name, size_t *length)
{
	const oc_value *v = oc_field(map, name);
	if (v == NULL || (v->type != MSGPACK_OBJECT_STR && v->type != MSGPACK_OBJECT_BIN))
		return NULL;
	*length = v->type == MSGPACK_OBJECT_STR ? v->via.str.size : v->via.bin.size;
	return v->type == MSGPACK_OBJECT_STR ? v->via.str.ptr : v->via.bin.ptr;
}

bool oc_is(const oc_value *map, const char *name, const char *text)
{
	const oc_value *v = oc_field(map, name);
	return v && is_text(v, text);
}

bool oc_time(const oc_value *map, const char *name, int64_t *seconds, uint32_t *nanoseconds)
{
	const oc_value *v = oc_field(map, name);
	msgpack_timestamp ts;
	if (v == NULL || !msgpack_object_to_timestamp(v, &ts))
		return false;
	*seconds = ts.tv_sec;
	*nanoseconds = ts.tv_nsec;
	return true;
}

void oc_map(oc_out *out, size_t fields) { msgpack_pack_map(out, fields); }

void oc_put_nil(oc_out *out, const char *name)
{
	put_word(out, name);
	msgpack_pack_nil(out);
}

void oc_put_bool(oc_out *out, const char *name, bool value)
{
	put_word(out, name);
	if (value)
		msgpack_pack_true(out);
	else
		msgpack_pack_false(out);
}

void oc_put_int(oc_out *out, const char *name, int64_t value)
{
	put_word(out, name);
	msgpack_pack_int64(out, value);
}

void oc_put_float(oc_out *out, const char *name, double value)
{
	put_word(out, name);
	msgpack_pack_double(out, value);
}

void oc_put_string(oc_out *out, const char *name, const char *text) { oc_put_text(out, name, text, strlen(text)); }

void oc_put_text(oc_out *out, const char *name, const char *text, size_t length)
{
	put_word(out, name);
	put_text(out, text, length);
}

void oc_put_bytes(oc_out *out, const char *name, const void *data, size_t length)
{
	put_word(out, name);
	msgpack_pack_bin(out, length);
	msgpack_pack_bin_body(out, data, length);
}

void oc_put_time(oc_out *out, const char *name, int64_t seconds, uint32_t nanoseconds)
{
	msgpack_timestamp ts = {.tv_sec = seconds, .tv_nsec = nanoseconds};
	put_word(out, name);
	msgpack_pack_timestamp(out, &ts);
}

void oc_put_value(oc_out *out, const char *name, const oc_value *value)
{
	put_word(out, name);
	if (value)
		msgpack_pack_object(out, *value);
	else
		msgpack_pack_nil(out);
}
