import { expect } from "chai";
import type { ListenerRow, SocketRow } from "../../src/kernel/socket-row.js";
import { parseSockets } from "../../src/kernel/sockets.js";

// Every text below is literal output of ss (iproute2 6.1.0) or /proc on Linux 6.18.

function rowsOf(text: string): (SocketRow | ListenerRow)[] {
  return parseSockets(text)!.samples.flatMap(({ rows }) => rows);
}

function socketsOf(text: string): SocketRow[] {
  return rowsOf(text).filter((row) => row.kind === "socket");
}

describe("listeners", () => {
  it("are read from ss -ltnp", () => {
    const text = `State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess                            
LISTEN 2      1          127.0.0.1:8080      0.0.0.0:*    users:(("listener",pid=3438,fd=3))
LISTEN 0      5                  *:8081            *:*    users:(("listener",pid=3439,fd=3))
`;
    expect(rowsOf(text)).to.deep.equal([
      {
        kind: "listener",
        addr: "127.0.0.1",
        port: 8080,
        acceptQueue: 2,
        backlog: 1,
        process: "listener[3438]",
        drops: null,
      },
      {
        kind: "listener",
        addr: "*",
        port: 8081,
        acceptQueue: 0,
        backlog: 5,
        process: "listener[3439]",
        drops: null,
      },
    ]);
  });

  it("have their drops from ss -m", () => {
    const text = `LISTEN 2      1          127.0.0.1:8080      0.0.0.0:*    users:(("listener",pid=3438,fd=3)) ino:1419921 sk:4d cgroup:unreachable:1 <->
	 skmem:(r0,rb131072,t0,tb16384,f0,w0,o0,bl0,d2) bbr cwnd:10 unacked:2
`;
    expect(rowsOf(text)[0]).to.include({ acceptQueue: 2, backlog: 1, drops: 2, process: "listener[3438]" });
  });

  it("are read from /proc/net/tcp and tcp6, which know no backlog", () => {
    const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000002 00:00000000 00000000     0        0 1419921 3 00000000e7df0ce4 100 0 0 10 0                   
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1419928 1 0000000021113208 100 0 0 10 0
`;
    const file = parseSockets(text)!;
    expect(file.samples).to.have.length(1);
    expect(file.formats).to.deep.equal(["/proc/net/tcp", "/proc/net/tcp6"]);
    expect(
      file.samples[0]!.rows.map(
        (row) => row.kind === "listener" && [row.addr, row.port, row.acceptQueue, row.backlog],
      ),
    ).to.deep.equal([
      ["127.0.0.1", 8080, 2, null],
      ["::", 8081, 0, null],
    ]);
  });

  it("on a device, by an IPv6 address or mapped keep the bare address", () => {
    const text = `LISTEN 0 4096 127.0.0.53%lo:53 0.0.0.0:*
LISTEN 0 128 [fe80::1]%eth0:22 [::]:*
LISTEN 0 128 [::ffff:10.0.0.1]:80 *:*
`;
    expect(rowsOf(text).map((row) => row.kind === "listener" && row.addr)).to.deep.equal([
      "127.0.0.53",
      "fe80::1",
      "::ffff:10.0.0.1",
    ]);
  });
});

describe("sockets", () => {
  it("are read from ss -tinoem with their TCP_INFO", () => {
    const text = `State    Recv-Q Send-Q Local Address:Port  Peer Address:Port Process                                                                                                     
ESTAB    0      0          127.0.0.1:33866    127.0.0.1:8080  ino:1419974 sk:50 cgroup:unreachable:1 <->
	 skmem:(r0,rb131072,t0,tb3939840,f0,w0,o0,bl0,d0) ts sack bbr wscale:10,7 rto:204 rtt:0.04/0.021 mss:32768 pmtu:65535 rcvmss:536 advmss:65483 cwnd:11 bytes_sent:3 bytes_acked:4 segs_out:3 segs_in:2 data_segs_out:1 bbr:(bw:11397562496bps,mrtt:0.023,pacing_gain:2.88672,cwnd_gain:2.88672) send 72089600000bps lastsnd:1828 lastrcv:1829 lastack:1830 pacing_rate 174081701688bps delivery_rate 11397565216bps delivered:2 app_limited rcv_space:65495 rcv_ssthresh:65495 minrtt:0.023 snd_wnd:65536                                            
SYN-SENT 0      1          127.0.0.1:33896    127.0.0.1:8080  users:(("bash",pid=3472,fd=4)) timer:(on,1.104ms,1)
	 bbr rto:1000 mss:524 cwnd:1 segs_out:2 unacked:1 retrans:1/3 lost:1 rcv_ssthresh:65495
`;
    const [established, connecting] = socketsOf(text);
    expect(established).to.include({
      state: "ESTAB",
      localAddr: "127.0.0.1",
      localPort: 33866,
      peerPort: 8080,
      congestionControl: "bbr",
      timer: null,
    });
    expect(established!.tcpInfo).to.include({
      rttNs: 40_000,
      rttDeviationNs: 21_000,
      minRttNs: 23_000,
      rtoNs: 204_000_000,
      sendWindowScale: 10,
      receiveWindowScale: 7,
      mssBytes: 32_768,
      cwndSegments: 11,
      sentBytes: 3,
      ackedBytes: 4,
      sinceSentNs: 1_828_000_000,
      sinceReceivedNs: 1_829_000_000,
      sinceAckNs: 1_830_000_000,
      sendBitsPerSecond: 72_089_600_000,
      deliveryBitsPerSecond: 11_397_565_216,
      sendWindowBytes: 65_536,
      retransmissions: null,
    });
    expect(connecting).to.include({
      state: "SYN-SENT",
      sendQueueBytes: 1,
      process: "bash[3472]",
      timer: "on",
      timerNs: 1_104_000_000,
      timeouts: 1,
    });
    expect(connecting!.tcpInfo).to.include({
      outstandingRetransmissions: 1,
      retransmissions: 3,
      lostSegments: 1,
    });
  });

  it("are read where ss was asked for one state, which it then leaves out", () => {
    const text = `Recv-Q Send-Q Local Address:Port Peer Address:Port Process
5      0          10.77.0.2:8080    10.77.0.1:50782
	 ts sack bbr wscale:10,10 rto:248 rtt:44.206/22.103 ato:40 mss:1448
`;
    expect(socketsOf(text)[0]).to.include({
      state: null,
      receiveQueueBytes: 5,
      peerAddr: "10.77.0.1",
      peerPort: 50782,
    });
    expect(socketsOf(text)[0]!.tcpInfo.rttNs).to.equal(44_206_000);
  });

  it("are read from /proc/net/tcp and tcp6", () => {
    const text = `   4: 0100007F:8468 0100007F:1F90 02 00000001:00000000 01:00000007 00000001     0        0 1419980 2 000000003f062ffe 100 0 0 1 -1                   
   1: 00000000000000000000000001000000:92D6 00000000000000000000000001000000:1F91 01 00000000:00000006 00:00000000 00000000     0        0 1419970 1 000000003ab936b2 20 4 30 11 -1
`;
    const [v4, v6] = socketsOf(text);
    expect(v4).to.include({
      state: "SYN-SENT",
      localAddr: "127.0.0.1",
      localPort: 33896,
      sendQueueBytes: 1,
      timer: "on",
      timerNs: 70_000_000,
      timeouts: 1,
    });
    expect(v6).to.include({
      state: "ESTAB",
      localAddr: "::1",
      localPort: 37590,
      peerPort: 8081,
      receiveQueueBytes: 6,
    });
    expect(v6!.tcpInfo).to.include({
      rtoNs: 200_000_000,
      atoNs: 40_000_000,
      cwndSegments: 11,
      ssthreshSegments: null,
    });
  });

  it("of other networks are passed over, and what is neither is counted", () => {
    const file =
      parseSockets(`Netid State    Recv-Q Send-Q Local Address:Port        Peer Address:Port Process
nl    UNCONN   0      0                  0:-2055904524             *            
tcp   LISTEN   0      1          127.0.0.1:8080              0.0.0.0:*            
LISTEN 0 128 0.0.0.0:ssh 0.0.0.0:*
`)!;
    expect(file.samples[0]!.rows).to.have.length(1);
    expect(file.unknownLines).to.equal(1);
  });

  it("are sampled by times, else by headings; a list without entries is a sample, too", () => {
    const heading = "State Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n";
    const listener = "LISTEN 0 1 127.0.0.1:80 0.0.0.0:*\n";
    const timed = parseSockets(`1795238468\n${heading}${listener}${heading}1795238469\n${heading}`)!;
    expect(timed.samples.map(({ rows }) => rows.length)).to.deep.equal([1, 0]);
    expect(parseSockets(heading + listener + heading)!.samples.map(({ rows }) => rows.length)).to.deep.equal([
      1, 0,
    ]);
  });

  it("are not taken from other text, however hostile", () => {
    for (const text of ["", "TcpExtListenDrops 1\n", "Total: 34\nTCP:   10 (estab 6)\n", "1795238468\n"])
      expect(parseSockets(text), text).to.equal(null);
    const hostile = `LISTEN 99999999999999 1 a:80 b:*\nESTAB 0 0 1.1.1.1:99999 2.2.2.2:80\nESTAB 0 0 1.1.1.1:1 2.2.2.2:2 users:(((((\n\t${"rtt:".repeat(1e5)} send x cwnd:${"9".repeat(40)}\n`;
    const sockets = socketsOf(hostile);
    expect(sockets).to.have.length(1);
    expect(sockets[0]!.tcpInfo).to.include({ rttNs: null, cwndSegments: null, sendBitsPerSecond: null });
  });
});
