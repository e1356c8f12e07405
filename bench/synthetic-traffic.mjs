/**
 * Made-up but lawful TCP traffic, the same for the same seed: requests and answers of several thousand connections at
 * a time, with losses before and after the point of capture, selective acknowledgments, closes of every kind, and reused four-tuples.
 */
import { ACK, FIN, PSH, RST, SYN } from "./frame-writer.mjs";

const CONCURRENT = 4000;
/** 4000 connections taking turns, one every 2.5 us: 10 ms between two frames of one connection. */
const MEAN_GAP_US = 2.5;
const RETRANSMISSION_TIMEOUT_US = 210_000;
const START_US = Date.UTC(2026, 0, 1) * 1000;
const SERVER_PORTS = [80, 443, 8080, 5432, 6379];

/** Marsaglia's xorshift with 32 bits of state; numbers in [0, 1). */
function randomNumbers(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

class Side {
  family = 4;
  address = 0;
  port = 0;
  mss = 1460;
  isn = 0;
  timestamps = true;
  clockOffset = 0;
  lastClock = 0;
  ipId = 0;
  flowLabel = 0;
  /** Relative number of the next octet to send. */
  next = 0;
}

class Connection {
  client = new Side();
  server = new Side();
  step = opening;
  /** Not to be continued before this time. */
  wakeUs = 0;
  requestsLeft = 0;
  requestBytes = 0;
  segmentsLeft = 0;
  unacknowledged = 0;
  lostAt = 0;
  lostBytes = 0;
  duplicateAcks = 0;
}

/** Writes at least `frames` frames of traffic to `writer`; the same seed gives the same frames. */
export function writeTraffic(writer, frames, seed = 1) {
  const random = randomNumbers(seed);
  const world = { writer, random, timeUs: START_US, connections: 0 };
  const live = Array.from({ length: CONCURRENT }, () => renew(new Connection(), world));
  while (writer.frames < frames) {
    const connection = live[(random() * CONCURRENT) | 0];
    world.timeUs += random() * 2 * MEAN_GAP_US;
    if (connection.wakeUs > world.timeUs) continue;
    connection.step = connection.step(connection, world);
  }
  return { connections: world.connections };
}

/** Makes the connection a new one: of other hosts, or now and then of the same four-tuple again. */
function renew(connection, world) {
  const { random } = world;
  const { client, server } = connection;
  const isReuse = server.port !== 0 && random() < 0.03;
  if (!isReuse) {
    client.family = server.family = random() < 0.15 ? 6 : 4;
    client.address = 0x0a010000 + ((random() * 20_000) | 0);
    client.port = 32768 + ((random() * 28_232) | 0);
    client.mss = server.mss = client.family === 4 ? 1460 : 1440;
    client.timestamps = server.timestamps = random() < 0.9;
    server.address = 0x0a020000 + ((random() * 60) | 0);
    server.port = SERVER_PORTS[(random() * SERVER_PORTS.length) | 0];
    client.flowLabel = (random() * 0xfffff) | 0;
    server.flowLabel = (random() * 0xfffff) | 0;
    for (const side of [client, server]) side.clockOffset = (random() * 2 ** 32) >>> 0;
  }
  for (const side of [client, server]) {
    side.isn = isReuse ? (side.isn + 0x01000000) >>> 0 : (random() * 2 ** 32) >>> 0;
    side.next = 1;
  }
  connection.requestsLeft = 1 + ((random() * random() * 10) | 0);
  connection.unacknowledged = 0;
  connection.step = opening;
  // A four-tuple comes back only when its last frame is some milliseconds old.
  connection.wakeUs = world.timeUs + 5000 + random() * 5000;
  return connection;
}

function send(world, from, to, flags, payloadBytes, seq = from.next) {
  world.writer.segment(world.timeUs, from, to, flags, seq, to.next, payloadBytes, 0, 0);
  const end = seq + payloadBytes + (flags & FIN ? 1 : 0);
  if (end > from.next) from.next = end;
}

function opening(connection, world) {
  const { client, server } = connection;
  world.connections++;
  world.writer.segment(world.timeUs, client, server, SYN, 0, 0, 0, 0, 0);
  if (world.random() >= 0.003) return accepting;
  connection.wakeUs = world.timeUs + 1_000_000;
  return repeatedSyn;
}

function repeatedSyn({ client, server }, world) {
  world.writer.segment(world.timeUs, client, server, SYN, 0, 0, 0, 0, 0);
  return accepting;
}

function accepting({ client, server }, world) {
  world.writer.segment(world.timeUs, server, client, SYN | ACK, 0, 1, 0, 0, 0);
  return established;
}

function established({ client, server }, world) {
  send(world, client, server, ACK, 0);
  return requesting;
}

function requesting(connection, world) {
  connection.requestsLeft--;
  connection.requestBytes = 60 + ((world.random() ** 3 * 1340) | 0);
  connection.segmentsLeft = 1 + ((world.random() ** 3 * 32) | 0);
  send(world, connection.client, connection.server, PSH | ACK, connection.requestBytes);
  if (world.random() >= 0.002) return received;
  connection.wakeUs = world.timeUs + RETRANSMISSION_TIMEOUT_US;
  return repeatedRequest;
}

function repeatedRequest({ client, server, requestBytes }, world) {
  send(world, client, server, PSH | ACK, requestBytes, client.next - requestBytes);
  return received;
}

function received({ client, server }, world) {
  send(world, server, client, ACK, 0);
  return answering;
}

function answering(connection, world) {
  const { client, server } = connection;
  const { random } = world;
  const isLast = --connection.segmentsLeft <= 0;
  const fullBytes = server.mss - (server.timestamps ? 12 : 0);
  const payloadBytes = isLast ? 60 + ((random() * (fullBytes - 60)) | 0) : fullBytes;
  if (connection.segmentsLeft > 4 && random() < 0.005) {
    connection.lostAt = server.next;
    connection.lostBytes = payloadBytes;
    connection.duplicateAcks = 0;
    // Lost behind the point of capture, so that it is recorded, or in front of it.
    if (random() < 0.5) send(world, server, client, ACK, payloadBytes);
    else server.next += payloadBytes;
    return afterLoss;
  }
  send(world, server, client, isLast ? PSH | ACK : ACK, payloadBytes);
  connection.unacknowledged++;
  return isLast || connection.unacknowledged >= 2 ? acknowledging : answering;
}

function acknowledging(connection, world) {
  connection.unacknowledged = 0;
  send(world, connection.client, connection.server, ACK, 0);
  if (connection.segmentsLeft > 0) return answering;
  if (connection.requestsLeft > 0) return requesting;
  return closing(connection, world);
}

/** A segment behind the lost one arrives ... */
function afterLoss(connection, world) {
  connection.segmentsLeft--;
  send(world, connection.server, connection.client, ACK, connection.lostBytes);
  return reportLoss;
}

/** ... and is answered by a duplicate ACK with a SACK block (RFC 2018); the third makes the server repeat (RFC 5681, 3.2). */
function reportLoss(connection, world) {
  const { client, server, lostAt, lostBytes } = connection;
  const { writer, timeUs } = world;
  writer.segment(timeUs, client, server, ACK, client.next, lostAt, 0, lostAt + lostBytes, server.next);
  return ++connection.duplicateAcks < 3 ? afterLoss : repairing;
}

function repairing({ client, server, lostAt, lostBytes }, world) {
  send(world, server, client, ACK, lostBytes, lostAt);
  return acknowledging;
}

/** How a connection ends: closed by the client, by the server, reset, or still open when it is last seen. */
function closing(connection, world) {
  const choice = world.random();
  if (choice < 0.55) return clientCloses;
  if (choice < 0.9) return serverCloses;
  if (choice < 0.97) return clientResets;
  renew(connection, world);
  return opening;
}

function clientCloses(connection, world) {
  send(world, connection.client, connection.server, FIN | ACK, 0);
  return serverClosesToo;
}

function serverClosesToo(connection, world) {
  send(world, connection.server, connection.client, FIN | ACK, 0);
  return clientAcknowledgesClose;
}

function clientAcknowledgesClose(connection, world) {
  send(world, connection.client, connection.server, ACK, 0);
  renew(connection, world);
  return opening;
}

function serverCloses(connection, world) {
  send(world, connection.server, connection.client, FIN | ACK, 0);
  return clientAcknowledgesServer;
}

function clientAcknowledgesServer(connection, world) {
  send(world, connection.client, connection.server, ACK, 0);
  return clientClosesToo;
}

function clientClosesToo(connection, world) {
  send(world, connection.client, connection.server, FIN | ACK, 0);
  return serverAcknowledgesClose;
}

function serverAcknowledgesClose(connection, world) {
  send(world, connection.server, connection.client, ACK, 0);
  renew(connection, world);
  return opening;
}

function clientResets(connection, world) {
  send(world, connection.client, connection.server, RST | ACK, 0);
  renew(connection, world);
  return opening;
}
