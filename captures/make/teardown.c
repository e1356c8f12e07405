/*
 * Connects and closes at once, again and again, without a byte of data:
 * teardown ADDRESS PORT COUNT FIRST_SOURCE_PORT STEP fin|reset
 * The source port goes down by STEP after each connection. STEP 0 uses one port for all (with reset, which
 * leaves no TIME_WAIT). Pauses are irregular, 0.2 to 12 ms.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 7) return fprintf(stderr, "teardown ADDRESS PORT COUNT FIRST_SOURCE_PORT STEP fin|reset\n"), 2;
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[2]))};
  if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1) return fprintf(stderr, "not an IPv4 address\n"), 2;
  struct linger discard = {.l_onoff = strcmp(argv[6], "reset") == 0, .l_linger = 0};
  int count = atoi(argv[3]), source_port = atoi(argv[4]), step = atoi(argv[5]), yes = 1;
  srandom(1);
  for (int i = 0; i < count; i++, source_port -= step) {
    struct sockaddr_in client = {.sin_family = AF_INET, .sin_port = htons((unsigned short)source_port)};
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    setsockopt(connection, SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
    if (bind(connection, (struct sockaddr *)&client, sizeof client) != 0) return perror("bind"), 1;
    if (connect(connection, (struct sockaddr *)&server, sizeof server) != 0) return perror("connect"), 1;
    close(connection);
    long choice = random() % 10;
    usleep((useconds_t)(choice < 7 ? 200 + random() % 1800 : 3000 + random() % 9000));
  }
  return 0;
}
