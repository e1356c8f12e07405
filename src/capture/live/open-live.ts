import { LibpcapFeed } from "./libpcap-feed.js";
import { LiveCapture } from "./live-capture.js";
import { liveError } from "./live-failure.js";
import { resolveLiveOptions } from "./live-options.js";
import type { LiveOptions, LiveSource } from "./live-source.js";

/**
 * Opens interfaces for capturing. Throws AnalyzeError USAGE, INTERFACE_NOT_FOUND, INTERFACE_DOWN, FILTER_INVALID,
 * CAPTURE_NOT_PERMITTED, CAPTURE_BACKEND_MISSING or CAPTURE_FAILED. What happens later shows in `damage` and `notes`.
 */
export async function openLive(options: LiveOptions): Promise<LiveSource> {
  const resolved = resolveLiveOptions(options);
  const feed = await LibpcapFeed.open(resolved);
  if ("kind" in feed) throw liveError(feed, resolved.filter);
  return new LiveCapture(feed, resolved);
}
