/* How long messages are on their way over plain ZeroMQ from C, at a given
 * pace: one process pushes, one pulls, one message per send, default options.
 *
 *   oneway COUNT SIZE RATE ENDPOINT
 *
 * prints two figures in microseconds: half of the messages took at most the
 * first, 99 of 100 at most the second. A message is stamped with when it was
 * due; the first tenth is to warm up. */
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
    fprintf(stderr, "oneway: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
  }
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void push(long count, size_t size, double rate, const char *endpoint) {
  void *socket = zmq_socket(zmq_ctx_new(), ZMQ_PUSH);
  check(zmq_connect(socket, endpoint) != 0, "connect");
  int64_t start = now();
  for (long i = 0; i < count; i++) {
    int64_t due = start + (int64_t)(i / rate * 1e9);
    while (now() < due) {
    }
    zmq_msg_t message;
    check(zmq_msg_init_size(&message, size) != 0, "message");
    memset(zmq_msg_data(&message), 0, size);
    memcpy(zmq_msg_data(&message), &due, sizeof due);
    check(zmq_msg_send(&message, socket, 0) < 0, "send");
  }
  pause();
}

static int by_size(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc != 5 || atol(argv[1]) < 100 || atol(argv[2]) < 8) {
    fprintf(stderr, "usage: oneway COUNT SIZE RATE ENDPOINT\n");
    return 2;
  }
  long count = atol(argv[1]);
  int64_t *took = malloc(count * sizeof *took);
  pid_t child = fork();
  if (child == 0) {
    push(count, (size_t)atol(argv[2]), atof(argv[3]), argv[4]);
    return 0;
  }
  void *socket = zmq_socket(zmq_ctx_new(), ZMQ_PULL);
  check(zmq_bind(socket, argv[4]) != 0, "bind");
  zmq_msg_t message;
  zmq_msg_init(&message);
  for (long i = 0; i < count; i++) {
    int64_t due;
    check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
    memcpy(&due, zmq_msg_data(&message), sizeof due);
    took[i] = now() - due;
  }
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  long warm = count / 10, rest = count - warm;
  qsort(took + warm, rest, sizeof *took, by_size);
  printf("%.3f %.3f\n", took[warm + rest / 2] / 1e3, took[warm + rest * 99 / 100] / 1e3);
  return 0;
}
