import { printableJson } from "../report/printable.js";
import { formatFlags } from "../tcp/flags.js";
import { type Direction, endsOf, type OfFlow } from "./direction.js";
import type { Arrived, Sent } from "./pair-segments.js";
import type { Side } from "./sides.js";
import type { Survey, SurveyedFlow } from "./survey.js";

/** Grows when a member is removed or changes its meaning. */
const SURVEY_VERSION = 1;

/** The survey as one JSON object: every connection, every segment that was lost or not sent. */
export function surveyJson(
  { captures, flows, unalike, apart, clocks }: Survey,
  directions: readonly Direction[],
): string {
  const numbers = new Map(flows.map((flow, index) => [flow, index]));
  const segment = ({ flow, end, what: { segment: own } }: OfFlow<Sent | Arrived>, side: Side) => ({
    connection: numbers.get(flow),
    sender: end,
    capture: side,
    frame: own.frame,
    timeNs: own.timeNs - captures[side].startNs,
    flags: formatFlags(own.flags),
    seq: own.seq,
    ack: own.ack,
    length: own.length,
  });
  return printableJson(
    {
      surveyVersion: SURVEY_VERSION,
      captures: captures.map(({ name }) => name),
      clocks,
      unalike,
      apart,
      directions: directions.map((direction) => {
        const { from, lost, foreign, ...rest } = direction;
        return {
          from,
          to: from === 0 ? 1 : 0,
          ...rest,
          lost: lost.map((each) => ({ ...segment(each, from), arrivedBytes: each.what.arrived })),
          foreign: foreign.map((each) => segment(each, from === 0 ? 1 : 0)),
        };
      }),
      connections: flows.map(({ flows: own, clientSide, crossings, changes }) => ({
        flowIds: own.map((flow) => flow?.id ?? null),
        ends: own.map((flow) => (flow === null ? null : endsOf(flow))),
        clientBeside: clientSide,
        changes,
        client: countsOf(crossings.client),
        server: countsOf(crossings.server),
      })),
    },
    2,
  );
}

function countsOf(crossing: SurveyedFlow["crossings"]["client"]) {
  const { lost, foreign, delaysNs: _, ...counts } = crossing;
  return { ...counts, lost: lost.length, foreign: foreign.length };
}
