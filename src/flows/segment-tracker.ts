import { HAS_OTHER_OPTIONS, IS_FIRST_FRAGMENT, type SegmentBatch } from "../decode/segment-batch.js";
import { readSynExtensions, SYN_EXTENSIONS } from "../decode/syn-extensions.js";
import { TCP_HEADER_LENGTH_MIN } from "../decode/tcp.js";
import { readMss, readWindowScale, WINDOW_SCALE_MAX } from "../decode/tcp-options.js";
import { ACK, FIN, RST, SYN } from "../tcp/flags.js";
import { advanceConnectionState, CLOSED, ESTABLISHED, SYN_SENT } from "./connection-state.js";
import {
  type Endpoint,
  HAS_FRAGMENTS,
  HAS_ISN,
  HAS_RANGES_BEYOND_GAP,
  HAS_SYN_TIMESTAMPS,
  HAS_SYN_WITHOUT_ID,
  SPEAKS_SSH,
} from "./endpoint.js";
import { noteEstablishment } from "./establishment.js";
import {
  type Flow,
  HAS_PROGRESS,
  IS_CLOSED_BY_CLIENT,
  IS_CLOSED_BY_RST,
  IS_CLOSED_BY_SERVER,
  IS_SELF_CONNECT,
  IS_SIMULTANEOUS_OPEN,
} from "./flow.js";
import { noteGreeting } from "./greeting.js";
import {
  noteGaps,
  noteNumbers,
  noteRetransmission,
  noteSegment,
  noteZeroWindow,
  settleNumbers,
} from "./history.js";
import { RangesBeyondGap } from "./ranges-beyond-gap.js";
import { isSshIdentification } from "./ssh-identification.js";

/** Updates a flow with one segment: the counters, what was sent and acknowledged, how it opened and closed. */
export class SegmentTracker {
  readonly #ranges = new RangesBeyondGap();

  update(flow: Flow, batch: SegmentBatch, row: number): void {
    const isFromServer = batch.fromServer[row] === 1;
    const endpoint = isFromServer ? flow.server : flow.client;
    const peer = isFromServer ? flow.client : flow.server;
    const flags = batch.flags[row]!;
    const payloadLength = batch.payloadLength[row]!;
    const timeNs = batch.timeNs[row]!;

    if (!(flow.facts & HAS_PROGRESS)) noteEstablishment(flow, batch, row);
    if (payloadLength > 0) noteGreeting(flow, batch, row);
    noteSegment(flow, isFromServer, flags, batch.seq[row]!, payloadLength);
    if (batch.window[row] === 0) noteZeroWindow(flow, isFromServer, flags);

    if (endpoint.segments++ === 0) endpoint.ttl = batch.ttl[row]!;
    endpoint.lastNs = timeNs;
    endpoint.window = batch.window[row]!;
    endpoint.ipId = batch.ipId[row]!;
    if (timeNs > flow.endNs) flow.endNs = timeNs;
    if (flags & (SYN | FIN | RST)) this.#noteControl(flow, endpoint, isFromServer, batch, row);
    noteNumbers(flow, isFromServer, flags, batch.relativeSeq[row]!, payloadLength);
    if (!(flags & RST)) this.#noteSent(flow, endpoint, isFromServer, batch, row);
    settleNumbers(endpoint);
    advanceConnectionState(flow, isFromServer, flags, payloadLength);
    if (flags & ACK && !(flags & RST))
      this.#noteAcknowledged(flow, endpoint, peer, isFromServer, batch.relativeAck[row]!);
  }

  /** A frame that was recorded twice changes nothing but the history: Zeek knows no copies. */
  noteCopy(flow: Flow, batch: SegmentBatch, row: number): void {
    const isFromServer = batch.fromServer[row] === 1;
    if (batch.window[row] === 0) noteZeroWindow(flow, isFromServer, batch.flags[row]!);
    if (batch.payloadLength[row]! > 0) noteRetransmission(flow, isFromServer);
  }

