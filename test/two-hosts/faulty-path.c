/*
 * A path between two network namespaces that is as bad as it is told to be, at random but the same for the same seed.
 * Each end is a tun device in its namespace, because not every kernel has netem. captures/make/path.c does things to
 * chosen packets; this one does them to any, and stops what it is told to for a while.
 *
 *     faulty-path NAMESPACE-A DEVICE-A NAMESPACE-B DEVICE-B LOG [NAME=VALUE ...]
 *
 * The settings stand below with what they are when not given. Prints "ready N", where N is how many nanoseconds the
 * real clock is ahead of the monotonic one, then works until it is killed. LOG gets a line for every packet that was
 * not simply passed on: its end, its IP identification (IPv6 has none: 0), its sequence number, and what was done.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../captures/make/tun-device.h"

enum { IPV4_BYTES = 20, IPV6_BYTES = 40, TCP = 6, TCP_BYTES = 20 };
enum { TCP_RST = 4, TCP_SYN = 2, TCP_ACK = 16 };
enum { MOST_WAITING = 8192, MOST_QUEUED = 1024, MOST_BYTES = 2048, MOST_OUTAGES = 8, AT_ONCE = 64 };

static struct {
  const char *name;
  double value;
} settings[] = {
    {"seed", 1},
    {"delay-us", 1000},                     /* each way */
    {"jitter-us", 0},                       /* at most, on top of the delay: packets overtake each other */
    {"loss-a-ppm", 0}, {"loss-b-ppm", 0},   /* of what each end sends */
    {"burst", 1},                           /* how many are lost in a row, on average */
    {"twice-ppm", 0},                       /* delivered a second time */
    {"late-ppm", 0},                        /* delivered behind later ones */
    {"rate-kbit", 0},                       /* 0: no limit */
    {"queue-packets", 50},                  /* that wait for the limited rate; more are lost */
    {"outages", 0},                         /* times when nothing passes, one way or both */
    {"duration-s", 8},                      /* in which the outages lie */
    {"stop-ms", 0},                         /* how long what the next settings choose does not pass */
    {"stop-begin-ms", 0},                   /* since "ready" */
    {"stop-from", 2},                       /* the end that sends it: 0, 1, or 2 for both */
    {"stop-percent", 100},                  /* of the connections */
    {"stop-bytes", 0},                      /* least length of the packets */
    {"forget-ms", 0},                       /* since "ready": from then on only connections pass that began later; 0: never */
    {"forget-idle-ms", 0},                  /* a connection that said nothing for so long does not pass any more; 0: any may */
    {"forget-reset-ttl", 0},                /* what does not pass then is answered by a RST with this TTL; 0: by nothing */
};

struct packet {
  int64_t due_us;
  int to, bytes;
  unsigned char data[MOST_BYTES];
};
struct outage {
  int64_t begin_us, end_us;
  int from; /* 2: both ends */
};
/* When packets will have passed the limited rate, in the order in which they came. */
struct queue {
  int64_t leaves_us[MOST_QUEUED];
  int first, count;
};
static struct packet *waiting[MOST_WAITING];
static struct queue queues[2];
static struct outage outages[MOST_OUTAGES];
static int waiting_count, outage_count, devices[2], in_burst[2];
static int64_t ready_us;
/* By the port of end A: which connections began when others were forgotten, and when each passed something last. */
static unsigned char began_later[65536];
static int64_t passed_us[65536];
static FILE *log_file;

static int64_t clock_ns(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}
static int64_t now_us(void) { return clock_ns(CLOCK_MONOTONIC) / 1000; }

static double *setting(const char *name, size_t length) {
  for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
    if (strlen(settings[i].name) == length && strncmp(settings[i].name, name, length) == 0) return &settings[i].value;
  fprintf(stderr, "no such setting: %s\n", name);
  exit(2);
}

static double get(const char *name) { return *setting(name, strlen(name)); }

/* Most are short, a few longer than the retransmission timer waits even after it has doubled. */
static void plan_outages(void) {
  outage_count = get("outages") < MOST_OUTAGES ? (int)get("outages") : MOST_OUTAGES;
  for (int i = 0; i < outage_count; i++) {
    int64_t begin_us = now_us() + (int64_t)(drand48() * get("duration-s") * 1e6);
    int64_t end_us = begin_us + (int64_t)((0.05 + drand48() * drand48() * 1.5) * 1e6);
    outages[i] = (struct outage){begin_us, end_us, (int)(drand48() * 3)};
  }
}

static void wait_for(const unsigned char *data, int bytes, int to, int64_t due_us) {
  if (waiting_count == MOST_WAITING) return;
  struct packet *packet = malloc(sizeof *packet);
  if (packet == NULL) fail("malloc");
  *packet = (struct packet){.due_us = due_us, .to = to, .bytes = bytes};
  memcpy(packet->data, data, (size_t)bytes);
  /* Sorted by time; packets with one time stay in order. */
  int at = waiting_count++;
  while (at > 0 && waiting[at - 1]->due_us > due_us) {
    waiting[at] = waiting[at - 1];
    at--;
  }
  waiting[at] = packet;
}

