import {
  SENT_AUTHENTICATION,
  SENT_FAST_OPEN,
  SENT_MSS,
  SENT_MULTIPATH,
  SENT_OTHER_OPTION,
  SENT_SACK,
  SENT_SACK_PERMITTED,
  SENT_TIMESTAMPS,
  SENT_WINDOW_SCALE,
} from "./statistics-state.js";

/** Names as in the packet notation. */
const NAMES: readonly (readonly [fact: number, name: string])[] = [
  [SENT_MSS, "mss"],
  [SENT_SACK_PERMITTED, "sackOK"],
  [SENT_TIMESTAMPS, "TS"],
  [SENT_WINDOW_SCALE, "wscale"],
  [SENT_SACK, "sack"],
  [SENT_FAST_OPEN, "fastopen"],
  [SENT_MULTIPATH, "mptcp"],
  [SENT_AUTHENTICATION, "authentication"],
  [SENT_OTHER_OPTION, "other"],
];

const ALL = NAMES.reduce((facts, [fact]) => facts | fact, 0);
const made = new Map<number, string>();

/** Options among `facts` (SENT_…) as text, such as `mss,sackOK,TS,wscale`; null when there are none. */
export function optionNames(facts: number): string | null {
  const set = facts & ALL;
  if (set === 0) return null;
  let text = made.get(set);
  if (text === undefined) {
    text = NAMES.filter(([fact]) => set & fact)
      .map(([, name]) => name)
      .join(",");
    made.set(set, text);
  }
  return text;
}
