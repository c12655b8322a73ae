/* Throughput of plain ZeroMQ from C: one process pushes, one pulls, one
 * message per send, default options, as libzmq's own tool does it.
 *
 *   pushpull COUNT SIZE ENDPOINT
 *
 * prints the messages per second that the receiver saw, from its first
 * message to its last. */
#include <signal.h>
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
    fprintf(stderr, "pushpull: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void push(long count, size_t size, const char *endpoint) {
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, ZMQ_PUSH);
  check(zmq_connect(socket, endpoint) != 0, "connect");
  for (long i = 0; i < count; i++) {
    zmq_msg_t message;
    check(zmq_msg_init_size(&message, size) != 0, "message");
    memset(zmq_msg_data(&message), 0, size);
    check(zmq_msg_send(&message, socket, 0) < 0, "send");
  }
  /* Closing now would lose messages on ipc now and then, linger or not: wait
   * until the receiver has them all and ends us. */
  pause();
}

static double pull(long count, const char *endpoint, void *context) {
  void *socket = zmq_socket(context, ZMQ_PULL);
  check(zmq_bind(socket, endpoint) != 0, "bind");
  zmq_msg_t message;
  zmq_msg_init(&message);
  check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
  double start = now();
  for (long i = 1; i < count; i++) check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
  double took = now() - start;
  zmq_msg_close(&message);
  zmq_close(socket);
  return took;
}

int main(int argc, char **argv) {
  if (argc != 4 || atol(argv[1]) < 2) {
    fprintf(stderr, "usage: pushpull COUNT SIZE ENDPOINT\n");
    return 2;
  }
  long count = atol(argv[1]);
  pid_t child = fork();
  if (child == 0) {
    push(count, (size_t)atol(argv[2]), argv[3]);
    return 0;
  }
  void *context = zmq_ctx_new();
  double took = pull(count, argv[3], context);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  zmq_ctx_term(context);
  printf("%.0f\n", (count - 1) / took);
  return 0;
}
