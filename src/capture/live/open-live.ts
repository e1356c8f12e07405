import { CapFeed } from "./cap-feed.js";
import { LibpcapFeed } from "./libpcap-feed.js";
import { LiveCapture } from "./live-capture.js";
import { type LiveFailure, liveError } from "./live-failure.js";
import type { LiveFeed } from "./live-feed.js";
import { type ResolvedLiveOptions, resolveLiveOptions } from "./live-options.js";
import type { LiveOptions, LiveSource } from "./live-source.js";
import { TcpdumpFeed } from "./tcpdump-feed.js";

/**
 * Opens interfaces for capturing. Throws AnalyzeError USAGE, INTERFACE_NOT_FOUND, INTERFACE_DOWN, FILTER_INVALID,
 * CAPTURE_NOT_PERMITTED, CAPTURE_BACKEND_MISSING or CAPTURE_FAILED. What happens later shows in `damage` and `notes`.
 */
export async function openLive(options: LiveOptions): Promise<LiveSource> {
  const resolved = resolveLiveOptions(options);
  const feed = await openFeed(resolved);
  if ("kind" in feed) throw liveError(feed, resolved.filter);
  return new LiveCapture(feed, resolved);
}

async function openFeed(options: ResolvedLiveOptions): Promise<LiveFeed | LiveFailure> {
  switch (options.backend) {
    case "libpcap":
      return LibpcapFeed.open(options);
    case "tcpdump":
      return TcpdumpFeed.open(options);
    case "cap":
      return CapFeed.open(options);
    case "auto":
      return openBest(options);
  }
}

/** libpcap, and tcpdump where libpcap is missing or may not capture but tcpdump may. */
async function openBest(options: ResolvedLiveOptions): Promise<LiveFeed | LiveFailure> {
  const first = await LibpcapFeed.open(options);
  if (!("kind" in first) || (first.kind !== "noBackend" && first.kind !== "notPermitted")) return first;
  const second = await TcpdumpFeed.open(options);
  if (!("kind" in second) || second.kind !== "noBackend") return second;
  return first.kind === "noBackend" ? { ...second, words: `${first.words}, and ${second.words}` } : first;
}
