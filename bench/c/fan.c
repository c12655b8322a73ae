/* One to many and many to one with plain ZeroMQ from C, a process each, one
 * message per send, default options but where something is said.
 *
 *   fan out COUNT SIZE N ENDPOINT           PUB to N SUB; it waits for the slowest
 *   fan in COUNT SIZE N ENDPOINT            N PUSH to one PULL, COUNT from each
 *   fan share COUNT SIZE N ENDPOINT         one PUSH to N PULL, which share
 *   fan work COUNT SIZE N ENDPOINT US SLOW  the same; each message takes so many
 *                                           microseconds of waiting, with the first
 *                                           PULL SLOW times as many; queues of 100
 *
 * prints the messages per second that the sender got rid of; with "in", that
 * the receiver got. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static void check(int failed, const char *what) {
  if (failed) {
    fprintf(stderr, "fan: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void *open_socket(int type) {
  void *socket = zmq_socket(zmq_ctx_new(), type);
  check(socket == NULL, "socket");
  return socket;
}

static void set(void *socket, int option, int value) { check(zmq_setsockopt(socket, option, &value, sizeof value) != 0, "option"); }

static void send_one(void *socket, size_t size) {
  zmq_msg_t message;
  check(zmq_msg_init_size(&message, size) != 0, "message");
  memset(zmq_msg_data(&message), 0, size);
  check(zmq_msg_send(&message, socket, 0) < 0, "send");
}

static double send_all(void *socket, long count, size_t size) {
  double start = now();
  for (long i = 0; i < count; i++) send_one(socket, size);
  return count / (now() - start);
}

static void receive(void *socket, zmq_msg_t *message) { check(zmq_msg_recv(message, socket, 0) < 0, "receive"); }

static double receive_all(void *socket, long count) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  receive(socket, &message);
  double start = now();
  for (long i = 1; i < count; i++) receive(socket, &message);
  return (count - 1) / (now() - start);
}

static void work(void *socket, long nanoseconds) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  struct timespec t = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  for (;;) {
    receive(socket, &message);
    if (nanoseconds > 0) nanosleep(&t, NULL);
  }
}

/* XPUB with NODROP waits for who is slow; as it also hears of subscriptions,
 * it can wait until all are there. */
static double publish(long count, size_t size, int n, const char *endpoint) {
  void *socket = open_socket(ZMQ_XPUB);
  zmq_msg_t message;
  set(socket, ZMQ_XPUB_NODROP, 1);
  set(socket, ZMQ_XPUB_VERBOSE, 1);
  check(zmq_bind(socket, endpoint) != 0, "bind");
  zmq_msg_init(&message);
  for (int i = 0; i < n; i++) receive(socket, &message);
  return send_all(socket, count, size);
}

/* PUSH starts with whoever is there first: wait until all are. */
static double share(long count, size_t size, int n, const char *endpoint, int queue) {
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, ZMQ_PUSH), *monitor = zmq_socket(context, ZMQ_PAIR);
  if (queue > 0) set(socket, ZMQ_SNDHWM, queue);
  check(zmq_socket_monitor(socket, "inproc://monitor", ZMQ_EVENT_HANDSHAKE_SUCCEEDED) != 0, "monitor");
  check(zmq_connect(monitor, "inproc://monitor") != 0, "connect");
  check(zmq_bind(socket, endpoint) != 0, "bind");
  zmq_msg_t message;
  zmq_msg_init(&message);
  for (int i = 0; i < 2 * n; i++) receive(monitor, &message); /* an event is two frames */
  return send_all(socket, count, size);
}

static void child(const char *what, long count, size_t size, int i, const char *endpoint, long us, long slow) {
  if (strcmp(what, "in") == 0) {
    void *socket = open_socket(ZMQ_PUSH);
    check(zmq_connect(socket, endpoint) != 0, "connect");
    send_all(socket, count, size);
    pause(); /* closing now would lose messages on ipc now and then */
  }
  void *socket = open_socket(strcmp(what, "out") == 0 ? ZMQ_SUB : ZMQ_PULL);
  if (strcmp(what, "out") == 0) check(zmq_setsockopt(socket, ZMQ_SUBSCRIBE, "", 0) != 0, "subscribe");
  if (us > 0) set(socket, ZMQ_RCVHWM, 100);
  check(zmq_connect(socket, endpoint) != 0, "connect");
  work(socket, us * 1000 * (i == 0 ? slow : 1));
}

int main(int argc, char **argv) {
  if (argc != 6 && argc != 8) {
    fprintf(stderr, "usage: fan out|in|share|work COUNT SIZE N ENDPOINT [US SLOW]\n");
    return 2;
  }
  const char *what = argv[1], *endpoint = argv[5];
  long count = atol(argv[2]), us = argc > 6 ? atol(argv[6]) : 0, slow = argc > 7 ? atol(argv[7]) : 1;
  size_t size = (size_t)atol(argv[3]);
  int n = atoi(argv[4]);
  pid_t *children = calloc(n, sizeof *children);
  for (int i = 0; i < n; i++) {
    children[i] = fork();
    if (children[i] == 0) {
      child(what, count, size, i, endpoint, us, slow);
      return 0;
    }
  }
  double rate;
  if (strcmp(what, "out") == 0) {
    rate = publish(count, size, n, endpoint);
  } else if (strcmp(what, "in") == 0) {
    void *socket = open_socket(ZMQ_PULL);
    check(zmq_bind(socket, endpoint) != 0, "bind");
    rate = receive_all(socket, count * n);
  } else {
    rate = share(count, size, n, endpoint, us > 0 ? 100 : 0);
  }
  for (int i = 0; i < n; i++) kill(children[i], SIGKILL);
  while (wait(NULL) > 0) {
  }
  printf("%.0f\n", rate);
  return 0;
}
