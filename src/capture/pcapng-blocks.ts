/** Block types. draft-ietf-opsawg-pcapng, section 11.1. */
export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const OBSOLETE_PACKET = 2;
export const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;

/** Reads the same in the section's byte order only. */
export const BYTE_ORDER_MAGIC = 0x1a2b3c4d;

/** Octets of a body's fixed part, options not counted, for a block type that is read; 0 for all others. */
export function minimumBodyBytes(type: number): number {
  switch (type) {
    case ENHANCED_PACKET:
    case OBSOLETE_PACKET:
      return 20;
    case SIMPLE_PACKET:
      return 4;
    case INTERFACE_DESCRIPTION:
      return 8;
    case INTERFACE_STATISTICS:
      return 12;
    default:
      return 0;
  }
}

const NAME_OF_TYPE: ReadonlyMap<number, string> = new Map([
  [4, "name resolution block"],
  [9, "systemd journal block"],
  [0x0a, "decryption secrets block"],
  [0x204, "sysdig event block"],
  [0x216, "sysdig event block"],
  [0x221, "sysdig event block"],
  [0x0bad, "custom block"],
  [0x40000bad, "custom block"],
]);

/** These hold no frame, yet Wireshark gives each a frame number. */
const NUMBERED = new Set(["systemd journal block", "sysdig event block", "custom block"]);

/** Name of a block type that holds no frame; one name for all unknown types, so that a hostile file names few. */
export function blockName(type: number): string {
  return NAME_OF_TYPE.get(type) ?? "unknown block";
}

/** True when Wireshark counts the block among the frames. */
export function isNumbered(name: string): boolean {
  return NUMBERED.has(name);
}

/** True when `bytes` begin with a section header block in either byte order. */
export function isPcapng(bytes: Uint8Array): boolean {
  if (bytes.length < 12) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, 12);
  if (view.getUint32(0) !== SECTION_HEADER) return false;
  return view.getUint32(8) === BYTE_ORDER_MAGIC || view.getUint32(8, true) === BYTE_ORDER_MAGIC;
}
