/** What a flow carries, as far as its first data has told. */
export const UNDECIDED = 0;
export const NOT_RPC = 1;
export const IS_RPC = 2;

const PAGE_LOG2 = 12;
const PAGE_FLOWS = 1 << PAGE_LOG2;

/** An octet for each flow, by its index in order of appearance. A page of 4096 goes when all of its flows are forgotten. */
export class FlowKinds {
  readonly #pages: (Uint8Array | null)[] = [];
  /** Of each page the flows that were not forgotten, those still to come included. */
  readonly #left: number[] = [];

  /** Makes room for flows below `count`: they are undecided. */
  extend(count: number): void {
    while (this.#pages.length * PAGE_FLOWS < count) {
      this.#pages.push(new Uint8Array(PAGE_FLOWS));
      this.#left.push(PAGE_FLOWS);
    }
  }

  of(index: number): number {
    return this.#pages[index >>> PAGE_LOG2]?.[index & (PAGE_FLOWS - 1)] ?? NOT_RPC;
  }

  set(index: number, kind: number): void {
    const page = this.#pages[index >>> PAGE_LOG2];
    if (page) page[index & (PAGE_FLOWS - 1)] = kind;
  }

  /** Forgets a flow, once: it is asked for no more. */
  forget(index: number): void {
    const at = index >>> PAGE_LOG2;
    const left = this.#left[at]! - 1;
    this.#left[at] = left;
    if (left === 0) this.#pages[at] = null;
  }

  /** Octets held for flows. */
  get heldBytes(): number {
    return this.#pages.reduce((bytes, page) => bytes + (page?.length ?? 0), 0);
  }
}
