/* What both programs that join network namespaces do: path.c and test/two-hosts/faulty-path.c. */
#ifndef _GNU_SOURCE
#error "setns takes _GNU_SOURCE"
#endif
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void fail(const char *what) {
  perror(what);
  exit(1);
}

/* Goes into a network namespace of ip(8) and makes a tun device there that gives and takes IP packets without waiting. */
static int open_device(const char *namespace, const char *device) {
  char path[128];
  snprintf(path, sizeof path, "/run/netns/%s", namespace);
  int file = open(path, O_RDONLY);
  if (file < 0 || setns(file, CLONE_NEWNET) < 0) fail(path);
  close(file);
  int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK);
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  snprintf(request.ifr_name, sizeof request.ifr_name, "%s", device);
  if (tun < 0 || ioctl(tun, TUNSETIFF, &request) < 0) fail(device);
  return tun;
}
