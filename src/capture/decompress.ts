import type { ByteSource } from "./byte-source.js";
import type { CaptureSource } from "./capture-source.js";
import { CommandSource } from "./command-source.js";
import { GzipSource } from "./gzip-source.js";
import { LZ4_FRAME_MAGIC, LZ4_LEGACY_MAGIC, Lz4Source } from "./lz4-source.js";
import { XzSource } from "./xz-source.js";
import { ZstdSource } from "./zstd-source.js";

export type Compression = NonNullable<CaptureSource["compression"]>;

const ZSTD_MAGIC = 0xfd2fb528;
/** "\xfd7zX" and, behind it, "Z\0". */
const XZ_MAGIC = 0x587a37fd;

/** The compression whose magic number `bytes` begin with; null when there is none. */
export function identifyCompression(bytes: Uint8Array): Compression | null {
  if (bytes.length < 4) return null;
  const magic = new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true);
  // 8 is deflate, the only method gzip knows. RFC 1952, section 2.3.1.
  if ((magic & 0xffffff) === 0x088b1f) return "gzip";
  if (magic === ZSTD_MAGIC) return "zstd";
  if (magic === XZ_MAGIC && bytes[4] === 0x5a && bytes[5] === 0) return "xz";
  if (magic === LZ4_FRAME_MAGIC || magic === LZ4_LEGACY_MAGIC) return "lz4";
  return null;
}

/**
 * The octets that compressed `source` stands for. Memory is bounded whatever the data says; closing the result closes
 * `source`.
 * @param reopen see GzipSource.
 */
export async function decompress(
  compression: Compression,
  source: ByteSource,
  reopen: (() => Promise<ByteSource>) | null,
): Promise<ByteSource> {
  switch (compression) {
    case "gzip":
      return new GzipSource(source, reopen);
    case "lz4":
      return new Lz4Source(source);
    case "zstd":
      return (
        (await CommandSource.start("zstd", ["-dcq"], source, "holds damaged or cut zstd data")) ??
        new ZstdSource(source)
      );
    case "xz":
      return (
        (await CommandSource.start(
          "xz",
          ["-dcqq", "--memlimit=512MiB"],
          source,
          "holds damaged or cut xz data",
        )) ?? new XzSource(source)
      );
  }
}
