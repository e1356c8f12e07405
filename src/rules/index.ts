import type { Rule } from "../engine/rule.js";
import { connectTeardownLoop } from "./connect-teardown-loop.js";
import { handshakeAckDropped } from "./handshake-ack-dropped.js";
import { synAckAfterData } from "./syn-ack-after-data.js";
import { syncookieAckDropped } from "./syncookie-ack-dropped.js";

/** Every rule, in the order in which lists show them. */
export const rules: readonly Rule[] = [
  synAckAfterData,
  syncookieAckDropped,
  handshakeAckDropped,
  connectTeardownLoop,
];
