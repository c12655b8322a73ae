/* Round trips of plain ZeroMQ from C: one process asks, one answers, default
 * options, as libzmq's own tool does it.
 *
 *   reqrep COUNT SIZE ENDPOINT
 *
 * prints the mean microseconds of a round trip, a tenth of them first to warm up. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

static void check(int failed, const char *what) {
  if (failed) {
    fprintf(stderr, "reqrep: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void answer(long count, const char *endpoint) {
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, ZMQ_REP);
  check(zmq_bind(socket, endpoint) != 0, "bind");
  zmq_msg_t message;
  zmq_msg_init(&message);
  for (long i = 0; i < count; i++) {
    check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
    check(zmq_msg_send(&message, socket, 0) < 0, "send");
  }
  zmq_msg_close(&message);
  zmq_close(socket);
  zmq_ctx_term(context);
}

static void ask(void *socket, long count, size_t size) {
  for (long i = 0; i < count; i++) {
    zmq_msg_t message;
    check(zmq_msg_init_size(&message, size) != 0, "message");
    memset(zmq_msg_data(&message), 0, size);
    check(zmq_msg_send(&message, socket, 0) < 0, "send");
    check(zmq_msg_init(&message) != 0, "message");
    check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
    zmq_msg_close(&message);
  }
}

int main(int argc, char **argv) {
  if (argc != 4 || atol(argv[1]) < 10) {
    fprintf(stderr, "usage: reqrep COUNT SIZE ENDPOINT\n");
    return 2;
  }
  long count = atol(argv[1]), warm = count / 10;
  size_t size = (size_t)atol(argv[2]);
  pid_t child = fork();
  if (child == 0) {
    answer(count + warm, argv[3]);
    return 0;
  }
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, ZMQ_REQ);
  check(zmq_connect(socket, argv[3]) != 0, "connect");
  ask(socket, warm, size);
  double start = now();
  ask(socket, count, size);
  printf("%.3f\n", (now() - start) / count * 1e6);
  zmq_close(socket);
  waitpid(child, NULL, 0);
  zmq_ctx_term(context);
  return 0;
}
