experiment "a segment with a wrong checksum is not answered, not even with RST" {
  case = "A9",
  source = "seed 003, section 3; RFC 9293 3.1, checksum, and 3.10.7.1",
  claim = "the kernel sends RST only in answer to a segment whose checksum is correct",
  verdict = "confirmed",
  look = "Each segment comes twice to a port where nobody listens: damaged, and right. The damaged one might have "
    .. "been for another port: its ports may be what was damaged. Only a counter knows of it.",
  tags = { "reset", "connect" },
  run = function(t)
    local server = t:host "server"
    local peer = t:puppet "peer"

    peer:send "peer:5000 -> server:8888 SYN seq=0 checksum=bad"
    t:equal(server:counters().TcpInCsumErrors, 1)
    peer:send "peer:5000 -> server:8888 SYN seq=0"
    peer:receive "server:8888 -> peer:5000 RST,ACK"

    peer:send "peer:5001 -> server:8888 ACK rawseq=1000 rawack=2000 checksum=bad"
    t:equal(server:counters().TcpInCsumErrors, 2)
    peer:send "peer:5001 -> server:8888 ACK rawseq=1000 rawack=2000"
    peer:receive "server:8888 -> peer:5001 RST"

    peer:send "peer:5002 -> server:8888 SYN seq=0 ipchecksum=bad" -- it does not even reach TCP
    t:equal(server:counters().TcpInCsumErrors, 2)
    t:equal(server:counters().IpInHdrErrors, 1)
    t:equal(server:counters().TcpOutRsts, 2)

    t:trace [[
      peer:5000 -> server:8888  SYN      seq=0 len=0 !checksum_ok
      peer:5000 -> server:8888  SYN      seq=0 len=0 checksum_ok
      server:8888 -> peer:5000  RST,ACK  rawseq=0 ack=1 len=0
      peer:5001 -> server:8888  ACK      rawseq=1000 rawack=2000 len=0 !checksum_ok
      peer:5001 -> server:8888  ACK      rawseq=1000 rawack=2000 len=0 checksum_ok
      server:8888 -> peer:5001  RST      rawseq=2000 len=0
      peer:5002 -> server:8888  SYN      seq=0 len=0 !checksum_ok
      none for 20ms
    ]]
  end
}
