import { FLOW_FLOAT64S, type Flow } from "../flows/flow.js";
import { NumberTable } from "./number-table.js";

/** Where a group of numbers of the flow asked for last is found; its prototype has a property for each of them. */
interface NumbersCursor {
  /** Where the flow's record has the number of its row: 0 as long as all of the group is 0. */
  f64: Float64Array;
  at64: number;
  /** The row; -1 until it is looked up: rules ask for many a flow of which they read nothing. */
  row: number;
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

  allocate<Name extends string>(names: readonly Name[]): { of(flow: Flow): Record<Name, number> } {
    const index = this.count++;
    const offset = FLOW_FLOAT64S + index;
    this.#tables[index] ??= new NumberTable(names.length);
    const cursor: NumbersCursor = Object.create(numbersPrototype(this.#tables[index], names));
    cursor.f64 = new Float64Array(0);
    cursor.at64 = 0;
    cursor.row = 0;
    return {
      of(flow) {
        cursor.f64 = flow.f64;
        cursor.at64 = flow.at64 + offset;
        cursor.row = -1;
        // numbersPrototype gave the cursor every name.
        return cursor as unknown as Record<Name, number>;
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

function numbersPrototype(table: NumberTable, names: readonly string[]): object {
  const prototype = {};
  for (const [column, name] of names.entries()) {
    Object.defineProperty(prototype, name, {
      get(this: NumbersCursor) {
        if (this.row < 0) this.row = this.f64[this.at64]!;
        return table.at(this.row, column);
      },
      set(this: NumbersCursor, value: number) {
        if (this.row < 0) this.row = this.f64[this.at64]!;
        if (this.row === 0) {
          if (value === 0) return;
          this.row = this.f64[this.at64] = table.add();
        }
        table.set(this.row, column, value);
      },
    });
  }
  return prototype;
}
