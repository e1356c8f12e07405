#!/bin/bash
# Makes every capture and its page again, in about four minutes. Needs root, Linux with network namespaces, Node 20, cc,
# iproute2, nftables, ethtool, tcpdump, and Wireshark's tshark and dumpcap, which also check the results; for nfs-server also nfs-ganesha,
# its FSAL for memory, rpcbind and libnfs-utils: without them it is left as it is.
set -uo pipefail
cd "$(dirname "$0")" || exit 2

for program in node cc ip tc ss nstat nft ethtool tcpdump tshark dumpcap gzip; do
  command -v "$program" > /dev/null || { echo "make captures: $program is not installed" >&2; exit 2; }
done
if [ "$(id -u)" -ne 0 ]; then
  echo "make captures: network namespaces need root" >&2
  exit 2
fi

children=()
trap 'for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done' EXIT

# Overlapping handshakes are a matter of milliseconds: on a busy machine a capture may lack what it should show. The
# script then refuses it, and gets a second chance.
make_capture() {
  node "$1.mjs" || { echo "make captures: $1 again" >&2; node "$1.mjs"; }
}

failures=0
# These wait for timers most of the time and run beside the others.
for behaviour in syncookies accept-queue-overflow close-wait-leak; do
  make_capture "$behaviour" &
  children+=($!)
done
for behaviour in begun-late both-ends loopback-2003 abort-on-overflow connect-teardown-loop connection-cut-off deep-queue defer-accept failed-connects fin-unanswered broken-off narrow-path not-forwarded syns-not-forwarded health-checks healthy idle-close-race idle-timeout \
  lost-handshake-ack mirrored nfs-server nfs-teardown-loop outages reordering refused-segments reused-tuple rpc syn-ack-lost syn-extension-dropped syn-flood syn-queue-full syns-filtered time-wait-overflow two-hosts-one-address \
  vantage retransmission-causes rst-once rst-unheard watched window-limited window-scale; do
  make_capture "$behaviour" || failures=$((failures + 1))
done
for child in "${children[@]}"; do wait "$child" || failures=$((failures + 1)); done
children=()
[ "$failures" -eq 0 ] || { echo "make captures: $failures failed" >&2; exit 1; }
