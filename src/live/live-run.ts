import type { FrameBatch } from "../capture/frame-batch.js";
import type { LiveSource } from "../capture/live/live-source.js";
import type { Finding } from "../engine/finding.js";
import { HEADER_CUT, whyUnjudgeable } from "../engine/judgeable.js";
import type { ActiveRule } from "../engine/rule-settings.js";
import type { JudgedVantage } from "../engine/vantage.js";
import type { LiveStore } from "../store/live/live-store.js";
import type { SqlRulesThread } from "../store/live/sql-rules-thread.js";
import { droppedFrames } from "../store-results.js";
import { ruleDocs } from "../version.js";
import { AskedFindings } from "./asked-findings.js";
import { CommitPace } from "./commit-pace.js";
import { DropLog } from "./drop-log.js";
import { FlaggedFlows } from "./flagged-flows.js";
import type { FlightRecorder } from "./flight-recorder.js";
import { FlowLimit } from "./flow-limit.js";
import type { AskedSocket, KernelSample } from "./kernel-sampler.js";
import { KernelWatch } from "./kernel-watch.js";
import { KnownFindings, type LiveFinding } from "./known-findings.js";
import { LiveFlows } from "./live-flows.js";
import { LiveLook } from "./live-look.js";
import type { LiveListener, LiveStatus, LiveSummary } from "./live-status.js";
import { LookPace } from "./look-pace.js";
import { PendingChanges } from "./pending-changes.js";

/** Batches on their way to the thread that writes, up to 0.8 MB each; when all are, frames wait in the kernel's buffer. */
const SLOTS = 128;
/** Flows that a look takes at a time. */
const STEP_FLOWS = 256;
const LOCKED =
  "Another program has the database locked: what is captured waits, and is dropped and counted when there is no room left.";

/** A live capture from the first frame to the last: what is done with each batch, now and then, and at the end. */
export class LiveRun {
  readonly #source: LiveSource;
  readonly #active: readonly ActiveRule[];
  readonly #store: LiveStore;
  readonly #listener: LiveListener;
  readonly #recorder: FlightRecorder | null;
  readonly #flows: LiveFlows;
  readonly #limit: FlowLimit;
  readonly #pending: PendingChanges;
  readonly #kernel: KernelWatch;
  readonly #flagged: FlaggedFlows;
  readonly #asked: AskedFindings;
  readonly #known = new KnownFindings();
  readonly #drops = new DropLog();
  readonly #pace = new CommitPace();
  readonly #lookPace = new LookPace();
  readonly #beganMs = performance.now();
  #look: LiveLook | null = null;
  #vantage: JudgedVantage = { vantage: "unknown", confidence: null };
  /** When the last status was told, and the frames until then. */
  #toldMs = this.#beganMs;
  #toldFrames = 0;
  #isLockTold = false;

  /** `mostFlows`: how many are kept in memory, at least 1. */
  constructor(
    source: LiveSource,
    active: readonly ActiveRule[],
    store: LiveStore,
    sqlRules: SqlRulesThread | null,
    listener: LiveListener,
    mostFlows: number,
    recorder: FlightRecorder | null,
  ) {
    this.#source = source;
    this.#active = active;
    this.#store = store;
    this.#listener = listener;
    this.#recorder = recorder;
    this.#flows = new LiveFlows(source, active);
    this.#kernel = new KernelWatch(source.originNs);
    this.#flagged = new FlaggedFlows(this.#flows.table);
    this.#asked = new AskedFindings(sqlRules, active, this.#flows.table);
    this.#limit = new FlowLimit(this.#flows.table, mostFlows);
    this.#pending = new PendingChanges(this.#flows);
    const rows = active.map(({ rule, severity }) => {
      return { id: rule.id, summary: rule.meta.summary, severity, docs: ruleDocs(rule.id) };
    });
    this.#pending.addRows([{ table: "rules", rows }]);
    // From the first moment on there is a capture in the database.
    this.commit();
  }

