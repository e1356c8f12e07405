import { HAS_SYN_TIMESTAMPS } from "../../flows/endpoint.js";
import { type Flow, HAS_PROGRESS_TIMESTAMPS } from "../../flows/flow.js";
import { seqDiff } from "../../tcp/seq.js";

/** Less than this is rounding. */
const SHORTEST_LAG_MS = 5;
/** A cookie SYN-ACK's TSval carries options in its low bits and so lies up to 127 ticks of 1 ms before its clock. */
const LONGEST_LAG_MS = 130;
/** How far two healthy clocks drift apart (NTP slews by up to 500 ppm). */
const MAX_DRIFT = 500e-6;

/**
 * Milliseconds by which the SYN-ACK's TSval lags the server's clock, told by its next segment, when only a SYN cookie
 * explains them (Linux: cookie_init_timestamp); else null. Assumes a clock of 1 kHz (Linux since 4.13).
 */
export function cookieLagMs(flow: Flow): number | null {
  const { client, server } = flow;
  if (!(flow.facts & HAS_PROGRESS_TIMESTAMPS) || !(server.facts & HAS_SYN_TIMESTAMPS)) return null;
  const elapsedMs = (flow.progressNs - server.synNs) / 1e6;
  const lagMs = seqDiff(flow.progressTsval, server.synTsval) - elapsedMs;
  // A SYN-ACK held up on its way to the capture looks as late, but not by more than it took to come at all.
  const transitMs = Math.max(0, server.synNs - client.synNs) / 1e6;
  const explainedMs = SHORTEST_LAG_MS + transitMs + elapsedMs * MAX_DRIFT;
  return lagMs >= explainedMs && lagMs <= LONGEST_LAG_MS ? lagMs : null;
}
