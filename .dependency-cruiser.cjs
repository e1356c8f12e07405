/**
 * The architecture, enforced: which folder of src/ may import which. The order is the data's way.
 * A rule never imports the store; a reporter never sees the database; better-sqlite3 lives in store/.
 */
const mayImport = {
  tcp: [],
  capture: [],
  decode: ["tcp", "capture"],
  flows: ["tcp", "decode"],
  rpc: ["tcp", "decode"],
  kernel: ["tcp"],
  engine: ["tcp", "decode", "flows", "rpc", "kernel"],
  signs: ["tcp", "decode", "flows", "kernel", "engine"],
  rules: ["tcp", "engine", "signs"],
  store: ["tcp", "decode", "flows", "kernel", "engine"],
  "segment-thread": ["capture", "decode", "flows", "store"],
  export: ["capture", "store"],
  report: ["tcp", "engine"],
  "page-data": ["tcp", "store", "report"],
  "checked-json": [],
  gate: ["engine", "report", "checked-json"],
  "run-comparison": ["engine", "gate", "report"],
  between: ["tcp", "engine", "report"],
  compare: ["tcp", "capture", "decode", "flows", "report"],
};

module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...Object.entries(mayImport).map(([folder, allowed]) => ({
      name: `${folder}-boundary`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: {
        path: "^src/",
        pathNot: [
          ...[folder, ...allowed].map((name) => `^src/${name}/`),
          "^src/(default-database|errors|make-folder|replace-file)\\.ts$",
        ],
      },
    })),
    {
      name: "sqlite-only-in-store",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/store/" },
      to: { path: "better-sqlite3" },
    },
    {
      name: "commander-only-in-cli",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli|main)" },
      to: { path: "node_modules/commander" },
    },
    {
      name: "nobody-imports-the-cli",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(cli|main)" },
      to: { path: "^src/cli" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types"],
    },
  },
};