  /** Takes the next frames, as soon as the thread that writes has room for them. */
  async take(frames: FrameBatch): Promise<void> {
    const slot = await this.#store.takeSlot(SLOTS);
    const beganMs = performance.now();
    const icmpErrorsBefore = this.#flows.icmpErrors.length;
    const { index, batch, columns, bytes } = this.#flows.take(frames, slot);
    this.#recorder?.take(frames, batch, this.#flows.icmpErrors.slice(icmpErrorsBefore));
    const { capacity, length, captureId } = batch;
    this.#store.append({ index, capacity, length, captureId, columns, bytes });
    this.#limit.enforce((ids) => {
      this.#pending.keep(ids);
      this.#flows.forget(ids);
    });
    this.#lookPace.noteFrames(performance.now() - beganMs);
    this.lookOn();
  }

  /** The connections whose sockets the kernel should be asked for now. */
  socketsToAsk(): AskedSocket[] {
    return this.#flagged.next();
  }

  /** Takes what the kernel says now; sockets that it found are asked for again. */
  noteKernel(sample: KernelSample): void {
    this.#flagged.noteFlows(sample.sockets.map(({ flowId }) => flowId));
    this.#pending.addRows(this.#kernel.note(sample, this.#nowNs()));
  }

  /** Looks at some more flows, when it is time for that. */
  lookOn(): void {
    const beganMs = performance.now();
    if (!this.#lookPace.isDue(beganMs)) return;
    this.#look ??= new LiveLook(this.#flows, this.#active);
    if (!this.#look.advance(STEP_FLOWS)) this.#endLook(this.#look);
    this.#lookPace.noteStep(beganMs, performance.now());
  }

  /** Asks the rules that are queries about what was committed, when it is time for that. */
  async askSqlRules(): Promise<void> {
    await this.#asked.ask();
  }

  /** Makes all until now visible to readers, unless the time before is still being written or took long. */
  commit(): void {
    if (this.#store.isCommitting || !this.#pace.isDue(performance.now(), this.#store.commitMs)) return;
    this.#store.commit(this.#pending.take(this.#vantage));
  }

  /** Tells how it goes and notes what was lost, for the interval that ends now. */
  tell(): void {
    const counts = {
      frames: this.#source.frames,
      drops: this.#source.drops(),
      evicted: { ...this.#limit.evicted },
    };
    const row = this.#drops.note(counts, this.#nowNs());
    if (row !== null) this.#pending.addRows([{ table: "capture_drops", rows: [row] }]);
    this.#tellLock();
    this.#listener.onStatus(this.#status());
    this.#toldMs = performance.now();
    this.#toldFrames = this.#source.frames;
  }

  /**
   * No more frames come: the last look, the last commit. The database is whole then.
   * @param kernelNotes what is missing of the kernel's word, as sentences
   */
  async finish(database: string, kernelNotes: readonly string[]): Promise<LiveSummary> {
    this.#flows.finish();
    await this.#store.settle(this.#pending.take(this.#vantage));
    await this.#asked.askLast();
    this.#look = null;
    const look = new LiveLook(this.#flows, this.#active);
    while (look.advance(STEP_FLOWS));
    this.tell();
    this.#endLook(look);
    this.#savePackets(this.#known.all);
    this.#pending.addRpcCalls();
    await this.#store.finish(this.#pending.take(this.#vantage));
    const { path, backend, timestamps, damage, notes } = this.#source;
    const file = this.#flows.facts();
    const headerlessFrames = file.counts.find(({ name }) => name === HEADER_CUT)?.frames ?? 0;
    const quality = { source: path, frames: file.frames, droppedFrames: droppedFrames(file), damage };
    return {
      source: path,
      backend,
      timestamps,
      status: this.#status(),
      findings: this.#known.all.map((each) => this.#withPackets(each)),
      damage,
      notes: [...notes, ...(this.#recorder?.notes ?? []), ...kernelNotes, ...this.#store.notes],
      unjudgeable: whyUnjudgeable([{ ...quality, headerlessFrames }]),
      database,
    };
  }

  #endLook(look: LiveLook): void {
    const { findings, vantage, serverFlowsOf } = look.finish(
      this.#flows.facts(),
      this.#asked.findings,
      this.#kernel.observations(),
      this.#drops.flaws,
    );
    this.#vantage = vantage;
    const changes = this.#known.update(findings, {
      covers: (finding) => this.#covers(finding),
      serverFlowsOf,
      horizonNs: this.#kernel.horizonNs,
    });
    this.#pending.addFindings(changes);
    for (const finding of changes.rows) this.#flagged.noteFinding(finding);
    this.#recorder?.forget(changes.withdrawn);
    this.#savePackets(changes.announced);
    for (const finding of changes.announced) this.#listener.onFinding(this.#withPackets(finding));
    for (const id of changes.withdrawn) this.#listener.onWithdrawn(id);
    this.#look = null;
  }

  #covers(finding: Finding): boolean {
    if (this.#asked.isFrom(finding)) return this.#asked.covers(finding);
    return finding.flowIds.every((flowId) => this.#flows.table.has(flowId));
  }

  #tellLock(): void {
    const isLocked = this.#store.lockedMs > 0;
    if (isLocked && !this.#isLockTold) this.#listener.onNote(LOCKED);
    this.#isLockTold = isLocked;
  }

  #savePackets(findings: readonly LiveFinding[]): void {
    if (this.#recorder === null) return;
    const notesBefore = this.#recorder.notes.length;
    this.#recorder.save(findings);
    for (const note of this.#recorder.notes.slice(notesBefore)) this.#listener.onNote(note);
  }

  #withPackets(finding: LiveFinding): LiveFinding {
    return { ...finding, packets: this.#recorder?.savedOf(finding.id) ?? null };
  }

  #status(): LiveStatus {
    const nowMs = performance.now();
    const { frames } = this.#source;
    const { table, segments } = this.#flows;
    const { droppedByKernel, droppedByInterface } = this.#source.drops();
    const isTold = droppedByKernel !== null || droppedByInterface !== null;
    return {
      elapsedMs: nowMs - this.#beganMs,
      frames,
      segments,
      framesPerSecond: ((frames - this.#toldFrames) / Math.max(1, nowMs - this.#toldMs)) * 1000,
      flows: table.count,
      flowsInMemory: table.inMemory,
      evicted: { ...this.#limit.evicted },
      dropped: isTold ? (droppedByKernel ?? 0) + (droppedByInterface ?? 0) : null,
      findings: this.#known.all.length,
      databaseBytes: this.#store.usedBytes,
      ringSegments: this.#store.droppedSegments,
      ringFlows: this.#store.droppedFlows,
    };
  }

  /** On the capture's clock. */
  #nowNs(): number {
    return Number(BigInt(Date.now()) * 1_000_000n - this.#source.originNs);
  }
}
