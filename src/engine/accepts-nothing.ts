import type { Endpoint } from "../flows/endpoint.js";

/** All that it sent are SYNs, and RSTs: it has taken nothing of what its peer says for its own connection's. */
export function acceptsNothing({
  segments,
  syns,
  rstFrame,
  ackedTo,
  payloadBytes,
  finFrame,
}: Endpoint): boolean {
  if (segments === syns) return true;
  return rstFrame > 0 && ackedTo === 0 && payloadBytes === 0 && finFrame === 0;
}
