/*
 * An echo server whose accept() can be held: listener ADDRESS PORT BACKLOG open|held [DEFER_ACCEPT_SECONDS]
 * SIGUSR1 switches between accepting and holding. It prints one line once it listens.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST_CONNECTIONS 1024

static volatile sig_atomic_t accepting;

static void switch_accepting(int signal_number) {
  (void)signal_number;
  accepting = !accepting;
}

static int fail(const char *what) {
  perror(what);
  return 1;
}

int main(int argc, char **argv) {
  if (argc < 5) return fprintf(stderr, "listener ADDRESS PORT BACKLOG open|held [DEFER_ACCEPT_SECONDS]\n"), 2;
  accepting = strcmp(argv[4], "open") == 0;
  signal(SIGUSR1, switch_accepting);

  struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_PASSIVE}, *address;
  if (getaddrinfo(argv[1], argv[2], &hints, &address) != 0) return fail("getaddrinfo");
  int listening = socket(address->ai_family, SOCK_STREAM, 0), yes = 1;
  setsockopt(listening, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  int defer_seconds = argc > 5 ? atoi(argv[5]) : 0;
  if (defer_seconds > 0) setsockopt(listening, IPPROTO_TCP, TCP_DEFER_ACCEPT, &defer_seconds, sizeof defer_seconds);
  if (bind(listening, address->ai_addr, address->ai_addrlen) != 0) return fail("bind");
  if (listen(listening, atoi(argv[3])) != 0) return fail("listen");
  fcntl(listening, F_SETFL, O_NONBLOCK);
  puts("listening");
  fflush(stdout);

  struct pollfd sockets[1 + MOST_CONNECTIONS];
  nfds_t count = 1;
  for (;;) {
    sockets[0] = (struct pollfd){.fd = accepting ? listening : -1, .events = POLLIN};
    if (poll(sockets, count, 50) < 0 && errno != EINTR) return fail("poll");
    for (nfds_t i = count - 1; i >= 1; i--) {
      if (sockets[i].revents == 0) continue;
      char bytes[4096];
      ssize_t length = read(sockets[i].fd, bytes, sizeof bytes);
      if (length > 0 && write(sockets[i].fd, bytes, (size_t)length) == length) continue;
      close(sockets[i].fd);
      sockets[i] = sockets[--count];
    }
    while (accepting && count <= MOST_CONNECTIONS) {
      int connection = accept(listening, NULL, NULL);
      if (connection < 0) break;
      sockets[count++] = (struct pollfd){.fd = connection, .events = POLLIN};
    }
  }
}
