import { type Endpoint, HAS_WINDOW_SCALE } from "../../flows/endpoint.js";
import type { Flow } from "../../flows/flow.js";

/** Both SYNs had the option: windows are scaled. RFC 7323, section 2.2. */
export function isScaled({ client, server }: Flow): boolean {
  return (client.facts & server.facts & HAS_WINDOW_SCALE) !== 0;
}

/** The window that `receiver`, an end of the flow, offered last, in octets; of no use before its first segment behind the SYN. */
export function scaledWindow(flow: Flow, receiver: Endpoint): number {
  return isScaled(flow) ? receiver.window * 2 ** receiver.windowScale : receiver.window;
}