  #noteControl(
    flow: Flow,
    endpoint: Endpoint,
    isFromServer: boolean,
    batch: SegmentBatch,
    row: number,
  ): void {
    const flags = batch.flags[row]!;
    if (flags & SYN) noteSyn(endpoint, batch, row);
    if (!(flags & (FIN | RST))) return;
    const timeNs = batch.timeNs[row]!;
    if (flags & FIN && endpoint.finFrame === 0) {
      endpoint.finFrame = batch.frame[row]!;
      endpoint.finNs = timeNs;
    }
    if (flags & RST && endpoint.rstFrame === 0) {
      endpoint.rstFrame = batch.frame[row]!;
      endpoint.rstNs = timeNs;
    }
    if (flow.facts & (IS_CLOSED_BY_CLIENT | IS_CLOSED_BY_SERVER)) return;
    flow.closedNs = timeNs;
    flow.facts |=
      (isFromServer ? IS_CLOSED_BY_SERVER : IS_CLOSED_BY_CLIENT) | (flags & RST ? IS_CLOSED_BY_RST : 0);
  }

  /** What the segment occupies in sequence space: new, sent before, or beyond a gap. */
  #noteSent(flow: Flow, endpoint: Endpoint, isFromServer: boolean, batch: SegmentBatch, row: number): void {
    const flags = batch.flags[row]!;
    const payloadLength = batch.payloadLength[row]!;
    if (payloadLength === 0 && !(flags & (SYN | FIN))) return;
    const first = batch.relativeSeq[row]!;
    // A stray SYN-ACK with an ISN that the peer did not accept is no part of the stream.
    if (flags & SYN && first !== 0) return;
    const dataFirst = flags & SYN ? first + 1 : first;
    const dataEnd = dataFirst + payloadLength;
    const end = flags & FIN ? dataEnd + 1 : dataEnd;

    if (batch.facts[row]! & IS_FIRST_FRAGMENT) endpoint.facts |= HAS_FRAGMENTS;
    if (payloadLength > 0) {
      endpoint.payloadBytes += payloadLength;
      if (endpoint.firstDataFrame === 0) {
        endpoint.firstDataFrame = batch.frame[row]!;
        endpoint.firstDataNs = batch.timeNs[row]!;
        endpoint.firstDataLength = payloadLength;
        if (isSshIdentification(batch, row)) endpoint.facts |= SPEAKS_SSH;
      }
    }
    if (end > endpoint.nextSeq) {
      endpoint.nextSeq = end;
    } else {
      // A keepalive repeats one octet or none below what was sent; it is no retransmission (RFC 9293, section 3.8.4).
      const isKeepalive = payloadLength <= 1 && first === endpoint.nextSeq - 1 && !(flags & (SYN | FIN));
      // Who answers a SYN that crossed his own repeats its number with an ACK (RFC 9293, section 3.5, figure 7).
      const answersCrossedSyn =
        (flags & (SYN | ACK)) === (SYN | ACK) &&
        (flow.facts & (IS_SIMULTANEOUS_OPEN | IS_SELF_CONNECT)) !== 0 &&
        endpoint.syns <= 2;
      if (!isKeepalive && !answersCrossedSyn) endpoint.retransmits++;
    }

    const contiguousTo = endpoint.contiguousTo;
    if (dataFirst <= contiguousTo || first <= contiguousTo) {
      if (end > contiguousTo)
        this.#extend(flow, endpoint, isFromServer, contiguousTo, dataFirst, dataEnd, end);
    } else {
      endpoint.facts |= HAS_RANGES_BEYOND_GAP;
      const fresh = this.#ranges.add(flow.id * 2 + (isFromServer ? 1 : 0), first, end);
      endpoint.uniqueBytes += Math.max(0, fresh - (end - dataEnd));
    }
  }

  #extend(
    flow: Flow,
    endpoint: Endpoint,
    isFromServer: boolean,
    contiguousTo: number,
    dataFirst: number,
    dataEnd: number,
    end: number,
  ): void {
    const freshFirst = Math.max(dataFirst, contiguousTo);
    endpoint.contiguousTo = end;
    if (dataEnd > freshFirst) endpoint.uniqueBytes += dataEnd - freshFirst;
    if (endpoint.facts & HAS_RANGES_BEYOND_GAP) {
      const key = flow.id * 2 + (isFromServer ? 1 : 0);
      endpoint.uniqueBytes -= Math.min(
        this.#ranges.covered(key, freshFirst, dataEnd),
        Math.max(0, dataEnd - freshFirst),
      );
      this.#advance(endpoint, key, end);
    }
  }

  #advance(endpoint: Endpoint, key: number, contiguousTo: number): void {
    endpoint.contiguousTo = this.#ranges.advance(key, contiguousTo);
    if (!this.#ranges.has(key)) endpoint.facts &= ~HAS_RANGES_BEYOND_GAP;
  }

  #noteAcknowledged(
    flow: Flow,
    endpoint: Endpoint,
    peer: Endpoint,
    isFromServer: boolean,
    relativeAck: number,
  ): void {
    if (relativeAck <= endpoint.ackedTo) return;
    // The server acknowledges an older connection's octets before it has agreed to this one: a half-open connection
    // (RFC 9293, section 3.5.1). They say nothing of this one.
    if (peer.zeekState === SYN_SENT && relativeAck > peer.nextSeq) return;
    endpoint.ackedTo = relativeAck;
    if (relativeAck <= peer.contiguousTo) return;
    // Octets acknowledged that were not captured. What only one direction of a capture shows is no gap.
    const key = flow.id * 2 + (isFromServer ? 0 : 1);
    if (isTransferring(endpoint) && isTransferring(peer) && !(peer.facts & HAS_FRAGMENTS)) {
      noteGaps(flow, !isFromServer, this.#ranges.gaps(key, peer.contiguousTo, relativeAck));
    }
    this.#advance(peer, key, relativeAck);
  }
}

