import { analyze, defineRule } from "tcptrace-analyze";

/** Reports servers that take longer than a limit to send their first data. */
const slowFirstByte = defineRule({
  id: "slow-first-byte",
  meta: {
    summary: "A server takes long to send its first data.",
    severity: "warning",
    messages: { slow: "{{server}} took {{waitMs}} ms to answer." },
    why: "The client waits, and nothing is lost on the wire: the time is spent in the server.",
    remedy: "Look at the server's own timing of this request.",
    evidence: { request: "the client's first data", answer: "the server's first data" },
    references: ["RFC 9293, section 3.9"],
    options: { limitMs: { default: 100, minimum: 0, description: "longest time that is not reported" } },
  },
  create(context) {
    return {
      flowEnd(flow, _identity, listener) {
        const { client, server } = flow;
        if (client.firstDataFrame === 0 || server.firstDataFrame === 0) return;
        const waitMs = (server.firstDataNs - client.firstDataNs) / 1e6;
        if (waitMs <= context.options.limitMs) return;
        context.report({
          messageId: "slow",
          data: { server: listener.name, waitMs: Math.round(waitMs) },
          evidence: {
            request: { flowId: flow.id, frame: client.firstDataFrame, timeNs: client.firstDataNs },
            answer: { flowId: flow.id, frame: server.firstDataFrame, timeNs: server.firstDataNs },
          },
          subject: listener.name,
          flowIds: [flow.id],
          confidence: "strong",
          vantage: "unknown",
          startNs: client.firstDataNs,
          endNs: server.firstDataNs,
        });
      },
    };
  },
});

const report = await analyze({
  paths: ["captures/loopback-2003.pcap"],
  database: ":memory:",
  rules: [slowFirstByte],
});
for (const finding of report.findings) {
  console.log(`${finding.severity}: ${finding.message}`);
  for (const { role, frame, packet } of finding.evidence) console.log(`  ${role}, frame ${frame}: ${packet}`);
}
