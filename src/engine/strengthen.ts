import type { FileAlignment, KernelObservations } from "../kernel/observations.js";
import { parseEndpoint } from "../tcp/address.js";
import {
  type GrowthTestimony,
  growthTestimony,
  nameListener,
  type QueueTestimony,
  queueTestimony,
} from "./accept-queue.js";
import type { Finding, FindingData } from "./finding.js";
import { seconds } from "./message-values.js";
import type { AcceptQueueCause } from "./rule.js";
import type { ActiveRule } from "./rule-settings.js";
import type { TimeWindow } from "./time-window.js";

const OVERFLOWS = "TcpExtListenOverflows";

/**
 * The findings of one capture (or series) as sure as the kernel's own word makes them. A rule whose findings a full
 * accept queue explains says so (`meta.acceptQueue`). Such a finding becomes certain when, in its time, the sockets
 * listed show the queue of its listener full, or TcpExtListenOverflows grew; where both are given, both must say so.
 * The alternatives are then those that the kernel's word leaves. Where it contradicts, confidence stays, and the
 * contradiction stands among the alternatives. Findings that nothing was said about stay as they are.
 */
export function strengthenFindings(
  findings: readonly Finding[],
  active: readonly ActiveRule[],
  kernel: KernelObservations,
): Finding[] {
  const rules = new Map(active.map((each) => [each.rule.id, each]));
  return findings.map((finding) => {
    const rule = rules.get(finding.ruleId);
    const cause = rule?.rule.meta.acceptQueue;
    return rule === undefined || cause === undefined ? finding : strengthen(finding, rule, cause, kernel);
  });
}

/** What the kernel said in a finding's time. */
interface Testimony {
  /** As the capture names it. */
  readonly listener: string;
  readonly queue: QueueTestimony;
  readonly overflows: GrowthTestimony;
  /** Of the other counters that the cause needs. */
  readonly others: readonly { readonly name: string; readonly growth: GrowthTestimony }[];
}

function strengthen(
  finding: Finding,
  { severity }: ActiveRule,
  cause: AcceptQueueCause,
  kernel: KernelObservations,
): Finding {
  // Behind the address stands what the segments were wrapped in, if anything.
  const endpoint = parseEndpoint(finding.subject.replace(/ \(.*\)$/, ""));
  if (endpoint === null) return finding;
  const window = windowOf(finding);
  const growth = (name: string): GrowthTestimony => growthTestimony(kernel.counters, name, window);
  const testimony: Testimony = {
    listener: finding.subject,
    queue: queueTestimony(kernel, endpoint.address, endpoint.port, window),
    overflows: growth(OVERFLOWS),
    others: cause.counters.map((name) => ({ name, growth: growth(name) })),
  };
  const { queue, overflows, others } = testimony;
  if (queue.verdict === "silent" && overflows.verdict === "silent") return finding;
  const objections = objectionsOf(testimony);
  if (objections.length > 0) return { ...finding, alternatives: [...finding.alternatives, ...objections] };

  const isWhole = overflows.verdict === "grown" && others.every((each) => each.growth.verdict === "grown");
  return {
    ...finding,
    message: `${finding.message} ${confirmation(testimony)}`,
    confidence: "certain",
    severity,
    data: { ...finding.data, ...dataOf(testimony) },
    alternatives: [
      ...(isWhole ? [] : cause.remaining),
      ...remainders(testimony),
      ...doubts(kernel.files, queue, overflows),
    ],
  };
}

/** From the first of the packets that prove it, which may lie before its beginning, to its end. */
function windowOf({ evidence, startNs, endNs }: Finding): TimeWindow {
  return { startNs: evidence.reduce((first, { timeNs }) => Math.min(first, timeNs), startNs), endNs };
}

