import { HAS_SACK, HAS_TIMESTAMPS, type SegmentBatch } from "../../decode/segment-batch.js";
import { ACK, FIN, RST, SYN } from "../../tcp/flags.js";
import { seqDiff } from "../../tcp/seq.js";
import { isAcknowledged } from "../acknowledged.js";
import { type Endpoint, HAS_ISN } from "../endpoint.js";
import { type Flow, IS_SELF_CONNECT } from "../flow.js";
import { isAskedFor } from "./asked-for.js";
import {
  CAPTURE_COPY,
  CERTAIN,
  causeCode,
  causeOf,
  FAST,
  KEEPALIVE,
  NETWORK_DUPLICATE,
  NO_CONFIDENCE,
  PROOF_ACKNOWLEDGED,
  REORDERING,
  TIMEOUT,
  UNKNOWN,
  WEAK,
} from "./cause.js";
import {
  HAS_SENT_KEEPALIVE,
  HAS_SENT_WINDOW_PROBE,
  IS_IN_FAST,
  IS_IN_TIMEOUT,
  IS_WEAK_TIMEOUT,
  WAS_IN_FAST,
} from "./cause-state.js";
import { fillRepeat } from "./fill-repeat.js";
import { answersLaterSyn, isAnotherAttempt, judgeHandshake } from "./handshake-cause.js";
import { lateOriginalConfidence, networkDuplicateConfidence } from "./late-original.js";
import { judgeLoss, type Repeated } from "./loss-cause.js";
import { knewOfLoss, noteEvidence, settleEvidence } from "./loss-evidence.js";
import { maySack } from "./may-sack.js";
import { isPieceOfLarger } from "./piece-of-larger.js";
import { judgeProbe, nextSeqOf } from "./probe-cause.js";
import { isForLoss, RepeatLog } from "./repeat-log.js";
import { hasProbed, reviseProbe } from "./revise-probe.js";
import { noteRoundTrip, pathRoundTripNs, SHORTEST_TIMEOUT_NS, soonestAnswerNs } from "./round-trip.js";
import { SendLog } from "./send-log.js";
import { proveBySoonerAnswer } from "./sooner-answer.js";
import { proveByTimestamps } from "./spurious.js";
import { judgeSteadily } from "./steady-judge.js";

/**
 * Judges every segment that repeats sequence numbers: why it was sent again, or that it was not sent again at all. Fills
 * the column `cause` and keeps a row of each in `log`, where what proves it needless is added later.
 */
