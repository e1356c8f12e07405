import { FLOW_FLOAT64S, type Flow } from "../flows/flow.js";
import { NumberTable } from "./number-table.js";

/** Where a group of numbers of the flow asked for last is found; its prototype has a property for each of them. */
interface NumbersCursor {
  readonly table: NumberTable;
  /** Which field of a flow's record has the number of its row: 0 as long as all of the group is 0. */
  readonly field: number;
  flow: Flow | null;
  row: number;
}

/** A group of numbers of each flow, by name. */
export interface PerFlow<Name extends string> {
  /** Those of `flow`, 0 until they are set. The same object each time: it belongs to the flow that was asked for last. */
  of(flow: Flow): Record<Name, number>;
  /** All of them are 0 again, and take no memory: for what most flows have for a while only. */
  release(flow: Flow): void;
}

/**
 * Gives private numbers per flow to the rules that ask for them. Most flows never have any: a flow's own record holds
 * one field for each group, and the numbers lie in a table of the group's own once one of them is not 0.
 */
export class PerFlowFields {
  /** Fields handed out so far: the flow table must be made with as many extra fields. */
  count = 0;
  readonly #tables: NumberTable[];

  /** `tables`: shared by all that hand out the same groups in the same order, so that these see the same numbers. */
  constructor(tables: NumberTable[] = []) {
    this.#tables = tables;
  }

  allocate<Name extends string>(names: readonly Name[]): PerFlow<Name> {
    const index = this.count++;
    const field = FLOW_FLOAT64S + index;
    this.#tables[index] ??= new NumberTable(names.length);
    const own: NumbersCursor = { table: this.#tables[index], field, flow: null, row: 0 };
    const cursor: NumbersCursor = Object.assign(Object.create(numbersPrototype(names)), own);
    return {
      of(flow) {
        // Mostly the same cursor comes; a pointer costs more to store than to compare.
        if (cursor.flow !== flow) cursor.flow = flow;
        cursor.row = flow.f64[flow.at64 + field]!;
        // numbersPrototype gave the cursor every name.
        return cursor as unknown as Record<Name, number>;
      },
      release(flow) {
        const at = flow.at64 + field;
        own.table.remove(flow.f64[at]!);
        flow.f64[at] = 0;
      },
    };
  }
}

/** Takes the numbers of a flow away that is about to be forgotten. */
export function removeNumbers(flow: Flow, tables: readonly NumberTable[]): void {
  for (const [index, table] of tables.entries()) {
    const at = flow.at64 + FLOW_FLOAT64S + index;
    table.remove(flow.f64[at]!);
    flow.f64[at] = 0;
  }
}

/** One for each list of names, so that code which several rules share meets one type. */
const prototypes = new Map<string, object>();

function numbersPrototype(names: readonly string[]): object {
  const key = names.join(" ");
  const known = prototypes.get(key);
  if (known !== undefined) return known;
  const prototype = {};
  for (const [column, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: NumbersCursor) {
        return this.table.at(this.row, column);
      },
      set(this: NumbersCursor, value: number) {
        if (this.row === 0) {
          if (value === 0) return;
          const { f64, at64 } = this.flow!;
          this.row = f64[at64 + this.field] = this.table.add();
        }
        this.table.set(this.row, column, value);
      },
    });
  }
  prototypes.set(key, prototype);
  return prototype;
}