static int is_ipv6(const unsigned char *data) { return data[0] >> 4 == 6; }

static int is_tcp(const unsigned char *data, int bytes) {
  if (bytes < IPV4_BYTES + TCP_BYTES) return 0;
  if (is_ipv6(data)) return bytes >= IPV6_BYTES + TCP_BYTES && data[6] == TCP;
  return data[0] >> 4 == 4 && data[9] == TCP;
}

static const unsigned char *tcp_of(const unsigned char *data) {
  return data + (is_ipv6(data) ? IPV6_BYTES : (data[0] & 15) * 4);
}

/* The same for both directions of a connection, and as good as random. */
static int connection_percent(const unsigned char *data) {
  const unsigned char *tcp = tcp_of(data);
  uint32_t ports = (uint32_t)(tcp[0] << 8 | tcp[1]) ^ (uint32_t)(tcp[2] << 8 | tcp[3]);
  return (int)((ports * 2654435761u >> 16) % 100);
}

static int is_stopped(int from, const unsigned char *data, int bytes, int64_t now) {
  int64_t since_us = now - ready_us - (int64_t)(get("stop-begin-ms") * 1000);
  return since_us >= 0 && since_us < get("stop-ms") * 1000 && get("stop-from") != !from && bytes >= get("stop-bytes") &&
         connection_percent(data) < get("stop-percent");
}

/*
 * As firewalls and NATs do: they know nothing of a connection of which they did not see the SYN since they started, nor of one that
 * was silent for too long.
 */
static int is_forgotten(int from, const unsigned char *data, int64_t now) {
  const unsigned char *tcp = tcp_of(data), *port = tcp + (from ? 2 : 0);
  int number = port[0] << 8 | port[1], is_syn = !from && (tcp[13] & (TCP_SYN | TCP_ACK)) == TCP_SYN;
  if (get("forget-ms") > 0 && now - ready_us >= get("forget-ms") * 1000) {
    if (is_syn) began_later[number] = 1;
    if (!began_later[number]) return 1;
  }
  if (get("forget-idle-ms") > 0) {
    if (!is_syn && now - passed_us[number] > get("forget-idle-ms") * 1000) return 1;
    passed_us[number] = now;
  }
  return 0;
}

static int is_lost(int from, int64_t now) {
  for (int i = 0; i < outage_count; i++)
    if (now >= outages[i].begin_us && now < outages[i].end_us && outages[i].from != !from) return 1;
  double loss = get(from ? "loss-b-ppm" : "loss-a-ppm") / 1e6, burst = get("burst");
  in_burst[from] = drand48() < (burst > 1 && in_burst[from] ? 1 - 1 / burst : loss / burst);
  return in_burst[from];
}

/* How long the limited rate keeps a packet, or -1 when so many, of whatever size, are before it that it finds no place. */
static int64_t queued_us(int from, int bytes, int64_t now) {
  if (get("rate-kbit") <= 0) return 0;
  struct queue *queue = &queues[from];
  while (queue->count > 0 && queue->leaves_us[queue->first] <= now) {
    queue->first = (queue->first + 1) % MOST_QUEUED;
    queue->count--;
  }
  if (queue->count >= get("queue-packets") || queue->count == MOST_QUEUED) return -1;
  int end = (queue->first + queue->count) % MOST_QUEUED;
  int64_t begins_us = queue->count > 0 ? queue->leaves_us[(end + MOST_QUEUED - 1) % MOST_QUEUED] : now;
  int64_t leaves_us = begins_us + (int64_t)(bytes * 8000.0 / get("rate-kbit"));
  queue->leaves_us[end] = leaves_us;
  queue->count++;
  return leaves_us - now;
}

static void note(int from, const unsigned char *data, const char *what) {
  const unsigned char *tcp = tcp_of(data);
  uint32_t seq = (uint32_t)tcp[4] << 24 | (uint32_t)tcp[5] << 16 | (uint32_t)tcp[6] << 8 | tcp[7];
  int identification = is_ipv6(data) ? 0 : data[4] << 8 | data[5];
  fprintf(log_file, "%c %d %u %s\n", from ? 'b' : 'a', identification, seq, what);
}

