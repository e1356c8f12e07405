/** Where SharedEnds holds. */
export const STOOD_STILL =
  "Other servers answered at the same moment: the client's host, or the way to all of them, stood still until then.";

/** Where the client may have sent something else than a request. */
export const NO_REQUEST =
  "What the client had sent asked for no answer: it confirmed what it had got, or kept the connection alive, and the server spoke again when it had something to say.";

/** Where ServerPaths knows of late answers. */
export const PATH_SILENT =
  "The way between the two was shut: SYNs of the client to the same address were not answered meanwhile either.";

/** Of a greeting where no other connection of the two is known to have gone on. */
export const GREETING_LOST =
  "Nothing else passed between the two meanwhile: the server may have spoken at once, what it said was lost, and came again when the way was open.";

/** Where connections do nothing but wait, and the listener's usual answers are quick. */
export const WAITS_ONLY =
  "Its client does little but wait, several times, where first answers are quick: it may ask to be told what happens (long polling, a queue's consumer).";

const GREETS_LATER = [
  "The server lets the client wait on purpose, as mail servers do with senders that they do not know, or asks for the client's name first (DNS, ident) and gets no answer.",
  "What answered the handshake is a proxy or load balancer in front of the server, which it could not reach.",
];

const ON_PURPOSE = [
  "The request asked the server to wait until something happens (long polling, a subscription, a lock).",
  "The server lets the client wait on purpose, as after a wrong password.",
];
const ANSWER_LOST = "The server answered at once, and its answer was lost before it reached the capture.";

/** What else each message of stall-server may mean. */
export const WAIT_ALTERNATIVES = {
  slow: [...ON_PURPOSE, ANSWER_LOST],
  timed: [
    "The request asked the server to wait until something happens, and for how long at most (long polling, BLPOP, a fetch that waits for data): nothing happened.",
    "The server lets the client wait for a fixed time on purpose, as after a wrong password.",
    ANSWER_LOST,
  ],
  singled: [...ON_PURPOSE, "The request was much work, and all others little.", ANSWER_LOST],
  interrupted: [
    "The server is slow, too: it had acknowledged the request, and when it sent the answer is not known.",
  ],
  lost: ["The server was slow as well: when it sent the first of these packets is not known."],
  unanswered: [
    "A protocol in which the server has nothing to say: logs, metrics, one-way messages.",
    "The server answered, and its answers were lost before they reached the capture.",
  ],
  swallowed: [
    "The way back was shut for all segments at the time.",
    "The server was slow, and its answer was lost once when it came.",
  ],
  greeting: GREETS_LATER,
  ungreeted: [
    ...GREETS_LATER,
    "The handshake's last ACK never arrived, or the accept queue was full and dropped it: the server does not know of the connection.",
    "The server spoke, and what it said was lost before it reached the capture.",
  ],
  held: ["The server is slow, and always."],
} as const;
