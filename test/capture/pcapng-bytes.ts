import { concatBytes } from "../support/capture-bytes.js";

/** Builders of pcapng blocks, written from draft-ietf-opsawg-pcapng; little-endian unless told otherwise. */

type Numbers = readonly (readonly [bits: 8 | 16 | 32 | 64, value: number | bigint])[];

/** Numbers of the given widths, one behind the other. */
export function numbers(values: Numbers, isBig = false): Uint8Array {
  return concatBytes(
    values.map(([bits, value]) => {
      const view = new DataView(new ArrayBuffer(bits / 8));
      if (bits === 64) view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), !isBig);
      else if (bits === 32) view.setUint32(0, Number(value), !isBig);
      else if (bits === 16) view.setUint16(0, Number(value), !isBig);
      else view.setUint8(0, Number(value));
      return new Uint8Array(view.buffer);
    }),
  );
}

function padded(bytes: Uint8Array): Uint8Array {
  return concatBytes([bytes, new Uint8Array(-bytes.length & 3)]);
}

export function block(type: number, body: Uint8Array, isBig = false): Uint8Array {
  const whole = padded(body);
  const lengthBytes = 12 + whole.length;
  return concatBytes([
    numbers(
      [
        [32, type],
        [32, lengthBytes],
      ],
      isBig,
    ),
    whole,
    numbers([[32, lengthBytes]], isBig),
  ]);
}

export function option(code: number, value: Uint8Array, isBig = false): Uint8Array {
  return concatBytes([
    numbers(
      [
        [16, code],
        [16, value.length],
      ],
      isBig,
    ),
    padded(value),
  ]);
}

export function sectionHeader(isBig = false): Uint8Array {
  return block(
    0x0a0d0d0a,
    numbers(
      [
        [32, 0x1a2b3c4d],
        [16, 1],
        [16, 0],
        [64, -1],
      ],
      isBig,
    ),
    isBig,
  );
}

export function interfaceDescription(
  fields: { linkType?: number; snaplen?: number; options?: readonly Uint8Array[] } = {},
  isBig = false,
): Uint8Array {
  const { linkType = 1, snaplen = 0, options = [] } = fields;
  const fixed = numbers(
    [
      [16, linkType],
      [16, 0],
      [32, snaplen],
    ],
    isBig,
  );
  return block(1, concatBytes([fixed, ...options]), isBig);
}

export function enhancedPacket(
  frame: Uint8Array,
  fields: {
    units: number | bigint;
    interfaceId?: number;
    wireLength?: number;
    options?: readonly Uint8Array[];
  },
  isBig = false,
): Uint8Array {
  const { interfaceId = 0, wireLength = frame.length, options = [] } = fields;
  const units = BigInt(fields.units);
  const fixed = numbers(
    [
      [32, interfaceId],
      [32, units >> 32n],
      [32, units & 0xffffffffn],
      [32, frame.length],
      [32, wireLength],
    ],
    isBig,
  );
  return block(6, concatBytes([fixed, padded(frame), ...options]), isBig);
}
