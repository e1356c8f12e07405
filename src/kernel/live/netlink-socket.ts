import koffi from "koffi";
import { HOST_IS_LITTLE_ENDIAN } from "./netlink-message.js";

/** linux/netlink.h, asm-generic/socket.h, asm-generic/fcntl.h. */
const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOCK_NONBLOCK = 0o4000;
const SOL_SOCKET = 1;
const SO_RCVBUF = 8;
/** Beyond the limit of net.core.rmem_max, for who may. */
const SO_RCVBUFFORCE = 33;
const ADDRESS_BYTES = 12;
/** asm-generic/errno.h: more came than the socket had room for, and what did not fit is lost. */
const ENOBUFS = 105;
const RECEIVE_BYTES = 256 * 1024;

const system = koffi.load(null);
const openSocket: (family: number, type: number, protocol: number) => number =
  system.func("int socket(int, int, int)");
const bindSocket: (descriptor: number, address: Uint8Array, lengthBytes: number) => number = system.func(
  "int bind(int, const uint8_t *, uint32_t)",
);
const setOption: (
  descriptor: number,
  level: number,
  name: number,
  value: Uint8Array,
  lengthBytes: number,
) => number = system.func("int setsockopt(int, int, int, const uint8_t *, uint32_t)");
const sendOctets: (descriptor: number, octets: Uint8Array, lengthBytes: number, flags: number) => number =
  system.func("long send(int, const uint8_t *, size_t, int)");
const receiveOctets: (descriptor: number, octets: bigint, lengthBytes: number, flags: number) => number =
  system.func("long recv(int, void *, size_t, int)");
const pollSockets: (list: Uint8Array, count: number, timeoutMs: number) => number = system.func(
  "int poll(uint8_t *, unsigned long, int)",
);
const closeDescriptor: (descriptor: number) => number = system.func("int close(int)");

/** poll.h: struct pollfd, a descriptor, what is wanted and what there is. */
const POLL_BYTES = 8;
const POLLIN = 1;

/** A netlink socket that only waits where it is told to. */
export class NetlinkSocket {
  readonly #descriptor: number;
  readonly #memory: bigint;
  readonly #octets: Uint8Array;

  /**
   * @param groups multicast groups to listen to, a bit each
   * Throws an Error when the kernel refuses.
   */
  constructor(protocol: number, groups = 0) {
    this.#descriptor = openSocket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
    if (this.#descriptor < 0) throw new Error(`netlink protocol ${protocol} is refused (${koffi.errno()})`);
    const address = Buffer.alloc(ADDRESS_BYTES);
    new DataView(address.buffer, address.byteOffset).setUint16(0, AF_NETLINK, HOST_IS_LITTLE_ENDIAN);
    new DataView(address.buffer, address.byteOffset).setUint32(8, groups, HOST_IS_LITTLE_ENDIAN);
    if (bindSocket(this.#descriptor, address, ADDRESS_BYTES) < 0) {
      closeDescriptor(this.#descriptor);
      throw new Error(`binding netlink protocol ${protocol} is refused (${koffi.errno()})`);
    }
    const room = Buffer.alloc(4);
    new DataView(room.buffer, room.byteOffset).setUint32(0, 4 * RECEIVE_BYTES, HOST_IS_LITTLE_ENDIAN);
    if (setOption(this.#descriptor, SOL_SOCKET, SO_RCVBUFFORCE, room, room.length) < 0)
      setOption(this.#descriptor, SOL_SOCKET, SO_RCVBUF, room, room.length);
    this.#memory = koffi.alloc("uint8_t", RECEIVE_BYTES);
    this.#octets = new Uint8Array(koffi.view(this.#memory, RECEIVE_BYTES));
  }

  send(message: Uint8Array): boolean {
    return sendOctets(this.#descriptor, message, message.length, 0) === message.length;
  }

  /**
   * What has come in one piece, until the next call; null when nothing is there, `overflow` when the kernel has thrown
   * messages away that nobody fetched.
   */
  receive(): Uint8Array | "overflow" | null {
    const count = receiveOctets(this.#descriptor, this.#memory, RECEIVE_BYTES, 0);
    if (count > 0) return this.#octets.subarray(0, Math.min(count, RECEIVE_BYTES));
    return count < 0 && koffi.errno() === ENOBUFS ? "overflow" : null;
  }

  /** Holds the thread up until something can be received, at most so long. */
  wait(timeoutMs: number): void {
    const list = Buffer.alloc(POLL_BYTES);
    const view = new DataView(list.buffer, list.byteOffset);
    view.setInt32(0, this.#descriptor, HOST_IS_LITTLE_ENDIAN);
    view.setInt16(4, POLLIN, HOST_IS_LITTLE_ENDIAN);
    pollSockets(list, 1, timeoutMs);
  }

  close(): void {
    closeDescriptor(this.#descriptor);
    koffi.free(this.#memory);
  }
}
