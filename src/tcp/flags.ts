/** TCP control bits as they stand in the header, with AE (RFC 9768) as the ninth. RFC 9293, section 3.1. */
export const FIN = 0x001;
export const SYN = 0x002;
export const RST = 0x004;
export const PSH = 0x008;
export const ACK = 0x010;
export const URG = 0x020;
export const ECE = 0x040;
export const CWR = 0x080;
export const AE = 0x100;

/** Letter of each bit, lowest first: tcpdump's and packetdrill's, "." being ACK. */
const LETTERS = "FSRP.UEWA";

const formatted = Array.from({ length: 512 }, (_, flags) => {
  let text = "";
  // tcpdump prints SYN, FIN, RST, PSH, ACK in the order of the bits, FIN first.
  for (let bit = 0; bit < LETTERS.length; bit++) if (flags & (1 << bit)) text += LETTERS[bit];
  return text === "" ? "-" : text;
});

/** Flags in tcpdump's letters: `S`, `S.`, `P.`, `F.`, `R`; `-` when no bit is set. */
export function formatFlags(flags: number): string {
  return formatted[flags & 0x1ff]!;
}

/** The bits of tcpdump's letters; undefined when a letter is unknown or repeated. */
export function parseFlags(text: string): number | undefined {
  if (text === "-") return 0;
  let flags = 0;
  for (const letter of text) {
    const bit = LETTERS.indexOf(letter);
    if (bit < 0 || flags & (1 << bit)) return undefined;
    flags |= 1 << bit;
  }
  return flags;
}
