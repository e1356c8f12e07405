import { endianness } from "node:os";
import koffi from "koffi";

/** Whether numbers in C memory have their lowest octet first. */
export const IS_LITTLE_ENDIAN = endianness() === "LE";

/** An address in this process's memory. */
export type Pointer = bigint;

/** Debian and its kin, then everyone else, then where only the headers' package is installed. */
const NAMES = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];

/** The functions of libpcap and of the C library that capturing takes, pcap(3PCAP). */
export type Libpcap = ReturnType<typeof bind>;

/** Null when no libpcap is installed. */
export function loadLibpcap(): Libpcap | null {
  for (const name of NAMES) {
    try {
      return bind(koffi.load(name), koffi.load(null));
    } catch {
      // The next name, or none.
    }
  }
  return null;
}

type Library = ReturnType<typeof koffi.load>;

function bind(pcap: Library, system: Library) {
  return {
    create: call<[string, Pointer], Pointer | null>(pcap, "void *pcap_create(const char *, void *)"),
    setSnaplen: call<[Pointer, number]>(pcap, "int pcap_set_snaplen(void *, int)"),
    setPromiscuous: call<[Pointer, number]>(pcap, "int pcap_set_promisc(void *, int)"),
    setBufferBytes: call<[Pointer, number]>(pcap, "int pcap_set_buffer_size(void *, int)"),
    setTimeoutMs: call<[Pointer, number]>(pcap, "int pcap_set_timeout(void *, int)"),
    setTimestampPrecision: call<[Pointer, number]>(pcap, "int pcap_set_tstamp_precision(void *, int)"),
    activate: call<[Pointer]>(pcap, "int pcap_activate(void *)"),
    setNonblocking: call<[Pointer, number, Pointer]>(pcap, "int pcap_setnonblock(void *, int, void *)"),
    compile: call<[Pointer, Pointer, string, number, number]>(
      pcap,
      "int pcap_compile(void *, void *, const char *, int, uint32_t)",
    ),
    setFilter: call<[Pointer, Pointer]>(pcap, "int pcap_setfilter(void *, void *)"),
    freeCode: call<[Pointer], void>(pcap, "void pcap_freecode(void *)"),
    setLinkType: call<[Pointer, number]>(pcap, "int pcap_set_datalink(void *, int)"),
    linkType: call<[Pointer]>(pcap, "int pcap_datalink(void *)"),
    snaplen: call<[Pointer]>(pcap, "int pcap_snapshot(void *)"),
    descriptor: call<[Pointer]>(pcap, "int pcap_get_selectable_fd(void *)"),
    statistics: call<[Pointer, Pointer]>(pcap, "int pcap_stats(void *, void *)"),
    openDump: call<[Pointer, Pointer], Pointer | null>(pcap, "void *pcap_dump_fopen(void *, void *)"),
    dispatch: call<[Pointer, number, Pointer, Pointer]>(
      pcap,
      "int pcap_dispatch(void *, int, void *, void *)",
    ),
    errorText: call<[Pointer], string>(pcap, "const char *pcap_geterr(void *)"),
    statusText: call<[number], string>(pcap, "const char *pcap_statustostr(int)"),
    close: call<[Pointer], void>(pcap, "void pcap_close(void *)"),
    /** pcap_dump itself, for pcap_dispatch to call: no JavaScript runs for a frame. */
    dump: addressOf(pcap, "pcap_dump"),
    openMemory: call<[Pointer, number, string], Pointer | null>(
      system,
      "void *fmemopen(void *, size_t, const char *)",
    ),
    flush: call<[Pointer]>(system, "int fflush(void *)"),
    tell: call<[Pointer]>(system, "long ftell(void *)"),
    rewind: call<[Pointer], void>(system, "void rewind(void *)"),
    closeFile: call<[Pointer]>(system, "int fclose(void *)"),
    poll: call<[Pointer, number, number]>(system, "int poll(void *, unsigned long, int)"),
    setSocketOption: call<[number, number, number, Pointer, number]>(
      system,
      "int setsockopt(int, int, int, void *, uint32_t)",
    ),
  };
}

/** A C function under the types that its prototype stands for. */
function call<Parameters extends readonly unknown[], Result = number>(
  library: Library,
  prototype: string,
): (...parameters: Parameters) => Result {
  return library.func(prototype);
}

function addressOf(library: Library, name: string): Pointer {
  const address: unknown = library.symbol(name);
  if (typeof address !== "bigint") throw new TypeError(`the address of ${name} is no number`);
  return address;
}

/** C memory that does not move; zeroed. Numbers lie in it in the machine's byte order. */
export class NativeMemory {
  readonly pointer: Pointer;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(lengthBytes: number) {
    const pointer: unknown = koffi.alloc("uint8_t", lengthBytes);
    if (typeof pointer !== "bigint") throw new TypeError("the address of new memory is no number");
    this.pointer = pointer;
    this.bytes = new Uint8Array(koffi.view(pointer, lengthBytes));
    this.view = new DataView(this.bytes.buffer);
    this.bytes.fill(0);
  }

  /** The text that ends with a zero octet. */
  text(): string {
    const end = this.bytes.indexOf(0);
    return new TextDecoder().decode(this.bytes.slice(0, end < 0 ? this.bytes.length : end));
  }

  /** Nothing of it may be used afterwards. */
  free(): void {
    koffi.free(this.pointer);
  }
}
