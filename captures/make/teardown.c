/*
 * Connects and closes at once, again and again, without a byte of data:
 * teardown ADDRESS PORT COUNT FIRST_SOURCE_PORT STEP fin|reset
 * The source port goes down by STEP after each connection. STEP 0 uses one port for all (with reset, which
 * leaves no TIME_WAIT). Pauses are irregular, 0.2 to 12 ms.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 7) return fprintf(stderr, "teardown ADDRESS PORT COUNT FIRST_SOURCE_PORT STEP fin|reset\n"), 2;
  struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM}, *server;
  if (getaddrinfo(argv[1], argv[2], &hints, &server) != 0) return fprintf(stderr, "not an address and a port\n"), 2;
  struct linger discard = {.l_onoff = strcmp(argv[6], "reset") == 0, .l_linger = 0};
  int count = atoi(argv[3]), source_port = atoi(argv[4]), step = atoi(argv[5]), yes = 1;
  srandom(1);
  for (int i = 0; i < count; i++, source_port -= step) {
    /* The port has the same place for both families; everything else is zero: any address. */
    struct sockaddr_in6 client = {.sin6_family = server->ai_family, .sin6_port = htons((unsigned short)source_port)};
    int connection = socket(server->ai_family, SOCK_STREAM, 0);
    setsockopt(connection, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
    if (bind(connection, (struct sockaddr *)&client, server->ai_addrlen) != 0) return perror("bind"), 1;
    if (connect(connection, server->ai_addr, server->ai_addrlen) != 0) return perror("connect"), 1;
    close(connection);
    long choice = random() % 10;
    usleep((useconds_t)(choice < 7 ? 200 + random() % 1800 : 3000 + random() % 9000));
  }
  return 0;
}
