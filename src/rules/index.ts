import type { Rule } from "../engine/rule.js";
import { abortOnOverflowRst } from "./abort-on-overflow-rst.js";
import { acceptQueueSynDrop } from "./accept-queue-syn-drop.js";
import { badChecksum } from "./bad-checksum.js";
import { blackholeForward } from "./blackhole-forward.js";
import { blackholeReverse } from "./blackhole-reverse.js";
import { captureClock } from "./capture-clock.js";
import { captureDuplicated } from "./capture-duplicated.js";
import { captureFiltered } from "./capture-filtered.js";
import { captureLossy } from "./capture-lossy.js";
import { captureOffload } from "./capture-offload.js";
import { closeWaitLeak } from "./close-wait-leak.js";
import { connectTeardownLoop } from "./connect-teardown-loop.js";
import { connectionCutOff } from "./connection-cut-off.js";
import { deferAcceptWait } from "./defer-accept-wait.js";
import { delaySpike } from "./delay-spike.js";
import { delayedAckNagle } from "./delayed-ack-nagle.js";
import { finUnanswered } from "./fin-unanswered.js";
import { halfOpenPeer } from "./half-open-peer.js";
import { handshakeAckDropped } from "./handshake-ack-dropped.js";
import { idleCloseRace } from "./idle-close-race.js";
import { idleTimeoutMiddlebox } from "./idle-timeout-middlebox.js";
import { keepaliveTimeout } from "./keepalive-timeout.js";
import { lossRateHigh } from "./loss-rate-high.js";
import { notForwarded } from "./not-forwarded.js";
import { pawsRejected } from "./paws-rejected.js";
import { pmtuBlackhole } from "./pmtu-blackhole.js";
import { reordering } from "./reordering.js";
import { reusedTupleDropped } from "./reused-tuple-dropped.js";
import { routeBlackholeLocal } from "./route-blackhole-local.js";
import { routeFlapGap } from "./route-flap-gap.js";
import { rpcCallAbandoned } from "./rpc-call-abandoned.js";
import { rpcCallUnanswered } from "./rpc-call-unanswered.js";
import { rpcReconnectLoop } from "./rpc-reconnect-loop.js";
import { rstMidStream } from "./rst-mid-stream.js";
import { rstUnheard } from "./rst-unheard.js";
import { rtoTailLoss } from "./rto-tail-loss.js";
import { spuriousRetransmission } from "./spurious-retransmission.js";
import { stallServer } from "./stall-server.js";
import { stickyUnreachableRoute } from "./sticky-unreachable-route.js";
import { synAckAfterData } from "./syn-ack-after-data.js";
import { synAckLost } from "./syn-ack-lost.js";
import { synAckWrongIsn } from "./syn-ack-wrong-isn.js";
import { synAnsweredLate } from "./syn-answered-late.js";
import { synExtensionDropped } from "./syn-extension-dropped.js";
import { synFloodSuspect } from "./syn-flood-suspect.js";
import { synQueueFull } from "./syn-queue-full.js";
import { synRefused } from "./syn-refused.js";
import { synUnanswered } from "./syn-unanswered.js";
import { syncookieAckDropped } from "./syncookie-ack-dropped.js";
import { timeWaitOverflow } from "./time-wait-overflow.js";
import { unacceptedConnection } from "./unaccepted-connection.js";
import { unreachableHost } from "./unreachable-host.js";
import { windowLimited } from "./window-limited.js";
import { windowScaleLost } from "./window-scale-lost.js";
import { zeroWindowStall } from "./zero-window-stall.js";

/** Every rule, in the order in which lists show them. */
export const rules: readonly Rule[] = [
  synAckAfterData,
  syncookieAckDropped,
  handshakeAckDropped,
  unacceptedConnection,
  synQueueFull,
  acceptQueueSynDrop,
  abortOnOverflowRst,
  synAckWrongIsn,
  stickyUnreachableRoute,
  unreachableHost,
  routeBlackholeLocal,
  notForwarded,
  idleTimeoutMiddlebox,
  blackholeReverse,
  blackholeForward,
  synAckLost,
  badChecksum,
  pawsRejected,
  connectionCutOff,
  delaySpike,
  routeFlapGap,
  connectTeardownLoop,
  rpcReconnectLoop,
  rpcCallAbandoned,
  synFloodSuspect,
  reusedTupleDropped,
  timeWaitOverflow,
  rpcCallUnanswered,
  deferAcceptWait,
  synUnanswered,
  synExtensionDropped,
  synAnsweredLate,
  synRefused,
  zeroWindowStall,
  stallServer,
  lossRateHigh,
  rtoTailLoss,
  delayedAckNagle,
  windowLimited,
  windowScaleLost,
  spuriousRetransmission,
  reordering,
  pmtuBlackhole,
  rstMidStream,
  rstUnheard,
  halfOpenPeer,
  idleCloseRace,
  keepaliveTimeout,
  finUnanswered,
  closeWaitLeak,
  captureLossy,
  captureFiltered,
  captureDuplicated,
  captureOffload,
  captureClock,
];