/** Why the kernel's word does not fit the cause; none when it does. */
function objectionsOf({ listener, queue, overflows, others }: Testimony): string[] {
  const objections: string[] = [];
  const grew = `${OVERFLOWS} grew by ${overflows.delta} meanwhile`;
  const stood = `${OVERFLOWS} did not grow meanwhile`;
  if (queue.verdict === "missing") {
    objections.push(
      `Something else than the accept queue: among the sockets listed there is no listener for ${listener}. They are of another host or network namespace, or the listener was gone.`,
    );
  }
  if (queue.verdict === "free") {
    const most = `${queue.fullest!.acceptQueue} waiting at most, backlog ${queue.fullest!.backlog}`;
    const counted = { grown: `, though ${grew}`, still: `, and ${stood}`, silent: "" }[overflows.verdict];
    objections.push(
      `Something else than the accept queue: no sample of the sockets shows that of ${nameListener(queue.fullest!)} full (${most})${counted}. A queue that is full for moments only can be missed.`,
    );
  }
  if (overflows.verdict === "still" && queue.verdict !== "free") {
    objections.push(
      `Something else than the accept queue: ${stood}${queue.verdict === "full" ? ", although the queue was full" : ""}. Or the counters are of another host or network namespace.`,
    );
  }
  for (const { name, growth } of others) {
    if (growth.verdict === "still" && overflows.verdict === "grown" && objections.length === 0)
      objections.push(
        `${name} did not grow meanwhile, though ${OVERFLOWS} did, by ${overflows.delta}: no cookie came back.`,
      );
  }
  return objections;
}

/** What the kernel's word is, in one sentence. */
function confirmation({ queue, overflows, others }: Testimony): string {
  const parts: string[] = [];
  if (queue.verdict === "full") {
    const { fullest, samples, fullSamples } = queue;
    const process = fullest!.process === null ? "" : ` (${fullest!.process})`;
    const often = samples === 1 ? "" : ` in ${fullSamples} of ${samples} samples`;
    parts.push(
      `the accept queue of ${nameListener(fullest!)}${process} was full${often}, with ${fullest!.acceptQueue} waiting at a backlog of ${fullest!.backlog}`,
    );
  }
  const grown = [{ name: OVERFLOWS, growth: overflows }, ...others]
    .filter(({ growth }) => growth.verdict === "grown")
    .map(({ name, growth }) => `${name} grew by ${growth.delta}`);
  if (grown.length > 0) parts.push(`${grown.join(" and ")} within ${seconds(overflows.spanNs)} s`);
  return `The kernel confirms it: ${parts.join(", and ")}.`;
}

function dataOf({ queue, overflows, others }: Testimony): FindingData {
  const data: Record<string, string | number> = {};
  if (queue.verdict === "full") {
    data["acceptQueue"] = queue.fullest!.acceptQueue;
    data["backlog"] = queue.fullest!.backlog!;
    data["samples"] = queue.samples;
    data["fullSamples"] = queue.fullSamples;
  }
  for (const { name, growth } of [{ name: OVERFLOWS, growth: overflows }, ...others])
    if (growth.verdict === "grown") data[name] = growth.delta;
  return data;
}

/** What one half of the kernel's word leaves open without the other. */
function remainders({ queue, overflows }: Testimony): string[] {
  if (queue.verdict !== "full") {
    return [
      `Another listener's queue overflowed, and these segments were lost otherwise: ${OVERFLOWS} counts all of a host. Record \`ss -ltn\` beside the capture to tell.`,
    ];
  }
  if (overflows.verdict === "silent") {
    return [
      `The queue was full, and these segments were lost otherwise. Record \`nstat -az ${OVERFLOWS}\` beside the capture to tell.`,
    ];
  }
  return [];
}

/** Where the time of what was used is a guess. */
function doubts(
  files: readonly FileAlignment[],
  queue: QueueTestimony,
  overflows: GrowthTestimony,
): string[] {
  const used: FileAlignment["kind"][] = [];
  if (queue.verdict === "full") used.push("sockets");
  if (overflows.verdict === "grown") used.push("counters");
  return files
    .filter(({ kind, doubt, overlapsCapture }) => used.includes(kind) && overlapsCapture && doubt !== null)
    .map(({ path, doubt }) => `What the kernel said belongs to another time: ${path} ${doubt}.`);
}
