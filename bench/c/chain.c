/* The ends of a chain whose middle is a program on plain ZeroMQ: one process
 * pushes messages to it, one message per send, this one pulls what it makes of
 * them.
 *
 *   chain COUNT FOLDER PROGRAM [ARGUMENT...]
 *
 * starts PROGRAM with its arguments and the two endpoints, to pull from and to
 * push to, and prints the messages per second that came out, from the first to
 * the last. */
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
    fprintf(stderr, "chain: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void big_endian(unsigned char *to, uint64_t bits) {
  for (int i = 0; i < 8; i++) to[i] = (unsigned char)(bits >> (56 - 8 * i));
}

/* A message as middle.actors has it, {"id": int, "size": float, "name": string},
 * in MessagePack. */
static size_t item(unsigned char *to, long id) {
  static const unsigned char head[] = "\x83\xa2id\xd3________\xa4size\xcb________\xa4name\xaawonderland";
  double size = (double)(id % 1000) / 8;
  uint64_t bits;
  memcpy(&bits, &size, sizeof bits);
  memcpy(to, head, sizeof head - 1);
  big_endian(to + 5, (uint64_t)id);
  big_endian(to + 19, bits);
  return sizeof head - 1;
}

static void push(long count, const char *endpoint) {
  void *socket = zmq_socket(zmq_ctx_new(), ZMQ_PUSH);
  check(zmq_bind(socket, endpoint) != 0, "bind");
  for (long i = 0; i < count; i++) {
    unsigned char bytes[64];
    size_t size = item(bytes, i);
    check(zmq_send(socket, bytes, size, 0) < 0, "send");
  }
  /* Closing now would lose messages on ipc now and then, linger or not: wait
   * until all is through and whoever counts ends us. */
  pause();
}

static double pull(long count, void *socket) {
  zmq_msg_t message;
  zmq_msg_init(&message);
  check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
  double start = now();
  for (long i = 1; i < count; i++) check(zmq_msg_recv(&message, socket, 0) < 0, "receive");
  zmq_msg_close(&message);
  return now() - start;
}

int main(int argc, char **argv) {
  if (argc < 4 || atol(argv[1]) < 2) {
    fprintf(stderr, "usage: chain COUNT FOLDER PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  long count = atol(argv[1]);
  char in[256], out[256];
  snprintf(in, sizeof in, "ipc://%s/in", argv[2]);
  snprintf(out, sizeof out, "ipc://%s/out", argv[2]);
  pid_t pusher = fork();
  if (pusher == 0) {
    push(count, in);
    return 0;
  }
  void *context = zmq_ctx_new();
  void *socket = zmq_socket(context, ZMQ_PULL);
  check(zmq_bind(socket, out) != 0, "bind");
  pid_t middle = fork();
  if (middle == 0) {
    char *command[32] = {NULL};
    int n = 0;
    for (int i = 3; i < argc && n < 29; i++) command[n++] = argv[i];
    command[n++] = in;
    command[n++] = out;
    execvp(command[0], command);
    perror(command[0]);
    kill(getppid(), SIGTERM);
    return 1;
  }
  double took = pull(count, socket);
  kill(pusher, SIGKILL);
  kill(middle, SIGKILL);
  waitpid(pusher, NULL, 0);
  waitpid(middle, NULL, 0);
  zmq_close(socket);
  zmq_ctx_term(context);
  printf("%.0f\n", (count - 1) / took);
  return 0;
}
