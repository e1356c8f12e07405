import type { RunReader } from "./run-reader.js";

/** Takes entries of an index in ascending order. */
export interface EntrySink {
  add(key: number, rowid: number): void;
}

/** Merges by a binary heap of runs; a run stays on top while its key does not grow. */
export function mergeRuns(runs: RunReader[], sink: EntrySink): void {
  const heap = runs.filter((run) => run.next());
  for (let parent = (heap.length >> 1) - 1; parent >= 0; parent--) siftDown(heap, parent);
  while (heap.length > 0) {
    const top = heap[0]!;
    const key = top.key;
    let hasMore = true;
    while (hasMore && top.key === key) {
      sink.add(key, top.rowid);
      hasMore = top.next();
    }
    if (!hasMore) {
      const last = heap.pop()!;
      if (heap.length > 0) heap[0] = last;
    }
    siftDown(heap, 0);
  }
}

function siftDown(heap: RunReader[], from: number): void {
  let parent = from;
  for (;;) {
    let least = parent;
    for (let child = 2 * parent + 1; child <= 2 * parent + 2 && child < heap.length; child++) {
      if (comesBefore(heap[child]!, heap[least]!)) least = child;
    }
    if (least === parent) return;
    const moved = heap[parent]!;
    heap[parent] = heap[least]!;
    heap[least] = moved;
    parent = least;
  }
}

function comesBefore(run: RunReader, other: RunReader): boolean {
  return run.key < other.key || (run.key === other.key && run.firstRowid < other.firstRowid);
}