export class RetransmissionJudge {
  readonly log = new RepeatLog();
  readonly #sent = new SendLog();
  readonly #repeated: Repeated = {
    end: 0,
    sentNs: 0,
    ticks: 0,
    transmissions: 0,
    hasProbed: false,
    isAfterPause: false,
    isExpiry: false,
  };

  /** To be called for each segment in the order of capture, labelled and known for a copy, before the flow is updated. */
  judge(flow: Flow, batch: SegmentBatch, row: number): void {
    const isFromServer = batch.fromServer[row] === 1;
    const sender = isFromServer ? flow.server : flow.client;
    const receiver = isFromServer ? flow.client : flow.server;
    if (judgeSteadily(flow, sender, receiver, this.#sent, batch, row)) return;
    this.judgeWhole(flow, sender, receiver, batch, row);
  }

  /** Whether what was taken for a copy is none, but a retransmission. To be asked before `judge`. */
  isAskedFor(flow: Flow, batch: SegmentBatch, row: number): boolean {
    const isFromServer = batch.fromServer[row] === 1;
    const [sender, receiver] = isFromServer ? [flow.server, flow.client] : [flow.client, flow.server];
    return isAskedFor(this.#sent, sender, receiver, batch, row);
  }

  /** Whether data was captured before, in a segment that was cut since. To be asked before `judge`. */
  isPieceOfLarger(flow: Flow, batch: SegmentBatch, row: number): boolean {
    const isFromServer = batch.fromServer[row] === 1;
    const sender = isFromServer ? flow.server : flow.client;
    if (batch.relativeSeq[row]! >= sender.nextSeq || flow.facts & IS_SELF_CONNECT) return false;
    return isPieceOfLarger(this.#sent, sender, isFromServer ? flow.client : flow.server, batch, row);
  }

  /** Looks at everything; `judge` does so only where it must. */
  judgeWhole(flow: Flow, sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): void {
    batch.cause[row] = 0;
    const flags = batch.flags[row]!;
    if (flags & RST) return;
    const length = batch.payloadLength[row]!;
    const hasSequence = length > 0 || (flags & (SYN | FIN)) !== 0;
    if (batch.isCopy[row] === 1) {
      if (hasSequence) batch.cause[row] = causeCode(CAPTURE_COPY, CERTAIN);
      return;
    }
    // Both directions of a socket connected to itself are one: nothing tells a repetition from an answer.
    if (flow.facts & IS_SELF_CONNECT) return;
    if (hasSequence) {
      if (batch.relativeSeq[row]! < sender.nextSeq) this.#judgeRepeat(flow, sender, receiver, batch, row);
      else this.#noteNew(flow, sender, receiver, batch, row);
    } else if (batch.relativeSeq[row] === nextSeqOf(sender, receiver) - 1) {
      const cause = judgeProbe(sender, receiver, batch, row, -1);
      if (cause !== 0) this.#record(flow, sender, batch, row, cause, batch.relativeSeq[row]!, false);
      if (causeOf(cause) === KEEPALIVE) sender.causeFacts |= HAS_SENT_KEEPALIVE;
    }
    if (flags & ACK) this.#noteAck(flow, sender, receiver, batch, row);
  }

  #noteNew(flow: Flow, sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): void {
    const length = batch.payloadLength[row]!;
    sender.causeFacts &= ~HAS_SENT_KEEPALIVE;
    // Times before the origin are negative: 0 is no time long ago.
    if (sender.causeSentNewest === 0) sender.causeProgressNs = sender.causeEvidenceNs = batch.timeNs[row]!;
    if (receiver.ackedTo >= sender.nextSeq) {
      sender.causeProgressNs = batch.timeNs[row]!;
      if (length === 1 && receiver.window === 0 && receiver.segments > 0)
        sender.causeFacts |= HAS_SENT_WINDOW_PROBE;
      else if (sender.causeFacts !== 0) sender.causeFacts &= ~HAS_SENT_WINDOW_PROBE;
    }
    const span = spanOf(batch.flags[row]!, length);
    const newest = sender.causeSentNewest;
    sender.causeSentNewest = this.#sent.add(newest, false, batch, row, span, flow.lastCaptureId);
    if (sender.causeTimedTo === 0) {
      sender.causeTimedTo = batch.relativeSeq[row]! + span;
      sender.causeTimedNs = batch.timeNs[row]!;
    }
  }

  #noteAck(flow: Flow, acker: Endpoint, sender: Endpoint, batch: SegmentBatch, row: number): void {
    const ack = batch.relativeAck[row]!;
    if (ack > acker.ackedTo) {
      if (sender.causeRepeatedTo > acker.ackedTo) {
        proveByTimestamps(this.log, sender, acker, batch, row, flow.lastCaptureId);
        proveBySoonerAnswer(this.log, sender, acker, batch, row, flow.lastCaptureId);
      }
      const timeNs = batch.timeNs[row]!;
      sender.causeProgressNs = timeNs;
      if (sender.causeTimedTo !== 0 && ack >= sender.causeTimedTo) {
        // A SYN is acknowledged at once and without data: else that was not captured.
        const isLater = sender.causeTimedTo === 1 && batch.payloadLength[row]! > 0;
        if (!isLater) noteRoundTrip(sender, timeNs - sender.causeTimedNs);
        sender.causeTimedTo = 0;
      }
      if (sender.causeDuplicateAcks !== 0) settleEvidence(sender, ack);
      if (sender.causeRecoveryTo !== 0 && ack >= sender.causeRecoveryTo + beyondRecovery(sender, acker)) {
        sender.causeRecoveryTo = 0;
        sender.causeFacts &= ~(IS_IN_TIMEOUT | IS_IN_FAST | IS_WEAK_TIMEOUT);
      }
      if (batch.facts[row]! & HAS_SACK) noteEvidence(this.log, sender, acker, batch, row, flow.lastCaptureId);
    } else if (batch.facts[row]! & HAS_SACK || !this.#awaitsHandshakeAck(sender, batch, row)) {
      noteEvidence(this.log, sender, acker, batch, row, flow.lastCaptureId);
    }
  }

  /** Nothing but its SYN-ACK, or that once more, was sent last: the ACK of it says nothing of what came before. */
  #awaitsHandshakeAck(sender: Endpoint, batch: SegmentBatch, row: number): boolean {
    if (batch.payloadLength[row]! > 0 || sender.causeSentNewest === 0) return true;
    return (sender.facts & HAS_ISN) !== 0 && this.#sent.first(sender.causeSentNewest - 1) === 0;
  }

  #judgeRepeat(flow: Flow, sender: Endpoint, receiver: Endpoint, batch: SegmentBatch, row: number): void {
    const sent = this.#sent;
    const flags = batch.flags[row]!;
    const first = batch.relativeSeq[row]!;
    // A SYN-ACK with another ISN, which the peer did not accept, is no part of the stream.
    if (flags & SYN && first !== 0) return;
    const span = spanOf(flags, batch.payloadLength[row]!);
    const end = first + span;
    sent.find(sender.causeSentNewest, first, end);
    const cause = this.#causeOfRepeat(flow, sender, receiver, batch, row, end);
    if (cause === 0) return;

    this.#record(flow, sender, batch, row, cause, end, isAcknowledged(receiver, end));
    const newest = sender.causeSentNewest;
    sender.causeSentNewest = sent.add(newest, true, batch, row, span, flow.lastCaptureId);
    // Which transmission an acknowledgment answers is unknown now (Karn's algorithm, RFC 6298, section 3).
    if (sender.causeTimedTo > first) sender.causeTimedTo = 0;
    if (end > sender.causeRepeatedTo) sender.causeRepeatedTo = end;
    const kind = causeOf(cause);
    if (kind === TIMEOUT) {
      // The timer expired anew: all that is in flight counts as lost again.
      if (this.#repeated.isExpiry) sender.causeFacts &= ~(IS_IN_TIMEOUT | IS_WEAK_TIMEOUT);
      if (!(sender.causeFacts & IS_IN_TIMEOUT) && cause === causeCode(TIMEOUT, WEAK))
        sender.causeFacts |= IS_WEAK_TIMEOUT;
      beginRecovery(sender, IS_IN_TIMEOUT, end);
    } else if (kind === FAST) {
      beginRecovery(sender, IS_IN_FAST, end);
    } else if (kind === KEEPALIVE) {
      sender.causeFacts |= HAS_SENT_KEEPALIVE;
    }
  }

  #causeOfRepeat(
    flow: Flow,
    sender: Endpoint,
    receiver: Endpoint,
    batch: SegmentBatch,
    row: number,
    end: number,
  ): number {
    const sent = this.#sent;
    const { latest, original } = sent;
    const newest = sender.causeSentNewest - 1;
    const reference = latest >= 0 ? latest : sent.follower;
    const sentNs = reference >= 0 ? sent.timeNs(reference) : null;
    const hasEvidence =
      sentNs !== null &&
      knewOfLoss(sender, receiver, batch, row, sentNs) &&
      ((sender.causeFacts & (IS_IN_FAST | IS_IN_TIMEOUT)) !== 0 ||
        batch.timeNs[row]! - sentNs >= soonestAnswerNs(flow, batch.fromServer[row] === 1));
    // Without an identification an answer to another SYN looks like the answer before it.
    const isAnswer = batch.ipId[row] === 0 && sentNs !== null && answersLaterSyn(flow, batch, row, sentNs);
    const duplicate = isAnswer
      ? NO_CONFIDENCE
      : networkDuplicateConfidence(sent, batch, row, end, newest, hasEvidence);
    if (duplicate !== NO_CONFIDENCE) return causeCode(NETWORK_DUPLICATE, duplicate);
    if (batch.flags[row]! & SYN) {
      if (isAnotherAttempt(sender, receiver, batch, row)) {
        forget(sender);
        forget(receiver);
      }
      return judgeHandshake(flow, batch, row, sentNs);
    }

    const probe = judgeProbe(sender, receiver, batch, row, original >= 0 ? sent.length(original) : -1);
    if (probe !== 0) return probe;
    if (sent.isWhole || latest >= 0) {
      const roundTripNs = pathRoundTripNs(sender, receiver);
      const late = lateOriginalConfidence(sent, batch, row, newest, hasEvidence, roundTripNs);
      if (late !== NO_CONFIDENCE) return causeCode(REORDERING, late);
    }
    if (sentNs === null) return causeCode(UNKNOWN, NO_CONFIDENCE);
    const repeated = this.#repeated;
    repeated.end = end;
    repeated.sentNs = sentNs;
    const hasClocks = latest >= 0 && sent.hasTsval(latest) && (batch.facts[row]! & HAS_TIMESTAMPS) !== 0;
    repeated.ticks = hasClocks ? seqDiff(batch.tsval[row]!, sent.tsval(latest)) : 0;
    repeated.transmissions = sent.transmissions;
    repeated.hasProbed = hasProbed(this.log, sender);
    repeated.isAfterPause = latest < 0 && sent.hasPaused(newest, SHORTEST_TIMEOUT_NS);
    const cause = judgeLoss(sender, receiver, batch, row, repeated);
    if (causeOf(cause) === TIMEOUT) reviseProbe(this.log, sender, batch, row);
    return cause;
  }

  /** Keeps a row of the repetition; `#sent` still holds what was found of the earlier transmissions. */
  #record(
    flow: Flow,
    sender: Endpoint,
    batch: SegmentBatch,
    row: number,
    cause: number,
    end: number,
    isInVain: boolean,
  ): void {
    batch.cause[row] = cause;
    const repeat = this.log.add();
    fillRepeat(repeat, this.#sent, flow, sender, batch, row, end);
    if (isInVain && isForLoss(repeat)) repeat.proof = PROOF_ACKNOWLEDGED;
    repeat.previous = sender.causeRepeatNewest;
    sender.causeRepeatNewest = this.log.newest;
  }
}

