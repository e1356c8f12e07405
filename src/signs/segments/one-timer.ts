/**
 * No retransmission timer runs out twice within it (Linux: TCP_RTO_MIN is 200 ms): what is sent again sooner was sent by the
 * same one. Nanoseconds.
 */
export const ONE_TIMER_NS = 50_000_000;
