/** Changes routes by ip and prints what the watcher told. Run in a network namespace of its own. */
import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { RouteWatcher, type TimedRouteChange } from "../../../src/kernel/live/route-watcher.js";

const told: TimedRouteChange[] = [];
const watcher = await RouteWatcher.start((change) => told.push(change));
const changes: string[][] = JSON.parse(process.argv[2] ?? "[]");
for (const change of changes) execFileSync("ip", change);
await setTimeout(200);
watcher?.close();
console.log(JSON.stringify(told.map(({ change }) => change)));
