import { type Agreement, framesOf } from "../../src/compare/agreement.js";
import type { Measures, Share } from "./floor.js";

/** The shares of an agreement with tshark that may only rise. */
export function tsharkMeasures(agreement: Agreement): Measures {
  const { frames, labels, fields } = agreement;
  const all = framesOf(agreement);
  const measures: Record<string, Share> = {
    "tshark frames": { equal: frames.both, of: all },
    "tshark streams": { equal: frames.both - agreement.differentStreams, of: frames.both },
    "tshark label sets": { equal: agreement.sameLabels, of: all },
  };
  for (const { name, both, onlyOurs, onlyTheirs } of labels)
    measures[`tshark label ${name}`] = { equal: both, of: both + onlyOurs + onlyTheirs };
  for (const { name, equal, compared } of fields) measures[`tshark field ${name}`] = { equal, of: compared };
  return measures;
}
