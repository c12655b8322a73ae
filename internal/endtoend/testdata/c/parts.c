/* parts.c: a part in each pattern, by the name in argv[1]. parts.actors has the graph. */
#include "opencore.h"

#include <stdio.h>
#include <string.h>

static void square(oc_out *out, int64_t n)
{
	oc_map(out, 2);
	oc_put_int(out, "n", n);
	oc_put_int(out, "square", n * n);
}

static void number(oc_out *out, int64_t n)
{
	char note[32];
	int length = snprintf(note, sizeof note, "number %lld", (long long)n);
	oc_map(out, 3);
	oc_put_int(out, "n", n);
	oc_put_bytes(out, "data", "\0\xff", 2);
	if (n % 2)
		oc_put_text(out, "note", note, (size_t)length);
	else
		oc_put_nil(out, "note");
}

/* The source counts. */
static int count(oc_actor *actor)
{
	int64_t last = oc_int(oc_params(actor), "count", 0);
	for (int64_t n = 1; n <= last; n++)
		number(oc_send(actor, "numbers"), n);
	return 0;
}

/* The endless one counts until it is told to stop. */
static int count_on(oc_actor *actor)
{
	for (int64_t n = 1; oc_wait(actor, 0); n++) {
		number(oc_send(actor, "numbers"), n);
		if (n == 5000)
			oc_log(actor, "info", "counting on");
	}
	return 0;
}

/* The middle one squares, and rejects what ends in 0. */
static int middle(oc_actor *actor, const char *port, const oc_value *message)
{
	int64_t n = oc_int(message, "n", 0);
	size_t length = 0;
	const char *data = oc_string(message, "data", &length);
	if (strcmp(port, "numbers") != 0 || length != 2 || memcmp(data, "\0\xff", 2) != 0 || (oc_field(message, "note") == NULL) != (n % 2 == 0))
		return oc_reject(actor, "not what was sent");
	if (n % 10 == 0)
		return oc_reject(actor, "it ends in 0");
	square(oc_send(actor, "squares"), n);
	return 0;
}

/* The subscriber shows what topic each message came under. */
static int show(oc_actor *actor, const char *port, const oc_value *message)
{
	size_t length = 0;
	const char *topic = oc_topic(actor, &length);
	(void)port;
	oc_log(actor, "info", "%lld under %.*s", (long long)oc_int(message, "n", 0), (int)length, topic ? topic : "");
	return 0;
}

/* The chooser is a subscriber that takes topics that begin with 3, or are a 7. */
static int choose(oc_actor *actor)
{
	const oc_prefix prefixes[] = {{"3", 1}, {"7", 1}};
	oc_subscribe(actor, "squares", prefixes, 2);
	return 0;
}

/* The publisher hands on. */
static int publish(oc_actor *actor, const char *port, const oc_value *message)
{
	(void)port;
	msgpack_pack_object(oc_send(actor, "squares"), *message);
	return 0;
}

/* The asker has 100 questions under way, and sends the answers on. */
typedef struct asker {
	int64_t under_way, answers, refusals;
} asker;

static int ask(oc_actor *actor)
{
	asker *a = oc_state(actor);
	int64_t last = oc_int(oc_params(actor), "count", 0);
	for (int64_t n = 1; n <= last; n++) {
		while (a->under_way >= 100)
			oc_wait(actor, -1);
		number(oc_request(actor, "questions", (uint64_t)n), n);
		a->under_way++;
	}
	while (a->under_way > 0)
		oc_wait(actor, -1);
	oc_log(actor, "info", "%lld answers, %lld refusals", (long long)a->answers, (long long)a->refusals);
	return 0;
}

static void answered(oc_actor *actor, const char *port, uint64_t id, const oc_value *answer, const char *error)
{
	asker *a = oc_state(actor);
	a->under_way--;
	if (strcmp(port, "questions") != 0 || (answer && oc_int(answer, "n", 0) != (int64_t)id))
		oc_log(actor, "error", "an answer that nobody has asked for");
	if (error) {
		a->refusals++;
		if (strstr(error, "it ends in 0") == NULL)
			oc_log(actor, "error", "refused: %s", error);
		return;
	}
	a->answers++;
	msgpack_pack_object(oc_send(actor, "answers"), *answer);
}

/* The answerer answers each question when the next one has come, and the last one at the end. */
typedef struct answerer {
	uint64_t id;
	int64_t n;
} answerer;

static void answer(oc_actor *actor)
{
	answerer *a = oc_state(actor);
	if (a->n)
		square(oc_reply(actor, "questions", a->id), a->n);
	a->n = 0;
}

static int asked(oc_actor *actor, const char *port, uint64_t id, const oc_value *question)
{
	answerer *a = oc_state(actor);
	int64_t n = oc_int(question, "n", 0), last = oc_int(oc_params(actor), "last", 0);
	(void)port;
	if (n % 10 == 0)
		return oc_reject(actor, "it ends in 0");
	answer(actor);
	a->id = id;
	a->n = n;
	if (n == last)
		answer(actor);
	return 0;
}

/* The echo answers each question with a square, both of them JSON that it reads and writes by itself. */
static int echo(oc_actor *actor, const char *port, uint64_t id, const oc_value *question)
{
	char text[300], reply[64 + 300] = "";
	long long n = 0;
	if (question->type != MSGPACK_OBJECT_BIN || question->via.bin.size >= sizeof text)
		return oc_reject(actor, "not the bytes of a question");
	memcpy(text, question->via.bin.ptr, question->via.bin.size);
	text[question->via.bin.size] = 0;
	if (sscanf(text, "{\"n\":%lld", &n) != 1)
		return oc_reject(actor, "not a question in JSON");
	int length = snprintf(reply, sizeof reply, "{\"n\": %lld, \"square\": %lld, \"because\": \"%0*d\"}", n, n * n, (int)(n % 300) + 1, 0);
	oc_out *out = oc_reply(actor, port, id);
	msgpack_pack_bin(out, (size_t)length);
	msgpack_pack_bin_body(out, reply, (size_t)length);
	return 0;
}

/* The one that can't start. */
static int refuse(oc_actor *actor) { return oc_fail(actor, "count", "nobody can count as far as that"); }

int main(int argc, char **argv)
{
	const char *part = argc > 1 ? argv[1] : "";
	oc_handlers h = {0};
	asker a = {0};
	answerer b = {0};
	if (strcmp(part, "source") == 0)
		h.source = count;
	else if (strcmp(part, "endless") == 0)
		h.source = count_on;
	else if (strcmp(part, "middle") == 0)
		h.message = middle;
	else if (strcmp(part, "publisher") == 0)
		h.message = publish;
	else if (strcmp(part, "subscriber") == 0)
		h.message = show;
	else if (strcmp(part, "chooser") == 0)
		h.start = choose, h.message = show;
	else if (strcmp(part, "asker") == 0)
		h.source = ask, h.reply = answered;
	else if (strcmp(part, "answerer") == 0)
		h.request = asked;
	else if (strcmp(part, "echo") == 0)
		h.request = echo;
	else if (strcmp(part, "unable") == 0)
		h.start = refuse;
	return oc_run(&h, strcmp(part, "asker") == 0 ? (void *)&a : (void *)&b);
}
