/** States by number, as ss calls them. Linux include/net/tcp_states.h. */
export const TCP_STATES = [
  "",
  "ESTAB",
  "SYN-SENT",
  "SYN-RECV",
  "FIN-WAIT-1",
  "FIN-WAIT-2",
  "TIME-WAIT",
  "UNCONN",
  "CLOSE-WAIT",
  "LAST-ACK",
  "LISTEN",
  "CLOSING",
  "SYN-RECV",
];
export const LISTEN = 10;
/** Timers by number, as ss calls them; 2 is either of two. Linux net/ipv4/tcp_ipv4.c, get_tcp4_sock. */
export const TCP_TIMERS = [null, "on", "keepalive", "timewait", "persist"];