/** Sequence numbers that a segment occupies. RFC 9293, section 3.4. */
function spanOf(flags: number, payloadLength: number): number {
  return payloadLength + (flags & SYN ? 1 : 0) + (flags & FIN ? 1 : 0);
}

/**
 * Octets beyond what was in flight at its begin that end a recovery: without SACK a timeout's lasts until something new is
 * acknowledged, because duplicates of the last ACK may still come (RFC 6582, section 4).
 */
function beyondRecovery(sender: Endpoint, acker: Endpoint): number {
  return sender.causeFacts & IS_IN_TIMEOUT && !maySack(sender, acker) ? 1 : 0;
}

/** Until all that was in flight is acknowledged, repetitions belong to one recovery; a timeout ends a fast one. */
function beginRecovery(sender: Endpoint, fact: number, end: number): void {
  if (sender.causeFacts & (fact | IS_IN_TIMEOUT)) return;
  sender.causeFacts &= ~(IS_IN_FAST | WAS_IN_FAST);
  sender.causeFacts |= fact === IS_IN_FAST ? fact | WAS_IN_FAST : fact;
  sender.causeRecoveryTo = Math.max(sender.nextSeq, end);
}

/** What follows belongs to another attempt with the same numbers: what was sent and hinted at before is not repeated by it. */
function forget(endpoint: Endpoint): void {
  endpoint.causeSentNewest = endpoint.causeDuplicateAcks = 0;
  endpoint.causeTimedTo = endpoint.causeRecoveryTo = 0;
  endpoint.causeFacts = 0;
}
