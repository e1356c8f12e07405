import type { PacketLine } from "./packet-line.js";

/** A text in the packet notation, read: packets of one or more connections in capture order. */
export interface Script {
  /** The connections that have lines, in the order of their first line. */
  readonly connections: readonly ScriptConnection[];
  readonly lines: readonly ScriptLine[];
}

/** A packet line and the number of its connection. */
export interface ScriptLine extends PacketLine {
  readonly connection: number;
}

/** A connection of a script. An end that is null has the default of the IP version (see notation.ts). */
export interface ScriptConnection {
  /** Its name in the script, 1 to 65535. */
  readonly number: number;
  readonly client: ScriptEndpoint | null;
  readonly server: ScriptEndpoint | null;
}

/** One end of a connection. */
export interface ScriptEndpoint {
  /** IPv4 or IPv6 address as written. */
  readonly address: string;
  /** 0 to 65535. */
  readonly port: number;
}
