/**
 * Flow state is kept as records in typed arrays, not as objects: a record is a run of float64 fields followed by a
 * run of uint32 fields, and a cursor with plain property syntax moves over it. So a million connections cost what
 * their fields cost, whole chunks of them can be written to disk when idle, and nothing is allocated per segment.
 * Accessors made here are as fast as fields of an object (measured, docs/performance.md). The uint32 fields follow
 * the float64 fields at once, so that fields of both kinds used together can lie together, around that border.
 */
export interface RecordCursor {
  f64: Float64Array;
  u32: Uint32Array;
  /** Index in `f64` and `u32` of the record's first field of that kind. */
  at64: number;
  at32: number;
}

/** Where the fields of a kind of record lie, for FlowStore. */
export interface RecordLayout<Cursor> {
  /** Room for a record in float64 fields. */
  readonly float64s: number;
  /** Moves a cursor to record `id`, whose room begins at `at64`. */
  readonly move: (cursor: Cursor, id: number, f64: Float64Array, u32: Uint32Array, at64: number) => void;
  /** What FlowStore.mark does to the record whose room begins at `at64`. */
  readonly mark?: (u32: Uint32Array, at64: number) => void;
}

/** Room for a record in float64 fields. */
export function recordLength(float64s: number, uint32s: number): number {
  return float64s + Math.ceil(uint32s / 2);
}

/** Gives `prototype` a property per name: float64 fields in this order, then uint32 fields in this order. */
export function defineFields(
  prototype: RecordCursor,
  float64Names: readonly string[],
  uint32Names: readonly string[],
): void {
  for (const [index, name] of float64Names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: RecordCursor) {
        return this.f64[this.at64 + index];
      },
      set(this: RecordCursor, value: number) {
        this.f64[this.at64 + index] = value;
      },
    });
  }
  for (const [index, name] of uint32Names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: RecordCursor) {
        return this.u32[this.at32 + index];
      },
      set(this: RecordCursor, value: number) {
        this.u32[this.at32 + index] = value;
      },
    });
  }
}
