/*
 * Sends the Ethernet frames of a pcap file at a given rate, again and again: send-frames FILE INTERFACE RATE SECONDS ROUND.
 * FILE is one of make-capture.mjs: little-endian, IPv4 in 10.1.0.0/16 and 10.2.0.0/16, IPv6 in fd77::/16. Each round has
 * addresses of its own, so that its connections are new ones; ROUND is the number of the first, 0 to 119. Prints how many
 * frames were sent, and the seconds that took.
 * Frames go out in bursts a millisecond apart, past the queueing discipline, hundreds in a system call.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_HEADER = 24, RECORD_HEADER = 16, BURST = 1024, BURSTS_PER_SECOND = 1000, ROUNDS = 120 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void add(uint8_t *at, int by) {
  uint16_t word;
  memcpy(&word, at, 2);
  word = htons((uint16_t)(ntohs(word) + by));
  memcpy(at, &word, 2);
}

/* Moves both addresses on by `by` networks of 16 bits, which may be negative: by 2, 10.1 and 10.2 become 10.3 and 10.4. */
static void renumber(uint8_t *frame, int by) {
  uint8_t *packet = frame + 14;
  if (frame[12] == 0x86) {
    add(packet + 20, by);
    add(packet + 36, by);
    return;
  }
  add(packet + 12, by);
  add(packet + 16, by);
  /* RFC 1624, equation 3: the sum grows by what both words grow by. */
  int sum = (~ntohs(*(uint16_t *)(packet + 10)) & 0xffff) + 2 * by;
  sum = sum < 0 ? sum + 0xffff : (sum & 0xffff) + (sum >> 16);
  *(uint16_t *)(packet + 10) = htons((uint16_t)~sum);
}

int main(int count, char **words) {
  if (count != 6) errx(2, "usage: send-frames FILE INTERFACE RATE SECONDS ROUND");
  int file = open(words[1], O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about) < 0) err(1, "%s", words[1]);
  uint8_t *bytes = mmap(NULL, about.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (bytes == MAP_FAILED) err(1, "%s", words[1]);
  double rate = atof(words[3]), seconds = atof(words[4]);

  int fd = socket(AF_PACKET, SOCK_RAW, 0), yes = 1;
  struct sockaddr_ll target = {.sll_family = AF_PACKET, .sll_ifindex = if_nametoindex(words[2])};
  if (fd < 0 || target.sll_ifindex == 0 || bind(fd, (struct sockaddr *)&target, sizeof target) < 0) err(1, "%s", words[2]);
  setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof yes);

  static struct mmsghdr messages[BURST];
  static struct iovec parts[BURST];
  for (int i = 0; i < BURST; i++) messages[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  uint64_t sent = 0;
  off_t at = FILE_HEADER;
  int firstRound = atoi(words[5]) % ROUNDS, round = firstRound;
  double began = now(), passed = 0;
  while ((passed = now() - began) < seconds) {
    uint64_t wanted = (uint64_t)(passed * rate) - sent;
    int length = 0;
    while (length < BURST && (uint64_t)length < wanted) {
      uint32_t frameBytes;
      memcpy(&frameBytes, bytes + at + 8, 4);
      parts[length] = (struct iovec){.iov_base = bytes + at + RECORD_HEADER, .iov_len = frameBytes};
      /* The file has the addresses of round 0, what was sent before has those of the round before. */
      int network = round % ROUNDS, networkBefore = round == firstRound ? 0 : (round - 1) % ROUNDS;
      if (network != networkBefore) renumber(parts[length].iov_base, 2 * (network - networkBefore));
      length++;
      at += RECORD_HEADER + frameBytes;
      if (at >= about.st_size) {
        at = FILE_HEADER;
        round++;
      }
    }
    for (int done = 0; done < length;) {
      int some = sendmmsg(fd, messages + done, length - done, 0);
      if (some < 0 && errno != ENOBUFS && errno != EAGAIN) err(1, "sendmmsg");
      if (some > 0) done += some;
    }
    sent += length;
    if (length < BURST) usleep(1000000 / BURSTS_PER_SECOND);
  }
  printf("%llu %.6f\n", (unsigned long long)sent, passed);
  return 0;
}
