import { parseScript } from "../../src/tcp/notation.js";
import { compileScript } from "./compile-script.js";

/** A pcap file of the script over Ethernet and IPv4. */
export function captureOf(script: string): Uint8Array {
  return compileScript(parseScript(script), { clientIsn: 1000, serverIsn: 5000, ipVersion: 4 }).pcap;
}

/** Seven frames: a connection that works. */
export const HEALTHY = captureOf(`
  0     -> S  0:0(0) <mss 1460>
  +.001 <- S. 0:0(0) ack 1 <mss 1460>
  +.001 -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.001 <- P. 1:4(3) ack 6
  +.001 -> F. 6:6(0) ack 4
  +.001 <- F. 4:4(0) ack 7`);

/** Eight frames: the server repeats its SYN-ACK after the client's data, which syn-ack-after-data describes, and nothing else. */
export const HUNG = captureOf(`
  0     -> S  0:0(0) <mss 1460>
  +.001 <- S. 0:0(0) ack 1 <mss 1460>
  +.001 -> .  1:1(0) ack 1
  +0    -> P. 1:6(5) ack 1
  +.1   -> P. 1:6(5) ack 1
  +.9   <- S. 0:0(0) ack 1 <mss 1460>
  +1    -> P. 1:6(5) ack 1
  +.001 <- .  1:1(0) ack 6`);

/** Octets of a pcap file's header, and of the header of each record in it. draft-ietf-opsawg-pcap, section 4. */
export const PCAP_HEADER_BYTES = 24;
export const RECORD_HEADER_BYTES = 16;
