/** Packets of connections to a server, for the tests of stall-server. */

export const handshake = `
  0     -> S  0:0(0)
  +.001 <- S. 0:0(0) ack 1
  +0    -> .  1:1(0) ack 1`;

/** Its server answers the request at once. */
export const answeredConnection = `
  connection 1
  ${handshake}
  +0    -> P. 1:101(100) ack 1
  +.001 <- P. 1:201(200) ack 101
  +0    -> .  101:101(0) ack 201`;

/** A client has acknowledged the server's settings, and waits for nothing. */
export const idleTls = `
  ${handshake}
  +0    -> P. 1:101(100) ack 1 // tls data
  +.001 <- P. 1:301(300) ack 101 // tls data
  +0    -> P. 101:132(31) ack 301 // tls data
  +.001 <- .  301:301(0) ack 132 @ack`;

/** The server speaks `seconds` later, and closes the connection when that is idle again. */
export const answeredThenIdle = (seconds: string) => `${idleTls}
  +${seconds} <- P. 301:374(73) ack 132 @answer // tls data
  +0    -> .  132:132(0) ack 374
  +1    -> P. 132:163(31) ack 374 // tls data
  +.001 <- .  374:374(0) ack 163
  +60   <- P. 374:447(73) ack 163 // tls data
  +0    -> F. 163:163(0) ack 447`;

/**
 * A client that was answered tells the server something `times` times, with `apart` seconds between, of which the server acknowledges each;
 * `seconds` behind the last the server speaks.
 */
export function publishing(times: number, seconds: string, apart = ".3"): string {
  let packets = `${handshake}
    +0    -> P. 1:101(100) ack 1
    +.001 <- P. 1:9(8) ack 101
    +0    -> .  101:101(0) ack 9`;
  for (let to = 201; to <= 101 + times * 100; to += 100)
    packets += `
      +${apart} -> P. ${to - 100}:${to}(100) ack 9
      +.001     <- .  9:9(0) ack ${to} ${to === 101 + times * 100 ? "@ack" : ""}`;
  const end = 101 + times * 100;
  return `${packets}
    +${seconds} <- P. 9:17(8) ack ${end} @answer
    +0          -> .  ${end}:${end}(0) ack 17`;
}
