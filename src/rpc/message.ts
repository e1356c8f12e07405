/** Offsets and values of ONC RPC messages. RFC 5531, section 9. All numbers are big-endian words of four octets. */

export const CALL = 0;
export const REPLY = 1;
const RPC_VERSION = 2;

/** Offsets in a message, which begins behind the record mark. */
const XID = 0;
const MESSAGE_TYPE = 4;
const CALL_RPC_VERSION = 8;
const CALL_PROGRAM = 12;
const CALL_VERSION = 16;
const CALL_PROCEDURE = 20;
const CALL_CREDENTIAL = 24;
const REPLY_STATE = 8;
const REPLY_VERIFIER = 12;

/** Octets that name the call; what follows is credential, verifier and arguments. */
export const CALL_HEADER_BYTES = 24;
/** A call without arguments and with empty credential and verifier: no call is shorter. */
const SHORTEST_CALL_BYTES = 40;
/** A denied reply. */
const SHORTEST_REPLY_BYTES = 16;
/** RFC 5531, section 8.2: opaque_auth holds at most that. */
const MAX_AUTH_BYTES = 400;
/** Larger records are no RPC's: NFS moves at most some megabytes at a time. */
export const MAX_RECORD_BYTES = 64 * 1024 * 1024;
/** Versions and procedures above are nobody's. */
const MAX_PLAUSIBLE = 0xffff;

const RPCSEC_GSS = 6;
/** Services of RPCSEC_GSS, RFC 2203, section 5: arguments in the clear, behind length and number, encrypted. */
const GSS_INTEGRITY = 2;
const GSS_PRIVACY = 3;
const MAX_TAG_BYTES = 1024;

/** Names of the authentication flavors of credentials. RFC 5531, section 8.1; RFC 9289 has the last. */
const CREDENTIALS: Readonly<Record<number, string>> = {
  0: "none",
  1: "sys",
  2: "short",
  3: "dh",
  6: "gss",
  7: "tls",
};
/** accept_stat, RFC 5531, section 9. */
const ACCEPTED = [
  "success",
  "program unavailable",
  "program version mismatch",
  "procedure unavailable",
  "garbage arguments",
  "system error",
];
/** auth_stat, RFC 5531, section 9. */
const AUTH_ERRORS: Readonly<Record<number, string>> = {
  1: "bad credential",
  2: "rejected credential",
  3: "bad verifier",
  4: "rejected verifier",
  5: "too weak",
  6: "invalid response verifier",
  7: "failed",
  13: "no GSS credential",
  14: "GSS context problem",
};

