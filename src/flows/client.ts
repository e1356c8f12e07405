import { ACK, SYN } from "../tcp/flags.js";
import { IS_KNOWN_BY_DIRECTION, IS_KNOWN_BY_PORTS, IS_KNOWN_BY_SYN, IS_KNOWN_BY_SYN_ACK } from "./flow.js";

/** Lowest port that common systems hand to clients (Linux: net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL_PORT = 32768;
/** Ports below are bound by servers, or by clients that prove privilege (NFS). */
const FIRST_UNPRIVILEGED_PORT = 1024;

/** Filled by `findClient`: which end of a flow is the client, and how that is known. */
export interface ClientVerdict {
  isSender: boolean;
  /** One of the IS_KNOWN_BY_… facts. */
  knownBy: number;
}

/** Whether a port is more likely a server's than the other: it is privileged, or outside the ephemeral range, alone. */
function looksLikeServer(port: number, other: number): boolean {
  if (port < FIRST_UNPRIVILEGED_PORT) return other >= FIRST_UNPRIVILEGED_PORT;
  return port < FIRST_EPHEMERAL_PORT && other >= FIRST_EPHEMERAL_PORT;
}

/**
 * Tells the client from a flow's first captured segment. A SYN comes from the client and a SYN-ACK from the server;
 * in a capture that begins in mid-flow the ports decide if they differ in kind, else whoever spoke first is taken to
 * be the client: both are guesses, and `flows.client_known_by` says so.
 */
export function findClient(
  flags: number,
  sourcePort: number,
  destinationPort: number,
  verdict: ClientVerdict,
): void {
  if (flags & SYN) {
    verdict.isSender = (flags & ACK) === 0;
    verdict.knownBy = verdict.isSender ? IS_KNOWN_BY_SYN : IS_KNOWN_BY_SYN_ACK;
  } else if (looksLikeServer(destinationPort, sourcePort)) {
    verdict.isSender = true;
    verdict.knownBy = IS_KNOWN_BY_PORTS;
  } else if (looksLikeServer(sourcePort, destinationPort)) {
    verdict.isSender = false;
    verdict.knownBy = IS_KNOWN_BY_PORTS;
  } else {
    verdict.isSender = true;
    verdict.knownBy = IS_KNOWN_BY_DIRECTION;
  }
}
