/** Ids per page of the directory. */
const PAGE_IDS_LOG2 = 10;
const PAGE_IDS = 1 << PAGE_IDS_LOG2;
const FIRST_FREE = 1024;

/** Where the flows of consecutive ids lie. */
interface Page {
  /** One more than the slot of each; 0 for none. */
  readonly slots: Uint32Array;
  /** Flows that are kept of these. */
  kept: number;
}

/**
 * Which slot the record of a flow lies in. As long as no flow is released that follows from its id; from then on there is
 * a directory, and the slots of released flows serve new ones, those first that were free for longest: flows that begin
 * together lie together, and there are never more slots than flows were kept at one time.
 */
export class FlowSlots {
  readonly firstId: number;
  /** Flows created so far; ids run from `firstId` to `firstId + count - 1`. */
  count = 0;
  /** Flows that were created and not released. */
  kept = 0;
  /** Slots there are, in use or free. */
  slots = 0;
  /** A page for the ids from `firstId + index * PAGE_IDS` on, null when none of them is kept; null before the first release. */
  #pages: (Page | null)[] | null = null;
  /** A ring of free slots: the first of them, and how many there are. */
  #free = new Uint32Array(FIRST_FREE);
  #freeAt = 0;
  #freeCount = 0;

  constructor(firstId: number) {
    this.firstId = firstId;
  }

  /** Slots were used by more than one flow: their order says nothing. */
  get isRecycled(): boolean {
    return this.#pages !== null;
  }

  /** The slot of the next flow, a new one or one that another flow left. */
  take(): number {
    const index = this.count++;
    this.kept++;
    if (this.#pages === null) return this.slots++;
    const slot = this.#freeCount > 0 ? this.#takeFree() : this.slots++;
    this.#enter(this.#pages, index, slot);
    return slot;
  }

  /** The slot of flow `id`, which must be kept. */
  of(id: number): number {
    const index = id - this.firstId;
    if (this.#pages === null) return index;
    return this.#pages[index >>> PAGE_IDS_LOG2]!.slots[index & (PAGE_IDS - 1)]! - 1;
  }

  /** Whether flow `id` was created and not released. */
  has(id: number): boolean {
    const index = id - this.firstId;
    if (index < 0 || index >= this.count) return false;
    if (this.#pages === null) return true;
    const page = this.#pages[index >>> PAGE_IDS_LOG2];
    return page != null && page.slots[index & (PAGE_IDS - 1)]! > 0;
  }

  /** The first flow behind `id` that is kept; null when there is none. */
  nextId(id: number): number | null {
    let index = Math.max(0, id + 1 - this.firstId);
    if (this.#pages === null) return index < this.count ? this.firstId + index : null;
    while (index < this.count) {
      const page = this.#pages[index >>> PAGE_IDS_LOG2];
      if (page == null) {
        index = (index | (PAGE_IDS - 1)) + 1;
        continue;
      }
      if (page.slots[index & (PAGE_IDS - 1)]! > 0) return this.firstId + index;
      index++;
    }
    return null;
  }

  /** Lets the slot of flow `id` go, which must be kept. */
  release(id: number): void {
    this.#pages ??= this.#directory();
    const index = id - this.firstId;
    const page = this.#pages[index >>> PAGE_IDS_LOG2]!;
    const at = index & (PAGE_IDS - 1);
    this.#addFree(page.slots[at]! - 1);
    page.slots[at] = 0;
    this.kept--;
    if (--page.kept === 0 && index >>> PAGE_IDS_LOG2 < this.count >>> PAGE_IDS_LOG2)
      this.#pages[index >>> PAGE_IDS_LOG2] = null;
  }

  /** All flows, each in the slot that follows from its id. */
  #directory(): (Page | null)[] {
    const pages: (Page | null)[] = [];
    for (let index = 0; index < this.count; index++) this.#enter(pages, index, index);
    return pages;
  }

  #enter(pages: (Page | null)[], index: number, slot: number): void {
    const at = index >>> PAGE_IDS_LOG2;
    if (at === pages.length) pages.push({ slots: new Uint32Array(PAGE_IDS), kept: 0 });
    const page = pages[at]!;
    page.slots[index & (PAGE_IDS - 1)] = slot + 1;
    page.kept++;
  }

  #takeFree(): number {
    const slot = this.#free[this.#freeAt]!;
    this.#freeAt = (this.#freeAt + 1) % this.#free.length;
    this.#freeCount--;
    return slot;
  }

  #addFree(slot: number): void {
    if (this.#freeCount === this.#free.length) {
      const grown = new Uint32Array(this.#free.length * 2);
      grown.set(this.#free.subarray(this.#freeAt));
      grown.set(this.#free.subarray(0, this.#freeAt), this.#free.length - this.#freeAt);
      this.#free = grown;
      this.#freeAt = 0;
    }
    this.#free[(this.#freeAt + this.#freeCount++) % this.#free.length] = slot;
  }
}
