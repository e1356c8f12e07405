/*
 * A client that takes its source port again as soon as the kernel lets it: reuse-tuple ADDRESS PORT SOURCE-PORT COUNT GAP-MS fall|rise
 * Each connection asks a web server for 5 octets and reads until the server has closed, then closes. The initial sequence number falls by a
 * million from one connection to the next, or rises, as those of other systems, or of two clients behind one NAT, may.
 * Prints how long each connect() took, in milliseconds.
 */
#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char request[] = "GET /5 HTTP/1.0\r\n\r\n";

static int fail(const char *what) {
  perror(what);
  return 1;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static int set(int file, int option, int value) { return setsockopt(file, IPPROTO_TCP, option, &value, sizeof value); }

/* A socket under repair may be told where its sequence numbers begin. Linux net/ipv4/tcp.c, TCP_QUEUE_SEQ. */
static int choose_isn(int file, unsigned isn) {
  return set(file, TCP_REPAIR, TCP_REPAIR_ON) != 0 || set(file, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE) != 0 ||
         set(file, TCP_QUEUE_SEQ, (int)isn) != 0 || set(file, TCP_REPAIR, TCP_REPAIR_OFF) != 0;
}

int main(int argc, char **argv) {
  if (argc != 7) return fprintf(stderr, "reuse-tuple ADDRESS PORT SOURCE-PORT COUNT GAP-MS fall|rise\n"), 2;
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *server;
  if (getaddrinfo(argv[1], argv[2], &hints, &server) != 0) return fprintf(stderr, "not an address and a port\n"), 2;
  int count = atoi(argv[4]), gap_ms = atoi(argv[5]), yes = 1;
  unsigned isn = 2000000000, step = strcmp(argv[6], "fall") == 0 ? -1000000U : 1000000U;
  for (int i = 0; i < count; i++, isn += step) {
    /* The port has the same place for both families; everything else is zero: any address. */
    struct sockaddr_in6 client = {.sin6_family = server->ai_family, .sin6_port = htons((unsigned short)atoi(argv[3]))};
    int connection = socket(server->ai_family, SOCK_STREAM, 0);
    if (choose_isn(connection, isn)) return fail("repair");
    setsockopt(connection, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(connection, (struct sockaddr *)&client, server->ai_addrlen) != 0) return fail("bind");
    double started_ms = now_ms();
    if (connect(connection, server->ai_addr, server->ai_addrlen) != 0) return fail("connect");
    printf("connected after %.1f ms\n", now_ms() - started_ms);
    char bytes[256];
    if (write(connection, request, sizeof request - 1) != sizeof request - 1) return fail("write");
    while (read(connection, bytes, sizeof bytes) > 0) continue;
    close(connection);
    usleep((useconds_t)gap_ms * 1000);
  }
  return 0;
}
