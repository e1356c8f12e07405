import { countOf } from "../../quantity.js";

/** Says how many of `noun` the page leaves out; that the database has them, if one was kept at `database`. */
export function leftOut(count: number, noun: string, database: string | null): string {
  const verb = count === 1 ? "is" : "are";
  return `${countOf(count, `more ${noun}`)} ${verb} ${database === null ? "left out here" : "in the database"}.`;
}
