import { readFileSync, writeFileSync } from "node:fs";

/** How often an answer was equal, of how many that were compared. */
export interface Share {
  readonly equal: number;
  readonly of: number;
}

/** Shares by the name of what is measured. */
export type Measures = Readonly<Record<string, Share>>;

const FLOOR = new URL("./floor.json", import.meta.url);

export function readFloor(): Measures {
  // The file is written by raiseFloor only and lies in the repository.
  return JSON.parse(readFileSync(FLOOR, "utf8")) as Measures;
}

/** Sentences about measures that are below the floor, or gone. */
export function belowFloor(measures: Measures, floor: Measures): string[] {
  return Object.entries(floor).flatMap(([name, least]) => {
    const share = measures[name];
    if (share === undefined) return [`${name} is in the floor and was not measured`];
    if (compare(share, least) >= 0) return [];
    return [`${name}: ${share.equal} of ${share.of} is below the floor, ${least.equal} of ${least.of}`];
  });
}

/** The floor with every share that is higher now, and with the measures that are new. */
export function raised(measures: Measures, floor: Measures): Measures {
  const names = [...new Set([...Object.keys(floor), ...Object.keys(measures)])].sort();
  return Object.fromEntries(
    names.map((name) => {
      const [least, share] = [floor[name], measures[name]];
      const isHigher = share !== undefined && (least === undefined || compare(share, least) > 0);
      return [name, isHigher ? share : least!];
    }),
  );
}

export function writeFloor(floor: Measures): void {
  const lines = Object.entries(floor).map(
    ([name, { equal, of }]) => `  ${JSON.stringify(name)}: { "equal": ${equal}, "of": ${of} }`,
  );
  writeFileSync(FLOOR, `{\n${lines.join(",\n")}\n}\n`);
}

/** Positive when `a` is the higher share. Nothing of nothing counts as all. */
function compare(a: Share, b: Share): number {
  return ratio(a) - ratio(b);
}

function ratio({ equal, of }: Share): number {
  return of === 0 ? 1 : equal / of;
}
