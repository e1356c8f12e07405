/*
 * A pair of programs that keep a connection idle, then fill the receiver's window.
 *
 *     fill-window serve PORT SLEEP-S             accepts one connection, reads nothing for SLEEP-S, then all
 *     fill-window connect ADDRESS PORT IDLE-MS   sends 100 octets, is idle with keepalives every second, sends 30000 more
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int fail(const char *what) {
  perror(what);
  return 1;
}

static void set(int file, int level, int option, int value) { setsockopt(file, level, option, &value, sizeof value); }

static int serve(int port, int sleep_s) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(port)};
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  set(listener, SOL_SOCKET, SO_REUSEADDR, 1);
  set(listener, SOL_SOCKET, SO_RCVBUF, 4096);
  if (bind(listener, (struct sockaddr *)&own, sizeof own) < 0 || listen(listener, 1) < 0) return fail("listen");
  puts("listening");
  fflush(stdout);
  int connection = accept(listener, NULL, NULL);
  if (connection < 0) return fail("accept");
  sleep(sleep_s);
  char bytes[4096];
  while (read(connection, bytes, sizeof bytes) > 0) continue;
  return 0;
}

static int connect_to(const char *address, int port, int idle_ms) {
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, address, &peer.sin_addr);
  int file = socket(AF_INET, SOCK_STREAM, 0);
  set(file, SOL_SOCKET, SO_KEEPALIVE, 1);
  set(file, IPPROTO_TCP, TCP_KEEPIDLE, 1);
  set(file, IPPROTO_TCP, TCP_KEEPINTVL, 1);
  if (connect(file, (struct sockaddr *)&peer, sizeof peer) < 0) return fail("connect");
  static char bytes[30000];
  memset(bytes, 'x', sizeof bytes);
  if (write(file, bytes, 100) < 0) return fail("write");
  usleep(idle_ms * 1000);
  for (size_t sent = 0; sent < sizeof bytes;) {
    ssize_t written = write(file, bytes + sent, sizeof bytes - sent);
    if (written < 0) return fail("write");
    sent += (size_t)written;
  }
  shutdown(file, SHUT_WR);
  while (read(file, bytes, sizeof bytes) > 0) continue;
  return 0;
}

int main(int count, char **arguments) {
  if (count == 4 && strcmp(arguments[1], "serve") == 0) return serve(atoi(arguments[2]), atoi(arguments[3]));
  if (count == 5 && strcmp(arguments[1], "connect") == 0)
    return connect_to(arguments[2], atoi(arguments[3]), atoi(arguments[4]));
  return 2;
}
