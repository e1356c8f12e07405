import type { FileFacts } from "../decode/decode-series.js";
import type { Look } from "../engine/dispatch.js";
import type { Finding } from "../engine/finding.js";
import type { Listener } from "../engine/listeners.js";
import type { ActiveRule } from "../engine/rule-settings.js";
import { strengthenFindings } from "../engine/strengthen.js";
import { supersedeFindings } from "../engine/supersede.js";
import type { JudgedVantage } from "../engine/vantage.js";
import { type TimedFlaw, weakenFindings } from "../engine/weaken.js";
import type { KernelObservations } from "../kernel/observations.js";
import { FlowsLook } from "../look-at-flows.js";
import type { LiveFlows } from "./live-flows.js";

/** What a look found. */
export interface LookResult {
  readonly findings: readonly Finding[];
  readonly vantage: JudgedVantage;
  /** Connections to the servers of a finding's flows, as far as they are in memory. */
  readonly serverFlowsOf: (finding: Finding) => number;
}

/**
 * One look at all flows in memory, in steps, so that frames can be taken in between: each flow is seen once, as it is at
 * that moment.
 */
export class LiveLook {
  readonly #flows: LiveFlows;
  readonly #active: readonly ActiveRule[];
  readonly #look: Look;
  readonly #shown: FlowsLook;
  readonly #listenerOf = new Map<number, Listener>();

  constructor(flows: LiveFlows, active: readonly ActiveRule[]) {
    this.#flows = flows;
    this.#active = active;
    this.#look = flows.dispatcher.look();
    const facts = {
      files: [flows.facts()],
      encapsulations: flows.encapsulations(),
      rpcCalls: flows.rpc.calls,
    };
    this.#shown = new FlowsLook(flows.table, this.#look, facts, () => {}, this.#listenerOf);
  }

  /** Looks on at `most` flows; false when all have been seen. */
  advance(most: number): boolean {
    return this.#shown.advance(most);
  }

  /**
   * Asks for the findings, as sure as the kernel's word and the capture's flaws let them be. `asked`: what the rules found
   * that are queries.
   */
  finish(
    file: FileFacts,
    asked: readonly Finding[],
    kernel: KernelObservations | null,
    flaws: readonly TimedFlaw[],
  ): LookResult {
    const { icmpErrors, rpc } = this.#flows;
    const facts = {
      files: [file],
      encapsulations: [],
      rpcCalls: rpc.calls,
      icmpErrors,
      kernel,
    };
    const vantage = this.#shown.finish(facts);
    const found = [...this.#look.findings, ...asked];
    const confirmed = kernel === null ? found : strengthenFindings(found, this.#active, kernel);
    const findings = weakenFindings(supersedeFindings(confirmed, this.#active), this.#active, flaws);
    return { findings, vantage, serverFlowsOf: (finding) => this.#serverFlowsOf(finding) };
  }

  #serverFlowsOf({ flowIds }: Finding): number {
    const listeners = new Set<Listener>();
    for (const flowId of flowIds) {
      const listener = this.#listenerOf.get(flowId);
      if (listener !== undefined) listeners.add(listener);
    }
    let flows = 0;
    for (const listener of listeners) flows += listener.flows;
    // Those of a rule that is a query may have left memory.
    return Math.max(flows, flowIds.length);
  }
}
