import { ACK, SYN } from "../tcp/flags.js";
import { IS_KNOWN_BY_DIRECTION, IS_KNOWN_BY_PORTS, IS_KNOWN_BY_SYN, IS_KNOWN_BY_SYN_ACK } from "./flow.js";

/** Lowest port that common systems hand to clients (Linux: net.ipv4.ip_local_port_range). */
const FIRST_EPHEMERAL_PORT = 32768;
/** Ports below are bound by servers, or by clients that prove privilege (NFS). */
const FIRST_UNPRIVILEGED_PORT = 1024;

/**
 * Unprivileged ports that servers are known by, many of them ephemeral elsewhere. IANA's Service Name and Transport Protocol
 * Port Number Registry, and what is in wide use without being there.
 */
const SERVICE_PORTS: ReadonlySet<number> = new Set([
  // Databases, caches, queues.
  1433, 1521, 3306, 5432, 5672, 6379, 9042, 9092, 9200, 11211, 27017,
  // Files, screens, directories.
  2049, 3128, 3260, 3268, 3269, 3389, 5900, 5985, 5986,
  // Web, mail and talk beside the privileged ports.
  1080, 1194, 1883, 5060, 5061, 5222, 8000, 8080, 8443, 8883,
  // Industry: IEC 60870-5-104, OPC UA, IEEE C37.118, FINS, DNP3, EtherNet/IP, BACnet.
  2404, 4840, 4712, 9600, 20000, 44818, 47808,
]);

/** Filled by `findClient`: which end of a flow is the client, and how that is known. */
export interface ClientVerdict {
  isSender: boolean;
  /** One of the IS_KNOWN_BY_… facts. */
  knownBy: number;
}

/** Whether a port is more likely a server's than the other: it is privileged, or a service's, or outside the ephemeral range, alone. */
function looksLikeServer(port: number, other: number): boolean {
  if (port < FIRST_UNPRIVILEGED_PORT) return other >= FIRST_UNPRIVILEGED_PORT;
  if (other < FIRST_UNPRIVILEGED_PORT) return false;
  const isService = SERVICE_PORTS.has(port);
  if (isService !== SERVICE_PORTS.has(other)) return isService;
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
