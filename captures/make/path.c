/*
 * A path between two network namespaces that delays every packet and does what it is told to some of them, because
 * not every kernel has netem. Each end is a tun device in its namespace.
 *
 *     path NAMESPACE-A DEVICE-A NAMESPACE-B DEVICE-B DELAY-US [RULE ...]
 *
 * A rule is `FROM KIND ACTION N [ARGUMENT]` joined by colons; FROM is a or b; KIND is syn (SYN set), data (with
 * payload), fin (no payload) or ack (pure); N counts packets of that kind from that end, from 1; /N means every Nth:
 *     b:data:drop:12         loses it
 *     b:data:twice:12:300    delivers it once more, 300 us later
 *     b:data:late:12:5000    delivers it 5000 us later than its turn
 *     b:data:outage:12:400000  from then on, for 400 ms, loses everything from that end
 *     b:data:stall:12:400000   from then on, for 400 ms, holds back everything from that end
 *     a:data:spoil:4:3000000   from then on, for 3 s, makes the checksum of all data from that end wrong
 *     a:data:past:4:3000000    from then on, for 3 s, sets the timestamps of all from that end back by half a million
 *     b:syn:unscale:/1       takes the window scale option out, as some firewalls do
 * Prints "ready", then works until it is killed.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tun-device.h"

enum { MOST_RULES = 64, MOST_WAITING = 4096, MOST_BYTES = 2048 };
enum kind { SYN, DATA, FIN, ACK, KINDS };
static const char *const kind_names[] = {"syn", "data", "fin", "ack"};

struct rule {
  int from, kind, is_every;
  char action[8];
  long n, argument;
};
struct packet {
  int64_t due_us;
  int to, bytes;
  unsigned char data[MOST_BYTES];
};

static struct rule rules[MOST_RULES];
static int rule_count;
static struct packet waiting[MOST_WAITING];
static int waiting_count;
static int devices[2];
static long seen[2][KINDS];
static int64_t lost_until_us[2], held_until_us[2], spoiled_until_us[2], past_until_us[2], delay_us;

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void read_rule(const char *text) {
  struct rule *rule = &rules[rule_count++];
  char from, kind[8], every[2] = "";
  int words = sscanf(text, "%c:%7[a-z]:%7[a-z]:%1[/]", &from, kind, rule->action, every);
  const char *counts = words == 4 ? "%*[^/]/%ld:%ld" : "%*c:%*[a-z]:%*[a-z]:%ld:%ld";
  rule->is_every = words == 4;
  rule->argument = 0;
  if (words < 3 || sscanf(text, counts, &rule->n, &rule->argument) < 1 || rule->n < 1) exit(2);
  rule->from = from == 'b';
  for (rule->kind = 0; rule->kind < KINDS; rule->kind++)
    if (strcmp(kind_names[rule->kind], kind) == 0) return;
  exit(2);
}

/* The length of the IP header if TCP follows, else 0. What else a new device says is not wanted. */
static int tcp_offset(const unsigned char *packet, int bytes) {
  if (bytes >= 40 && packet[0] >> 4 == 4 && packet[9] == 6) return (packet[0] & 15) * 4;
  return bytes >= 60 && packet[0] >> 4 == 6 && packet[6] == 6 ? 40 : 0;
}

/* Changes an octet of a TCP header and its checksum. RFC 1624, equation 3. */
static void change(unsigned char *tcp, int at, unsigned char value) {
  unsigned char *word = &tcp[at & ~1];
  uint32_t sum = (uint16_t)~(tcp[16] << 8 | tcp[17]) + (uint16_t)~(word[0] << 8 | word[1]);
  tcp[at] = value;
  sum += word[0] << 8 | word[1];
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  tcp[16] = (unsigned char)(~sum >> 8);
  tcp[17] = (unsigned char)~sum;
}

/* Three options of no operation take the place of the window scale. RFC 7323, section 2.2. */
static void unscale(unsigned char *tcp) {
  int end = (tcp[12] >> 4) * 4;
  for (int at = 20; at + 2 < end && tcp[at] != 0; at += tcp[at] == 1 ? 1 : tcp[at + 1]) {
    if (tcp[at] != 1 && tcp[at + 1] < 2) return;
    if (tcp[at] != 3) continue;
    for (int octet = 0; octet < 3; octet++) change(tcp, at + octet, 1);
    return;
  }
}

