import { isIPv4, isIPv6 } from "node:net";
import type { NotationScanner } from "./notation-scanner.js";
import type { ScriptConnection, ScriptEndpoint } from "./script.js";

const MAX_CONNECTION = 0xffff;

/** Reads what follows the word `connection`: `2 client 10.0.0.3:40001 server [2001:db8::2]:80`. */
export function scanConnection(scanner: NotationScanner): ScriptConnection {
  const number = scanner.integer("a connection number", 1, MAX_CONNECTION);
  const client = scanner.match(/client(?!\w)/y) === null ? null : scanEndpoint(scanner);
  const server = scanner.match(/server(?!\w)/y) === null ? null : scanEndpoint(scanner);
  scanner.match(/\/\/.*/y);
  scanner.expect(/$/y, "client ADDRESS:PORT, then server ADDRESS:PORT, or nothing more");
  return { number, client, server };
}

function scanEndpoint(scanner: NotationScanner): ScriptEndpoint {
  const expected = "an end point such as 10.0.0.1:80 or [2001:db8::1]:80";
  const found = scanner.expect(/(?:\[([0-9a-f:.]+)\]|([0-9.]+)):(\d+)(?=\s|$)/iy, expected);
  const [text, bracketed, plain = "", port = ""] = found;
  const isAddress = bracketed === undefined ? isIPv4(plain) : isIPv6(bracketed);
  if (!isAddress) scanner.refuse(`expected ${expected}, found "${text}"`);
  return { address: bracketed ?? plain, port: scanner.within(port, "a port", 0, 0xffff) };
}

/**
 * The connection `steps` numbers further on, its client port as many higher, its server the same.
 * @param scanner the line to blame when number or port run out
 */
export function laterConnection(
  connection: ScriptConnection,
  steps: number,
  scanner: NotationScanner,
): ScriptConnection {
  const number = scanner.within(`${connection.number + steps}`, "a connection number", 1, MAX_CONNECTION);
  const { client, server } = connection;
  if (client === null) return { number, client, server };
  const port = scanner.within(`${client.port + steps}`, "a port", 0, 0xffff);
  return { number, client: { address: client.address, port }, server };
}

/** True when both name the same ends. */
export function haveSameEnds(a: ScriptConnection, b: ScriptConnection): boolean {
  return isSameEnd(a.client, b.client) && isSameEnd(a.server, b.server);
}

function isSameEnd(a: ScriptEndpoint | null, b: ScriptEndpoint | null): boolean {
  return a?.address === b?.address && a?.port === b?.port;
}

/** The directive that scanConnection reads. */
export function printConnection({ number, client, server }: ScriptConnection): string {
  const clientText = client === null ? "" : ` client ${printEndpoint(client)}`;
  const serverText = server === null ? "" : ` server ${printEndpoint(server)}`;
  return `connection ${number}${clientText}${serverText}`;
}

function printEndpoint({ address, port }: ScriptEndpoint): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
