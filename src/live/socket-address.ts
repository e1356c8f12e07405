import { AnalyzeError } from "../errors.js";

/** A host, by name or number, and a port. */
export interface SocketAddress {
  readonly host: string;
  readonly port: number;
}

/** `:9464` for loopback, `0.0.0.0:9464`, `[::1]:9464`, `collector:8125`. Throws AnalyzeError USAGE that names the option. */
export function parseSocketAddress(text: string, option: string, leastPort = 0): SocketAddress {
  const match = /^(?:\[([0-9a-fA-F:.]{2,45})\]|([^:[\]\s]{0,253})):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3] ?? Number.NaN);
  if (match !== null && port >= leastPort && port <= 65_535)
    return { host: match[1] ?? (match[2] || "127.0.0.1"), port };
  throw new AnalyzeError("USAGE", `${option} takes [HOST]:PORT, such as :9464, not "${text}".`);
}