/** The endpoint's side of the connection is established or was closed in order, as far as the capture shows. */
function isTransferring(endpoint: Endpoint): boolean {
  const state = endpoint.zeekState;
  return state === ESTABLISHED || (state === CLOSED && endpoint.zeekPreviousState === ESTABLISHED);
}

function noteSyn(endpoint: Endpoint, batch: SegmentBatch, row: number): void {
  endpoint.syns++;
  if (endpoint.synFrame > 0) return;
  endpoint.synFrame = batch.frame[row]!;
  endpoint.synNs = batch.timeNs[row]!;
  const optionsAt = batch.tcpAt[row]! + TCP_HEADER_LENGTH_MIN;
  const optionsLength = batch.optionsLength[row]!;
  endpoint.facts &= ~SYN_EXTENSIONS;
  endpoint.facts |= batch.ipId[row] === 0 ? HAS_ISN | HAS_SYN_WITHOUT_ID : HAS_ISN;
  endpoint.facts |= readSynExtensions(
    batch.bytes,
    optionsAt,
    optionsLength,
    batch.flags[row]!,
    batch.payloadLength[row]!,
  );
  endpoint.mss = 0;
  if (endpoint.facts & HAS_SYN_TIMESTAMPS) endpoint.synTsval = batch.tsval[row]!;
  if (!(batch.facts[row]! & HAS_OTHER_OPTIONS)) return;
  endpoint.mss = readMss(batch.bytes, optionsAt, optionsLength) ?? 0;
  const windowScale = readWindowScale(batch.bytes, optionsAt, optionsLength);
  if (windowScale !== null) endpoint.windowScale = Math.min(windowScale, WINDOW_SCALE_MAX);
}
