import { appendTo } from "../../engine/append-to.js";
import type { TimeWindow } from "../../engine/time-window.js";
import { ACTIVITY_SLACK_NS, AddressActivity } from "./address-activity.js";
import { pairOf } from "./address-pair.js";
import type { AddressPairs } from "./address-pairs.js";

/** Remembered of each kind, in all and of one pair of addresses: more would say the same. */
const MAX_WINDOWS = 100_000;
const MAX_WINDOWS_OF_PAIR = 512;

/**
 * What is known of the ways from clients to servers, address to address: when connections between them went on, and when what
 * clients sent had to be sent again in vain.
 */
export class ServerPaths {
  readonly #conversations: AddressActivity;
  readonly #stalls = new WindowsOfPairs();
  readonly #cutOffs = new WindowsOfPairs();
  readonly #lateAnswers = new WindowsOfPairs();

  /** `pairs`: those that have sent; they may be others' as well. */
  constructor(pairs: AddressPairs) {
    this.#conversations = new AddressActivity(pairs);
  }

  /** A connection of the two passed segments both ways at `startNs`, at `endNs`, and in between. */
  addConversation(client: string, server: string, startNs: number, endNs: number): void {
    this.#conversations.add(client, server, startNs, endNs);
  }

  /** An open connection of the two stood still: what the client sent then was in vain for sure. */
  addStall(client: string, server: string, inVain: TimeWindow): void {
    this.#stalls.add(client, server, inVain);
  }

  /** The same of a connection that the server is known to have held. */
  addCutOff(client: string, server: string, inVain: TimeWindow): void {
    this.#cutOffs.add(client, server, inVain);
  }

  /** SYNs of a connection that was opened in the end: those but the last, or the last two, were in vain for sure. */
  addLateAnswer(client: string, server: string, inVain: TimeWindow): void {
    this.#lateAnswers.add(client, server, inVain);
  }

  /**
   * A connection of the two is known to have passed segments both ways at some time after `startNs` and before `endNs`. Nothing is
   * known of a time that is over before it begins.
   */
  wentOn(client: string, server: string, startNs: number, endNs: number): boolean {
    return startNs < endNs && this.#conversations.hasSent(client, server, startNs, endNs);
  }

  /** Within this time an open connection of the two stood still, and no other one is known to have gone on beside it. */
  hasStall(client: string, server: string, window: TimeWindow): boolean {
    return this.#isShut(this.#stalls, client, server, window);
  }

  /** Within this time a connection that the server held stood still, whatever became of others: no accept queue does that. */
  hasCutOff(client: string, server: string, { startNs, endNs }: TimeWindow): boolean {
    return this.#cutOffs
      .of(client, server)
      .some((inVain) => inVain.startNs < endNs && inVain.endNs > startNs);
  }

  /** Within this time SYNs were in vain, and no connection of the two is known to have gone on beside them. */
  hasLateAnswer(client: string, server: string, window: TimeWindow): boolean {
    return this.#isShut(this.#lateAnswers, client, server, window);
  }

  /** What goes on behind the last vain attempt tells nothing: the path may have come back by then. */
  #isShut(windows: WindowsOfPairs, client: string, server: string, { startNs, endNs }: TimeWindow): boolean {
    return windows
      .of(client, server)
      .some(
        (inVain) =>
          inVain.startNs < endNs &&
          inVain.endNs > startNs &&
          !this.wentOn(client, server, inVain.startNs + ACTIVITY_SLACK_NS, inVain.endNs),
      );
  }
}

class WindowsOfPairs {
  readonly #byPair = new Map<string, TimeWindow[]>();
  #count = 0;

  add(client: string, server: string, window: TimeWindow): void {
    if (this.of(client, server).length >= MAX_WINDOWS_OF_PAIR || this.#count >= MAX_WINDOWS) return;
    this.#count++;
    appendTo(this.#byPair, pairOf(client, server), window);
  }

  of(client: string, server: string): readonly TimeWindow[] {
    return this.#byPair.get(pairOf(client, server)) ?? [];
  }
}
