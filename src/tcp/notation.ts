import { printConnection } from "./notation-connection.js";
import { packetLineColumns } from "./notation-line.js";
import type { Script } from "./script.js";
import { ScriptParser } from "./script-parser.js";

export { parsePacketLine, printPacketLine } from "./notation-line.js";

/*
 * The packet notation, one packet a line, as packetdrill and tcpdump write it.
 *
 *     0      -> S  0:0(0) <mss 1460,sackOK,wscale 7>
 *     +.001  <- S. 0:0(0) ack 1 win 65535   @synack
 *     +0     -> P. 1:6(5) ack 1 {ttl 63}    // the request
 *
 *     TIME DIRECTION FLAGS FIRST:LAST(LENGTH) [ack N] [win N] [<options>] [{annotations}] [@label] [// note]
 *
 * TIME is in seconds; after `+` it counts from the line before. `->` is client to server. FLAGS are those of
 * flags.ts; `.` and `ack N` go together. Numbers count from the ISN, which is 0; LENGTH is LAST - FIRST, the payload.
 * Options: `mss N`, `wscale N`, `sackOK`, `sack N:N N:N`, `TS val N ecr N`, `nop`, `eol`, `fastopen HEX`,
 * `unknown-KIND 0xHEX`. Annotations: `ttl N`, `id N` (IPv4 identification), `copy` (an earlier packet of this
 * connection and direction, recorded once more).
 *
 * Two directives stand on lines of their own:
 *
 *     connection 2 client 10.0.0.3:40001 server 10.0.0.2:80
 *
 * makes the lines after it speak of connection 2. The defaults are connection 1; client 192.0.2.1 with port 39999
 * plus the connection's number; server 192.0.2.2:80; over IPv6 2001:db8::1 and 2001:db8::2. `connection 1` goes back.
 *
 *     repeat 5 every 0.3 {
 *       +0 -> S 0:0(0) @syn
 *     }
 *
 * stands for five connections that begin 0.3 s apart: the current one and those with the next numbers and
 * client ports. Times inside are relative, the first one to the block's start; the label becomes `syn-1` to `syn-5`.
 */

/**
 * Reads a script. Blank lines and lines that are only a note are passed over.
 * @throws SyntaxError that names the line, its text and what was expected
 */
export function parseScript(text: string): Script {
  const parser = new ScriptParser();
  for (const [index, line] of text.split(/\r?\n/).entries()) parser.read(line, index + 1);
  return parser.finish();
}

/**
 * The script in its one canonical form, which parseScript reads back to an equal script: columns aligned, times
 * relative from the second line on, blocks written out.
 */
export function printScript(script: Script): string {
  const connections = new Map(script.connections.map((connection) => [connection.number, connection]));
  const rows = script.lines.map((line, index) => packetLineColumns(line, script.lines[index - 1]?.timeNs));
  const timeWidth = rows.reduce((width, [time]) => Math.max(width, time.length), 0);
  const flagsWidth = rows.reduce((width, [, , flags]) => Math.max(width, flags.length), 0);
  const printed: string[] = [];
  let current = 1;
  for (const [index, [time, direction, flags, rest]] of rows.entries()) {
    const { connection: number } = script.lines[index]!;
    const connection = connections.get(number) ?? { number, client: null, server: null };
    const isDefault = connection.client === null && connection.server === null;
    // Default ends need no telling; other ends are told each time, which parseScript accepts when they agree.
    if (number !== current || (index === 0 && !isDefault)) printed.push(printConnection(connection));
    current = number;
    printed.push(`${time.padEnd(timeWidth)} ${direction} ${flags.padEnd(flagsWidth)} ${rest}`);
  }
  return printed.map((text) => `${text}\n`).join("");
}
