/** Packets of connections that stand still, for the tests of the rules about outages. */

/** `count` connections of 192.0.2.1 to `server`, opened and used; `by` says who sends the data. */
export function opened(count: number, server = "192.0.2.7:80", by: "->" | "<-" = "->"): string {
  const exchange =
    by === "->"
      ? `+.01 -> P. 1:101(100) ack 1
         +.02 <- .  1:1(0) ack 101`
      : `+.01 -> P. 1:5(4) ack 1
         +.02 <- P. 1:101(100) ack 5
         +.01 -> .  5:5(0) ack 101`;
  return `
    connection 1 client 192.0.2.1:40000 server ${server}
    repeat ${count} every 0.001 {
      +0   -> S  0:0(0)
      +.02 <- S. 0:0(0) ack 1
      +0   -> .  1:1(0) ack 1
      ${exchange}
    }`;
}

/** Another connection of 192.0.2.1, to an address that answers. */
export function answered(number: number, server = "192.0.2.6:80"): string {
  return `
    connection ${number} client 192.0.2.1:${40_000 + number} server ${server}
    +.05 -> S  0:0(0)
    +.02 <- S. 0:0(0) ack 1
    +0   -> .  1:1(0) ack 1
    +0   -> P. 1:6(5) ack 1
    +.02 <- P. 1:6(5) ack 6
    +0   -> .  6:6(0) ack 6`;
}

/** The same segment of `count` connections after each of `gaps` seconds; `reply` follows each at once. */
export function repeated(count: number, packet: string, gaps: readonly number[], reply?: string): string {
  const lines = gaps.map((gap) => `+${gap} ${packet}${reply === undefined ? "" : `\n+.0001 ${reply}`}`);
  return `
    connection 1
    repeat ${count} every 0.001 {
      ${lines.join("\n      ")}
    }`;
}

/** A path shut right behind a handshake, with an open connection beside it that stands still as long; both are answered in the end. */
export function shutBehindHandshake(): string {
  const both = (gap: number): string => `
    connection 1
    +${gap} -> P. 1:6(5) ack 1
    connection 9
    +.01 -> P. 101:201(100) ack 1`;
  return `
    connection 9 client 192.0.2.1:40009 server 192.0.2.2:80
    0    -> S  0:0(0)
    +.02 <- S. 0:0(0) ack 1
    +0   -> .  1:1(0) ack 1
    +.01 -> P. 1:101(100) ack 1
    +.02 <- .  1:1(0) ack 101
    connection 1 client 192.0.2.1:40001 server 192.0.2.2:80
    +.1  -> S  0:0(0)
    +.02 <- S. 0:0(0) ack 1
    +0   -> .  1:1(0) ack 1
    ${[0.01, 0.2, 0.4, 0.8, 1.6].map(both).join("")}
    connection 1
    +.5  <- .  1:1(0) ack 6
    connection 9
    +0   <- .  1:1(0) ack 201`;
}
