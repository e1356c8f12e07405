/** A real NFS server, nfs-ganesha, and the clients of libnfs; made only where Debian's packages of both are installed. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { atExit, sleep, until } from "./command.mjs";
import { counters } from "./observe.mjs";
import { writePage } from "./page.mjs";
import { record } from "./recording.mjs";
import { onLoopback } from "./topology.mjs";

const FILE = "nfs-server.pcap";
const FILE_BYTES = 50_000;
const HANG_MS = 7000;
const SESSIONS_CALLS = 5;

for (const program of ["ganesha.nfsd", "rpcbind", "nfs-ls", "nfs-cp"]) {
  if (spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0) {
    process.stderr.write(`${FILE} is left as it is: ${program} is not installed\n`);
    process.exit(0);
  }
}

const { client, server, serverDevice } = onLoopback();
const folder = mkdtempSync(join(tmpdir(), "nfs-server-"));
atExit(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, "v4recov"));
mkdirSync(join(folder, "v4old"));
writeFileSync(
  join(folder, "ganesha.conf"),
  `NFS_CORE_PARAM { Protocols = 3,4; mount_path_pseudo = true; Enable_NLM = false; Enable_RQUOTA = false; MNT_Port = 20048; }
NFSV4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = ${folder}; }
EXPORT { Export_Id = 77; Path = /mem; Pseudo = /mem; Access_Type = RW; Squash = none; SecType = sys; FSAL { Name = MEM; } }
`,
);
writeFileSync(join(folder, "file"), Buffer.alloc(FILE_BYTES, "tcp"));

// Both keep their files in /run: each has an empty one of its own.
const inOwnRun = (command) => [
  "unshare",
  "-m",
  "sh",
  "-c",
  `mount -t tmpfs tmpfs /run && mkdir /run/ganesha && ${command}`,
];
const names = server.start(...inOwnRun("exec rpcbind -f -r"));
names.release();
await sleep(1000);
const ganesha = server.start(
  ...inOwnRun(`exec ganesha.nfsd -F -f ${folder}/ganesha.conf -L STDOUT -p ${folder}/pid`),
);
await until(ganesha, ({ stdout }) => stdout.includes("NFS SERVER INITIALIZED"));
ganesha.release();

const recording = await record(server, { device: serverDevice, file: FILE, snaplen: 65535 });
const version3 = "version=3&nfsport=2049&mountport=20048";
client.run("nfs-cp", join(folder, "file"), `nfs://127.0.0.1/mem/file?${version3}`);
client.run("nfs-ls", `nfs://127.0.0.1/mem?${version3}`);
client.run("nfs-cp", "nfs://127.0.0.1/mem/file?version=4", join(folder, "back"));
client.run("nfs-ls", "nfs://127.0.0.1/mem?version=4");
const script = join(dirname(fileURLToPath(import.meta.url)), "nfs41-client.mjs");
client.run(process.execPath, script, String(SESSIONS_CALLS));
client.run("rpcinfo", "-T", "tcp", "127.0.0.1");

ganesha.kill("SIGSTOP");
const hung = client.start("nfs-ls", "nfs://127.0.0.1/mem?version=4");
await sleep(HANG_MS);
ganesha.kill("SIGKILL");
await hung.ended;
const recordedBy = await recording.stop();

const isCall = (program, version) =>
  `rpc.msgtyp == 0 && rpc.program == ${program} && rpc.programversion == ${version}`;
writePage({
  file: FILE,
  recordedBy,
  setup: [
    "nfs-ganesha 4.3 with a file system in memory, rpcbind 1.2.6, libnfs 4.0.0; for NFSv4.1 `captures/make/nfs41-client.mjs`",
  ],
  happened: `
A real NFS server. A client copies a file of ${FILE_BYTES} octets to it and lists its directory by NFS version 3, others copy it back and list
by version 4.0, one makes a session of version 4.1 and asks for attributes, and one asks the portmapper for its list. Then the server is
stopped (SIGSTOP): its kernel takes the connection and the first call of one more client, and acknowledges; nobody reads it.
${HANG_MS / 1000} s later the server is killed, and its kernel resets the connection.`,
  signature: [
    ["calls of NFS version 3", isCall(100003, 3), 8, 40],
    ["calls of NFS version 4", isCall(100003, 4), 15, 60],
    ["calls of a session of version 4.1", "rpc.msgtyp == 0 && nfs.minorversion == 1", 3 + SESSIONS_CALLS],
    ["calls of the mount protocol", isCall(100005, 3), 6],
    ["calls to the portmapper", "rpc.msgtyp == 0 && rpc.program == 100000", 1, 4],
    ["RSTs of the server", "tcp.srcport == 2049 && tcp.flags.reset == 1", 1],
  ],
  example: "tcp.srcport == 2049 && tcp.flags.reset == 1",
  observed: [["nstat at the end", counters(server)]],
});
