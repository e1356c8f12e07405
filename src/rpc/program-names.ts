/** Programs and procedures of ONC RPC by number. */

export interface ProcedureName {
  readonly programName: string | null;
  readonly procedureName: string | null;
}

interface Program {
  readonly name: string;
  /** Procedures by version; procedure 0 is NULL everywhere. */
  readonly procedures: Readonly<Record<number, readonly string[]>>;
}

const PORTMAPPER = 100000;
const NFS = 100003;
const MOUNT_PROGRAM = 100005;
const RQUOTA = 100011;
const NSM_PROGRAM = 100024;
const NLM = 100021;
/** The program that NFSv4 clients choose for callbacks; others take one of the transient range. */
const NFS_CALLBACK = 0x40000000;

const words = (text: string): string[] => text.trim().split(/\s+/);

/** RFC 1833, sections 2.2 and 3. */
const RPCBIND = words(
  "NULL SET UNSET GETADDR DUMP CALLIT GETTIME UADDR2TADDR TADDR2UADDR GETVERSADDR INDIRECT GETADDRLIST GETSTAT",
);
/** RFC 1094, section 2.2. */
const NFS2 = words(
  "NULL GETATTR SETATTR ROOT LOOKUP READLINK READ WRITECACHE WRITE CREATE REMOVE RENAME LINK SYMLINK MKDIR RMDIR READDIR STATFS",
);
/** RFC 1813, section 3. */
const NFS3 = words(
  "NULL GETATTR SETATTR LOOKUP ACCESS READLINK READ WRITE CREATE MKDIR SYMLINK MKNOD REMOVE RMDIR RENAME LINK READDIR READDIRPLUS FSSTAT FSINFO PATHCONF COMMIT",
);
/** RFC 1813, section 5. */
const MOUNT = words("NULL MNT DUMP UMNT UMNTALL EXPORT");
/** The Open Group, Protocols for Interworking: XNFS, version 3W, chapter 10. */
const NLM_PROCEDURES = words(
  `NULL TEST LOCK CANCEL UNLOCK GRANTED TEST_MSG LOCK_MSG CANCEL_MSG UNLOCK_MSG GRANTED_MSG TEST_RES LOCK_RES
   CANCEL_RES UNLOCK_RES GRANTED_RES SM_NOTIFY 17 18 19 SHARE UNSHARE NM_LOCK FREE_ALL`,
);
/** The same, chapter 11. */
const NSM = words("NULL STAT MON UNMON UNMON_ALL SIMU_CRASH NOTIFY");

const PROGRAMS: Readonly<Record<number, Program>> = {
  [PORTMAPPER]: {
    name: "portmapper",
    procedures: { 2: words("NULL SET UNSET GETPORT DUMP CALLIT"), 3: RPCBIND, 4: RPCBIND },
  },
  // RFC 8881, section 16: version 4 has but one procedure.
  [NFS]: { name: "nfs", procedures: { 2: NFS2, 3: NFS3, 4: ["NULL", "COMPOUND"] } },
  [MOUNT_PROGRAM]: {
    name: "mount",
    procedures: { 1: MOUNT, 2: [...MOUNT, "EXPORTALL", "PATHCONF"], 3: MOUNT },
  },
  [RQUOTA]: {
    name: "rquota",
    procedures: { 1: words("NULL GETQUOTA GETACTIVEQUOTA"), 2: words("NULL GETQUOTA GETACTIVEQUOTA") },
  },
  [NLM]: { name: "nlm", procedures: { 1: NLM_PROCEDURES, 3: NLM_PROCEDURES, 4: NLM_PROCEDURES } },
  [NSM_PROGRAM]: { name: "nsm", procedures: { 1: NSM } },
  100227: {
    name: "nfs-acl",
    procedures: {
      2: words("NULL GETACL SETACL GETATTR ACCESS"),
      3: words("NULL GETACL SETACL"),
    },
  },
  // RFC 8881, section 20.
  [NFS_CALLBACK]: {
    name: "nfs-callback",
    procedures: { 1: ["NULL", "CB_COMPOUND"], 4: ["NULL", "CB_COMPOUND"] },
  },
};

/** Ports that these programs use by custom. RFC 1833; RFC 8881, section 2.9.1; Linux's mountd; Solaris' lockd. */
export const RPC_PORTS: ReadonlySet<number> = new Set([111, 2049, 20048, 4045]);

/** Names in use; null for what is not known. */
export function nameProcedure(program: number, version: number, procedure: number): ProcedureName {
  const known = PROGRAMS[program];
  const name = procedure === 0 ? "NULL" : known?.procedures[version]?.[procedure];
  return {
    programName: known?.name ?? null,
    procedureName: name === undefined || /^\d/.test(name) ? null : name,
  };
}

/** The call's arguments are a compound of operations with a minor version: NFSv4 and its callbacks. */
export function isCompound(program: number, version: number, procedure: number): boolean {
  return procedure === 1 && ((program === NFS && version === 4) || program === NFS_CALLBACK);
}

/** What people call a call: `nfs v3 GETATTR`, `nfs v4.1 COMPOUND`, `program 200001 v1 procedure 7`. */
export function describeProcedure(
  program: number,
  version: number,
  minorVersion: number | null,
  procedure: number,
): string {
  const { programName, procedureName } = nameProcedure(program, version, procedure);
  const minor = minorVersion === null ? "" : `.${minorVersion}`;
  return `${programName ?? `program ${program}`} v${version}${minor} ${procedureName ?? `procedure ${procedure}`}`;
}

/**
 * No reply need come: NLM's asynchronous procedures answer by calls of their own, and the portmapper keeps silent about
 * a forwarded call that failed. RFC 1833, section 3.1.
 */
export function isOneWay(program: number, procedure: number): boolean {
  if (program === NLM) return procedure >= 6 && procedure <= 15;
  return program === PORTMAPPER && procedure === 5;
}

const ASKED_ANEW: ReadonlySet<number> = new Set([PORTMAPPER, MOUNT_PROGRAM, RQUOTA, NSM_PROGRAM]);

/**
 * Whoever lost such a call may make it again under another XID. Sessions, since NFSv4.1, know a call by its slot and
 * sequence number instead (RFC 8881, section 2.10.6.1); and these programs are asked by others that begin anew.
 */
export function mayBeAskedAnew(program: number, minorVersion: number | null): boolean {
  return ASKED_ANEW.has(program) || (minorVersion ?? 0) > 0;
}