export function readWord(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** What a call's header says; as much of it as `length` octets hold. */
export interface CallHeader {
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
  /** Name of the credential's flavor; null when cut off. */
  readonly credential: string | null;
  /** Where the arguments begin; -1 when cut off or encrypted. */
  readonly argumentsAt: number;
}

/** Reads a call of at least CALL_HEADER_BYTES octets; null when they are no call's. */
export function readCall(message: Uint8Array, length: number): CallHeader | null {
  if (length < CALL_HEADER_BYTES || readWord(message, MESSAGE_TYPE) !== CALL) return null;
  if (readWord(message, CALL_RPC_VERSION) !== RPC_VERSION) return null;
  const flavor = length >= CALL_CREDENTIAL + 4 ? readWord(message, CALL_CREDENTIAL) : null;
  return {
    xid: readWord(message, XID),
    program: readWord(message, CALL_PROGRAM),
    version: readWord(message, CALL_VERSION),
    procedure: readWord(message, CALL_PROCEDURE),
    credential: flavor === null ? null : (CREDENTIALS[flavor] ?? `flavor ${flavor}`),
    argumentsAt: findArguments(message, length, flavor),
  };
}

function findArguments(message: Uint8Array, length: number, flavor: number | null): number {
  const verifierAt = behindAuth(message, length, CALL_CREDENTIAL);
  const argumentsAt = verifierAt < 0 ? -1 : behindAuth(message, length, verifierAt);
  if (flavor !== RPCSEC_GSS || argumentsAt < 0) return argumentsAt;
  // rpc_gss_cred: version, procedure, sequence number, service.
  const service = readWord(message, CALL_CREDENTIAL + 20);
  if (service === GSS_PRIVACY) return -1;
  return service === GSS_INTEGRITY ? argumentsAt + 8 : argumentsAt;
}

/** Offset behind an opaque_auth; -1 when `length` does not reach it, or its own length is impossible. */
function behindAuth(message: Uint8Array, length: number, at: number): number {
  if (at + 8 > length) return -1;
  const bodyBytes = readWord(message, at + 4);
  if (bodyBytes > MAX_AUTH_BYTES) return -1;
  const end = at + 8 + padded(bodyBytes);
  return end > length ? -1 : end;
}

/** XDR fills opaque data up to a multiple of four octets. RFC 4506, section 4.10. */
function padded(bytes: number): number {
  return (bytes + 3) & ~3;
}

/** minorversion of a COMPOUND's (or CB_COMPOUND's) arguments, behind their tag; null when cut off. RFC 8881, section 16.2. */
export function readMinorVersion(message: Uint8Array, length: number, argumentsAt: number): number | null {
  if (argumentsAt < 0 || argumentsAt + 4 > length) return null;
  const tagBytes = readWord(message, argumentsAt);
  if (tagBytes > MAX_TAG_BYTES) return null;
  const at = argumentsAt + 4 + padded(tagBytes);
  return at + 4 > length ? null : readWord(message, at);
}

/** What became of a call, in words; null when the reply is cut off before it tells. */
export function readReplyStatus(message: Uint8Array, length: number): string | null {
  if (length < REPLY_STATE + 4) return null;
  if (readWord(message, REPLY_STATE) !== 0) {
    if (length < 16) return null;
    if (readWord(message, 12) === 0) return "RPC version mismatch";
    if (length < 20) return null;
    const error = readWord(message, 16);
    return `authentication error: ${AUTH_ERRORS[error] ?? error}`;
  }
  const at = behindAuth(message, length, REPLY_VERIFIER);
  if (at < 0 || at + 4 > length) return null;
  const status = readWord(message, at);
  return ACCEPTED[status] ?? `status ${status}`;
}

export function readXid(message: Uint8Array): number {
  return readWord(message, XID);
}

/** CALL, REPLY, or null when the first `length` octets (at least 8) of a message are neither's. */
export function messageType(message: Uint8Array, length: number): 0 | 1 | null {
  const type = readWord(message, MESSAGE_TYPE);
  if (type === CALL) {
    return length < CALL_RPC_VERSION + 4 || readWord(message, CALL_RPC_VERSION) === RPC_VERSION ? CALL : null;
  }
  if (type !== REPLY) return null;
  return length < REPLY_STATE + 4 || readWord(message, REPLY_STATE) <= 1 ? REPLY : null;
}

/**
 * True when `bytes[at …]`, of which `captured` octets are there, may be a record mark (RFC 5531, section 11) and a call
 * behind it, as far as they go; `isWhole` asks for the whole header.
 */
export function mayBeginCall(bytes: Uint8Array, at: number, captured: number, isWhole: boolean): boolean {
  if (captured < (isWhole ? 4 + CALL_HEADER_BYTES : 1)) return false;
  if (captured < 4) return bytes[at] === 0x80 || (bytes[at] === 0 && isWhole);
  const recordBytes = readWord(bytes, at) & 0x7fffffff;
  if (recordBytes < SHORTEST_CALL_BYTES || recordBytes > MAX_RECORD_BYTES || recordBytes & 3) return false;
  const message = at + 4;
  const has = captured - 4;
  if (has >= MESSAGE_TYPE + 4 && readWord(bytes, message + MESSAGE_TYPE) !== CALL) return false;
  if (has >= CALL_RPC_VERSION + 4 && readWord(bytes, message + CALL_RPC_VERSION) !== RPC_VERSION)
    return false;
  if (has >= CALL_PROGRAM + 4 && readWord(bytes, message + CALL_PROGRAM) === 0) return false;
  if (has >= CALL_VERSION + 4 && readWord(bytes, message + CALL_VERSION) > MAX_PLAUSIBLE) return false;
  return has < CALL_HEADER_BYTES || readWord(bytes, message + CALL_PROCEDURE) <= MAX_PLAUSIBLE;
}

/** XID of the reply whose record mark may stand at `bytes[at]`; -1 when none can. */
export function xidOfReplyAt(bytes: Uint8Array, at: number, captured: number): number {
  if (captured < 4 + SHORTEST_REPLY_BYTES || (bytes[at]! & 0x80) === 0) return -1;
  const recordBytes = readWord(bytes, at) & 0x7fffffff;
  if (recordBytes < SHORTEST_REPLY_BYTES || recordBytes > MAX_RECORD_BYTES || recordBytes & 3) return -1;
  if (readWord(bytes, at + 4 + MESSAGE_TYPE) !== REPLY || readWord(bytes, at + 4 + REPLY_STATE) > 1)
    return -1;
  return readWord(bytes, at + 4 + XID);
}
