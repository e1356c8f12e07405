#!/bin/bash
# Makes every capture and its page again, in about three minutes. Needs root, Linux with network namespaces, Node 20, cc,
# iproute2, nftables, ethtool, tcpdump, and Wireshark's tshark and dumpcap, which also check the results.
set -euo pipefail
cd "$(dirname "$0")"

for program in node cc ip tc ss nstat nft ethtool tcpdump tshark dumpcap; do
  command -v "$program" > /dev/null || { echo "make captures: $program is not installed" >&2; exit 2; }
done
if [ "$(id -u)" -ne 0 ]; then
  echo "make captures: network namespaces need root" >&2
  exit 2
fi

children=()
trap 'for child in "${children[@]}"; do kill "$child" 2> /dev/null || true; done' EXIT

# The slow ones wait for timers and run beside the others; those that need an idle machine run one after the other.
for behaviour in syncookies accept-queue-overflow; do
  node "$behaviour.mjs" &
  children+=($!)
done
for behaviour in loopback-2003 abort-on-overflow connect-teardown-loop defer-accept health-checks healthy \
  lost-handshake-ack mirrored; do
  node "$behaviour.mjs"
done
for child in "${children[@]}"; do wait "$child"; done
