/* energy.c: how much energy earthquakes set free, by network. energy.actors has the graph. */
#include "opencore.h"

#include <math.h>
#include <string.h>

enum { NETWORKS = 100, NAME = 64 };

typedef struct network {
	char name[NAME], strongest[NAME];
	int64_t count, last;
	uint32_t last_rest;
	double joules, magnitude;
} network;

typedef struct sums {
	double least;
	network networks[NETWORKS];
	size_t count;
} sums;

/* network_of finds or begins the sum of a quake's network; NULL where there is no room for another. */
static network *network_of(sums *s, const char *name, size_t length)
{
	for (size_t i = 0; i < s->count; i++)
		if (strlen(s->networks[i].name) == length && memcmp(s->networks[i].name, name, length) == 0)
			return &s->networks[i];
	if (s->count == NETWORKS || length >= NAME)
		return NULL;
	memcpy(s->networks[s->count].name, name, length);
	s->networks[s->count].magnitude = -INFINITY;
	return &s->networks[s->count++];
}

static int start(oc_actor *actor)
{
	sums *s = oc_state(actor);
	s->least = oc_float(oc_params(actor), "least", 0);
	if (s->least > 10)
		return oc_fail(actor, "least", "no earthquake is as strong as that");
	oc_log(actor, "info", "summing up from magnitude %.1f", s->least);
	return 0;
}

static int message(oc_actor *actor, const char *port, const oc_value *quake)
{
	(void)port; /* there is one */
	sums *s = oc_state(actor);
	double magnitude = oc_float(quake, "mag", 0);
	size_t net_length = 0, id_length = 0;
	const char *net = oc_string(quake, "net", &net_length), *id = oc_string(quake, "id", &id_length);
	if (magnitude < s->least)
		return 0;
	network *n = network_of(s, net, net_length);
	if (n == NULL || id_length >= NAME)
		return oc_reject(actor, "more networks, or a longer name, than there is room for");
	n->count++;
	n->joules += pow(10, 4.8 + 1.5 * magnitude); /* Gutenberg and Richter */
	if (magnitude > n->magnitude) {
		n->magnitude = magnitude;
		memcpy(n->strongest, id, id_length);
		n->strongest[id_length] = 0;
	}
	int64_t seconds;
	uint32_t rest;
	if (oc_time(quake, "at", &seconds, &rest) && seconds > n->last) {
		n->last = seconds;
		n->last_rest = rest;
	}
	return 0;
}

static int end(oc_actor *actor)
{
	const sums *s = oc_state(actor);
	for (size_t i = 0; i < s->count; i++) {
		const network *n = &s->networks[i];
		oc_out *out = oc_send(actor, "energies");
		oc_map(out, 5);
		oc_put_string(out, "network", n->name);
		oc_put_int(out, "count", n->count);
		oc_put_float(out, "joules", n->joules);
		oc_put_string(out, "strongest", n->strongest);
		oc_put_time(out, "last", n->last, n->last_rest);
	}
	return 0;
}

int main(void)
{
	static sums s;
	oc_handlers handlers = {.start = start, .message = message, .end = end};
	return oc_run(&handlers, &s);
}