/* Sets TSval back. RFC 7323, section 3.2. */
static void set_back(unsigned char *tcp, uint32_t ticks) {
  int end = (tcp[12] >> 4) * 4;
  for (int at = 20; at + 9 < end && tcp[at] != 0; at += tcp[at] == 1 ? 1 : tcp[at + 1]) {
    if (tcp[at] != 1 && tcp[at + 1] < 2) return;
    if (tcp[at] != 8) continue;
    unsigned char *field = &tcp[at + 2];
    uint32_t tsval = (uint32_t)field[0] << 24 | field[1] << 16 | field[2] << 8 | field[3];
    tsval -= ticks;
    for (int octet = 0; octet < 4; octet++)
      change(tcp, at + 2 + octet, (unsigned char)(tsval >> (24 - 8 * octet)));
    return;
  }
}

static enum kind kind_of(const unsigned char *packet, int bytes) {
  int header = tcp_offset(packet, bytes);
  const unsigned char *tcp = packet + header;
  int payload = bytes - header - (tcp[12] >> 4) * 4;
  if (tcp[13] & 2) return SYN;
  if (payload > 0) return DATA;
  return tcp[13] & 1 ? FIN : ACK;
}

static void wait_for(const unsigned char *data, int bytes, int to, int64_t due_us) {
  if (waiting_count == MOST_WAITING) return;
  /* Sorted by time; packets with one time stay in order. */
  int at = waiting_count++;
  while (at > 0 && waiting[at - 1].due_us > due_us) {
    waiting[at] = waiting[at - 1];
    at--;
  }
  waiting[at].due_us = due_us;
  waiting[at].to = to;
  waiting[at].bytes = bytes;
  memcpy(waiting[at].data, data, bytes);
}

static void take(int from) {
  unsigned char data[MOST_BYTES];
  int bytes = read(devices[from], data, sizeof data);
  if (bytes < 0 || tcp_offset(data, bytes) == 0) return;
  int64_t now = now_us(), due = now + delay_us;
  enum kind kind = kind_of(data, bytes);
  long n = ++seen[from][kind];
  for (int i = 0; i < rule_count; i++) {
    const struct rule *rule = &rules[i];
    if (rule->from != from || rule->kind != (int)kind) continue;
    if (rule->is_every ? n % rule->n != 0 : n != rule->n) continue;
    if (strcmp(rule->action, "drop") == 0) return;
    if (strcmp(rule->action, "unscale") == 0) unscale(data + tcp_offset(data, bytes));
    if (strcmp(rule->action, "late") == 0) due += rule->argument;
    if (strcmp(rule->action, "twice") == 0) wait_for(data, bytes, !from, due + rule->argument);
    if (strcmp(rule->action, "outage") == 0) lost_until_us[from] = now + rule->argument;
    if (strcmp(rule->action, "spoil") == 0) spoiled_until_us[from] = now + rule->argument;
    if (strcmp(rule->action, "past") == 0) past_until_us[from] = now + rule->argument;
    if (strcmp(rule->action, "stall") == 0) held_until_us[from] = now + rule->argument;
  }
  if (now < lost_until_us[from]) return;
  if (now < past_until_us[from] && kind != SYN) set_back(data + tcp_offset(data, bytes), 500000);
  if (now < spoiled_until_us[from] && kind == DATA) data[tcp_offset(data, bytes) + 16] ^= 0x5a;
  if (due < held_until_us[from]) due = held_until_us[from];
  wait_for(data, bytes, !from, due);
}

int main(int count, char **arguments) {
  if (count < 6 || count > 6 + MOST_RULES) return 2;
  devices[0] = open_device(arguments[1], arguments[2]);
  devices[1] = open_device(arguments[3], arguments[4]);
  delay_us = atol(arguments[5]);
  for (int i = 6; i < count; i++) read_rule(arguments[i]);
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct pollfd ends[] = {{.fd = devices[0], .events = POLLIN}, {.fd = devices[1], .events = POLLIN}};
    int64_t left_us = waiting_count > 0 ? waiting[0].due_us - now_us() : 1000000;
    struct timespec limit = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};
    if (left_us > 0) ppoll(ends, 2, &limit, NULL);
    else poll(ends, 2, 0);
    for (int from = 0; from < 2; from++)
      if (ends[from].revents & POLLIN) take(from);
    while (waiting_count > 0 && waiting[0].due_us <= now_us()) {
      if (write(devices[waiting[0].to], waiting[0].data, waiting[0].bytes) < 0) perror("a packet was refused");
      memmove(&waiting[0], &waiting[1], (size_t)--waiting_count * sizeof waiting[0]);
    }
  }
}
