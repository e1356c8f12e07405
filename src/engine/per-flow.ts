import { FLOW_FLOAT64S, type Flow } from "../flows/flow.js";
import { defineFields, type RecordCursor } from "../flows/record.js";

/** Hands out float64 fields behind a flow's own ones to the rules that ask for private numbers per flow. */
export class PerFlowFields {
  /** Fields handed out so far: the flow table must be made with as many extra fields. */
  count = 0;

  allocate<Name extends string>(names: readonly Name[]): { of(flow: Flow): Record<Name, number> } {
    const offset = FLOW_FLOAT64S + this.count;
    this.count += names.length;
    const cursor: RecordCursor = Object.create({});
    defineFields(Object.getPrototypeOf(cursor), names, []);
    cursor.f64 = new Float64Array(0);
    cursor.u32 = new Uint32Array(0);
    cursor.at64 = 0;
    cursor.at32 = 0;
    return {
      of(flow) {
        cursor.f64 = flow.f64;
        cursor.at64 = flow.at64 + offset;
        // defineFields gave the cursor's prototype every name.
        return cursor as unknown as Record<Name, number>;
      },
    };
  }
}
