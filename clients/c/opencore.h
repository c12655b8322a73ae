/*
 * opencore.h: an opencore actor in C.
 *
 * A program calls oc_run with its handlers; everything else is called from
 * within these. It speaks the protocol of docs/protocol.md over libzmq and
 * msgpack-c, serves one thread, and needs opencore.c compiled along with it.
 *
 *	static int message(oc_actor *actor, const char *port, const oc_value *quake)
 *	{
 *		(void)port;
 *		if (oc_float(quake, "mag", 0) >= 6)
 *			msgpack_pack_object(oc_send(actor, "strong"), *quake);
 *		return 0;
 *	}
 *
 *	int main(void)
 *	{
 *		oc_handlers handlers = {.message = message};
 *		return oc_run(&handlers, NULL);
 *	}
 *
 * What can't be survived, such as a host that breaks the protocol or memory
 * that runs out, is said on stderr and ends the program with status 70; the
 * host then does as the instance's restart policy says.
 */
#ifndef OPENCORE_H
#define OPENCORE_H

#include <msgpack.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program's side of the conversation with its host. */
typedef struct oc_actor oc_actor;

/*
 * A value that has been received: a message is a map, or, at a port with
 * another codec than msgpack, a bin with its bytes. It lives as long as the
 * handler that it was given to runs. See msgpack/object.h.
 */
typedef msgpack_object oc_value;

/*
 * Where a message is written to: exactly one value, with oc_map and oc_put_…
 * or msgpack_pack_…; at a port with another codec than msgpack, a bin. Any next
 * call of a function that takes the actor sends it on its way.
 */
typedef msgpack_packer oc_out;

/*
 * What a program does; those that it has no use for may be NULL. Each but
 * reply returns 0, or what oc_reject or oc_fail returns.
 */
typedef struct oc_handlers {
	/* Prepares, before the host is told that the program is ready. Parameters are there, nothing can be sent. */
	int (*start)(oc_actor *actor);
	/* Takes a message from a port: pull, sub, in or pair. */
	int (*message)(oc_actor *actor, const char *port, const oc_value *message);
	/* Is asked at a port: rep or router. The answer is oc_reply or oc_refuse, now or later. */
	int (*request)(oc_actor *actor, const char *port, uint64_t id, const oc_value *question);
	/* Takes the answer to oc_request: answer, or error with answer NULL. */
	void (*reply)(oc_actor *actor, const char *port, uint64_t id, const oc_value *answer, const char *error);
	/* Is the source: runs once, sends, and returns at its end, or soon after oc_wait has said that it has to. */
	int (*source)(oc_actor *actor);
	/* All that comes in has ended: the last time to send anything. */
	int (*end)(oc_actor *actor);
} oc_handlers;

/*
 * oc_run is all of a program: it joins the host, runs the handlers until the
 * end, and gives the exit status for main to return. state is for oc_state.
 */
int oc_run(const oc_handlers *handlers, void *state);

/* oc_state gives what oc_run was given. */
void *oc_state(const oc_actor *actor);

/* oc_about gives the map "about" of the host's hello: instance, replica, replicas, ports, messages …. */
const oc_value *oc_about(const oc_actor *actor);

/* oc_params gives the map of parameters, for oc_float and its like. */
const oc_value *oc_params(const oc_actor *actor);

/*
 * oc_send begins a message to an outgoing port: push, pub or pair. Messages
 * are sent in batches: when 64 KiB have come together, when all messages at
 * hand have been handled, and by oc_flush and oc_wait. It blocks while the wires
 * behind the port are full.
 */
oc_out *oc_send(oc_actor *actor, const char *port);

/* oc_flush sends what oc_send has gathered. */
void oc_flush(oc_actor *actor);

/*
 * oc_request begins a request at a port: req, one at a time, or dealer, up to
 * 1,000. id is a number of the program's own that is in use until the answer
 * comes to the handler reply.
 */
oc_out *oc_request(oc_actor *actor, const char *port, uint64_t id);

/* oc_reply begins the answer to a request. */
oc_out *oc_reply(oc_actor *actor, const char *port, uint64_t id);

/* oc_refuse answers a request with an error. */
void oc_refuse(oc_actor *actor, const char *port, uint64_t id, const char *text);

/* oc_reject says why the message at hand is rejected, for the handler to return it; a request at hand is refused. */
int oc_reject(oc_actor *actor, const char *reason);

/*
 * oc_fail says why the program can't start, for the handler start to return
 * it. If it names a parameter, that one's value is to blame, and nobody tries
 * again; it may be NULL.
 */
int oc_fail(oc_actor *actor, const char *parameter, const char *reason);

/*
 * oc_wait sends what has been gathered, waits up to so many milliseconds (-1: for ever)
 * for something to come in, and has the handlers take it. It returns false when a
 * source has to come to its end, and then does so at once.
 */
bool oc_wait(oc_actor *actor, long milliseconds);

/* oc_topic gives the topic that the message at hand was published under, any bytes; NULL if it has none. */
const char *oc_topic(const oc_actor *actor, size_t *length);

/* How topics begin: any bytes. */
typedef struct oc_prefix {
	const void *data;
	size_t length;
} oc_prefix;

/*
 * oc_subscribe says which topics a port takes from now on, sub or in: those
 * that begin with one of the prefixes; all, as at the start, if there are none.
 * The handler start may say so too.
 */
void oc_subscribe(oc_actor *actor, const char *port, const oc_prefix *prefixes, size_t count);

/* oc_log writes to the run's log. level is debug, info, warn or error. */
void oc_log(oc_actor *actor, const char *level, const char *format, ...)
#ifdef __GNUC__
	__attribute__((format(printf, 3, 4)))
#endif
	;

/*
 * Reading. A field that is absent or null gives NULL from oc_field, and
 * otherwise from the others, as does one of another type.
 */
const oc_value *oc_field(const oc_value *map, const char *name);
bool oc_bool(const oc_value *map, const char *name, bool otherwise);
int64_t oc_int(const oc_value *map, const char *name, int64_t otherwise); /* also durations, in nanoseconds */
double oc_float(const oc_value *map, const char *name, double otherwise);

/* oc_string gives a string, an enum's name or bytes, without a NUL at their end; NULL if there are none. */
const char *oc_string(const oc_value *map, const char *name, size_t *length);

/* oc_is reports whether a field is this string. */
bool oc_is(const oc_value *map, const char *name, const char *text);

/* oc_time gives a time as seconds and nanoseconds since 1970. */
bool oc_time(const oc_value *map, const char *name, int64_t *seconds, uint32_t *nanoseconds);

/* Writing: a map of so many fields, then its fields. */
void oc_map(oc_out *out, size_t fields);
void oc_put_nil(oc_out *out, const char *name);
void oc_put_bool(oc_out *out, const char *name, bool value);
void oc_put_int(oc_out *out, const char *name, int64_t value);
void oc_put_float(oc_out *out, const char *name, double value);
void oc_put_string(oc_out *out, const char *name, const char *text);
void oc_put_text(oc_out *out, const char *name, const char *text, size_t length);
void oc_put_bytes(oc_out *out, const char *name, const void *data, size_t length);
void oc_put_time(oc_out *out, const char *name, int64_t seconds, uint32_t nanoseconds);
void oc_put_value(oc_out *out, const char *name, const oc_value *value); /* NULL is null */

#endif