/* One's complement of the one's complement sum of 16-bit words, from `sum` on (RFC 1071). */
static uint16_t checksum(const unsigned char *data, int bytes, uint32_t sum) {
  for (int at = 0; at < bytes; at += 2) sum += (uint32_t)(data[at] << 8 | data[at + 1]);
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

/* The RST that its addressee would send who does not know the connection. RFC 9293, section 3.10.7.1. */
static void answer_by_reset(int from, const unsigned char *data, int bytes, int64_t due_us) {
  static const unsigned char ipv4[] = {0x45, [3] = IPV4_BYTES + TCP_BYTES, [6] = 0x40, [9] = TCP, [19] = 0};
  static const unsigned char ipv6[] = {0x60, [5] = TCP_BYTES, [6] = TCP, [39] = 0};
  const unsigned char *asked = tcp_of(data);
  if (asked[13] & TCP_RST) return;
  unsigned char reset[IPV6_BYTES + TCP_BYTES] = {0}, *tcp = reset + (is_ipv6(data) ? IPV6_BYTES : IPV4_BYTES);
  memcpy(reset, is_ipv6(data) ? ipv6 : ipv4, (size_t)(tcp - reset));
  reset[is_ipv6(data) ? 7 : 8] = (unsigned char)get("forget-reset-ttl");
  /* Both headers end with the addresses. */
  int address_bytes = is_ipv6(data) ? 16 : 4;
  unsigned char *addresses = tcp - 2 * address_bytes;
  const unsigned char *asked_addresses = data + (addresses - reset);
  memcpy(addresses, asked_addresses + address_bytes, (size_t)address_bytes);
  memcpy(addresses + address_bytes, asked_addresses, (size_t)address_bytes);
  memcpy(tcp, asked + 2, 2);
  memcpy(tcp + 2, asked, 2);
  tcp[12] = 5 << 4;
  if (asked[13] & TCP_ACK) {
    tcp[13] = TCP_RST;
    memcpy(tcp + 4, asked + 8, 4);
  } else {
    uint32_t seq = (uint32_t)asked[4] << 24 | (uint32_t)asked[5] << 16 | (uint32_t)asked[6] << 8 | asked[7];
    uint32_t ack = htonl(seq + (uint32_t)(bytes - (int)(asked - data) - (asked[12] >> 4) * 4 + (asked[13] & 1)));
    tcp[13] = TCP_RST | TCP_ACK;
    memcpy(tcp + 8, &ack, 4);
  }
  /* The pseudo header: both addresses, protocol and length. */
  uint16_t sum = htons(checksum(addresses, 2 * address_bytes + TCP_BYTES, TCP + TCP_BYTES));
  memcpy(tcp + 16, &sum, 2);
  if (!is_ipv6(data)) {
    sum = htons(checksum(reset, IPV4_BYTES, 0));
    memcpy(reset + 10, &sum, 2);
  }
  wait_for(reset, (int)(tcp - reset) + TCP_BYTES, from, due_us);
}

static void take(int from, const unsigned char *data, int bytes) {
  /* What else a new device says is not wanted. */
  if (!is_tcp(data, bytes)) return;
  int64_t now = now_us();
  double delay_us = get("delay-us");
  if (is_stopped(from, data, bytes, now)) return note(from, data, "stopped");
  if (is_forgotten(from, data, now)) {
    if (get("forget-reset-ttl") > 0) answer_by_reset(from, data, bytes, now + (int64_t)delay_us);
    return note(from, data, "forgotten");
  }
  if (is_lost(from, now)) return note(from, data, "lost");
  int64_t queued = queued_us(from, bytes, now);
  if (queued < 0) return note(from, data, "lost");
  int64_t due = now + queued + (int64_t)(delay_us + drand48() * get("jitter-us"));
  if (drand48() < get("late-ppm") / 1e6) {
    due += (int64_t)(drand48() * (delay_us + 2000) * 2);
    note(from, data, "late");
  }
  wait_for(data, bytes, !from, due);
  if (drand48() >= get("twice-ppm") / 1e6) return;
  wait_for(data, bytes, !from, due + (int64_t)(drand48() * drand48() * delay_us * 2));
  note(from, data, "twice");
}

static void deliver(void) {
  while (waiting_count > 0 && waiting[0]->due_us <= now_us()) {
    struct packet *packet = waiting[0];
    if (write(devices[packet->to], packet->data, (size_t)packet->bytes) < 0) perror("a packet was refused");
    free(packet);
    memmove(&waiting[0], &waiting[1], (size_t)--waiting_count * sizeof *waiting);
  }
}

int main(int count, char **arguments) {
  if (count < 6) return 2;
  devices[0] = open_device(arguments[1], arguments[2]);
  devices[1] = open_device(arguments[3], arguments[4]);
  log_file = fopen(arguments[5], "w");
  if (log_file == NULL) fail(arguments[5]);
  for (int i = 6; i < count; i++) {
    size_t length = strcspn(arguments[i], "=");
    *setting(arguments[i], length) = atof(arguments[i] + length + (arguments[i][length] == '='));
  }
  srand48((long)get("seed"));
  plan_outages();
  ready_us = now_us();
  printf("ready %lld\n", (long long)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC)));
  fflush(stdout);
  for (;;) {
    struct pollfd ends[] = {{.fd = devices[0], .events = POLLIN}, {.fd = devices[1], .events = POLLIN}};
    int64_t left_us = waiting_count > 0 ? waiting[0]->due_us - now_us() : 1000000;
    struct timespec limit = {.tv_sec = left_us / 1000000, .tv_nsec = left_us % 1000000 * 1000};
    if (left_us > 0) ppoll(ends, 2, &limit, NULL);
    else poll(ends, 2, 0);
    unsigned char data[MOST_BYTES];
    for (int from = 0; from < 2; from++)
      for (int taken = 0; taken < AT_ONCE; taken++) {
        ssize_t bytes = read(devices[from], data, sizeof data);
        if (bytes < 0) break;
        take(from, data, (int)bytes);
      }
    fflush(log_file);
    deliver();
  }
}
