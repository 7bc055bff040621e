---@meta netlab.core.socket
-- What runner/bind registers for sockets: the definitions that an editor reads, and the reference of each call.
-- tests/lua/meta_socket_test.lua compares this file with what is registered, in both directions.
--
-- Each method is the system call of its name, made once: it blocks when the socket blocks, a signal ends it with
-- EINTR, nothing is retried, no flag is added. Success gives a true value. When the kernel says no, the result is nil
-- and an error value. A wrong argument raises an error that names it and says what is allowed; so does any call on a
-- socket that was closed.

---A time: a number of seconds, 0 or more, or text with a unit: "10ns", "200us", "50ms", "1.5s", "2min".
---@alias netlab.Time number|string

---An error value. It compares with the constant of its name (`err == ECONNREFUSED`) and prints as
---"ECONNREFUSED (Connection refused)". Comparing, printing, joining with `..` or reading a field counts as looking at
---it: a failed call that nothing looked at is reported.
---@class netlab.Errno
---@field name string     "ECONNREFUSED"; source errno(3)
---@field number integer  111
---@field message string  "Connection refused"; source strerror(3)

---A socket address, as the kernel returned it. `tostring` gives "10.0.0.1:40000" or "[fd00::1]:40000".
---@class netlab.Sockaddr
---@field family integer     AF_INET or AF_INET6; a table with AF_UNSPEC is an address of no family (see connect)
---@field ip string?         AF_INET: "10.0.0.1"; source ip(7)
---@field ip6 string?        AF_INET6: "fd00::1" or "::ffff:10.0.0.1"; source ipv6(7)
---@field address string?    its ip or ip6; read only, pairs() does not show it
---@field port integer?      0 to 65535
---@field flowinfo integer?  AF_INET6: traffic class and flow label
---@field scope_id integer?  AF_INET6: interface number of a link-local address
---@field data string?       other families: the bytes behind the family

---An address argument: a host (`ip` or `ip6` is used, by the socket's family), a sockaddr table (its own family and
---port are used), or text: "10.0.0.2", "::1", INADDR_ANY.
---@alias netlab.Address table|netlab.Sockaddr|string

---The value of a socket option, of the option's kind:
--- * "integer", "boolean", "string", "bytes" (a string as C has it in memory)
--- * "time": a netlab.Time, read as seconds
--- * "time in milliseconds": a netlab.Time in a script (500 ms is 0.5 or "500ms"), kept by the kernel in milliseconds
--- * "time in whole seconds": a netlab.Time without a fraction, or any integer; read as an integer
--- * "linger": { onoff = boolean, linger = seconds } or false
--- * "error": an error value, or 0
--- * "tcp_info": a netlab.TcpInfo
---@alias netlab.OptionValue any

---A message for sendmsg.
---@class netlab.Message
---@field data string?             the bytes, or instead of them:
---@field iov string[]?            up to 64 strings, sent one behind the other
---@field to netlab.Address|table|nil  where to: an address with a port, or {address, port}
---@field control netlab.Control[]?  control data, 4096 bytes in all
---@field flags integer?           MSG_*, default 0

---What recvmsg returns.
---@class netlab.Received
---@field data string              the bytes that found room
---@field length integer           what the call returned; with MSG_TRUNC it may be more than #data
---@field flags integer            MSG_TRUNC, MSG_CTRUNC, MSG_OOB, MSG_ERRQUEUE, ...
---@field from netlab.Sockaddr?    the sender; with MSG_ERRQUEUE where the lost datagram went; nil on a TCP socket
---@field control netlab.Control[]  control data

---A piece of control data (cmsg(3)). In sendmsg `data` may be an integer, which is a C int. What recvmsg knows
---it also decodes: see the fields behind `data`.
---@class netlab.Control
---@field level integer                SOL_SOCKET, IPPROTO_IP, ...
---@field type integer                 SCM_TIMESTAMPNS, IP_TTL, ...
---@field data string|integer          the bytes as C has them
---@field value integer?               IP_TTL, IP_TOS, IPV6_HOPLIMIT, IPV6_TCLASS, SO_RXQ_OVFL, TCP_INQ, UDP_GRO
---@field time number?                 SCM_TIMESTAMPNS, SCM_TIMESTAMP: when it was received, seconds since 1970
---@field time_ns integer?             the same in nanoseconds, exactly
---@field err netlab.ExtendedError?    IP_RECVERR, IPV6_RECVERR
---@field ifindex integer?             IP_PKTINFO, IPV6_PKTINFO: interface number
---@field addr string?                 IP_PKTINFO, IPV6_PKTINFO: the address in the packet's header
---@field spec_dst string?             IP_PKTINFO: the local address

---An error from the error queue; source ip(7), IP_RECVERR, struct sock_extended_err.
---@class netlab.ExtendedError
---@field errno netlab.Errno|integer  the error, 0 when it is only a notice
---@field origin integer              SO_EE_ORIGIN_*
---@field type integer                of the ICMP message: ICMP_DEST_UNREACH, ...
---@field code integer                of the ICMP message: ICMP_PORT_UNREACH, ...
---@field info integer                the path MTU, when errno is EMSGSIZE
---@field data integer                not used by ICMP
---@field offender netlab.Sockaddr?   who sent the ICMP message

---A socket of the kernel. Each method is the system call of its name, made once; it blocks when the socket blocks.
---@class netlab.Socket
local Socket = {}

---Give the socket a local address; source bind(2). `s:bind(port)` alone is the wildcard address of the family.
---Errors: EADDRINUSE, EADDRNOTAVAIL, EINVAL (has an address already), EACCES.
---@param address netlab.Address|integer
---@param port integer?  0 to 65535, 0: the kernel chooses; absent: that of the sockaddr table
---@return true? ok, netlab.Errno? err
function Socket:bind(address, port) end

---Wait for connections; source listen(2).
---Errors: EADDRINUSE, EINVAL, EOPNOTSUPP.
---@param backlog integer?  connections that may wait for accept, default SOMAXCONN
---@return true? ok, netlab.Errno? err
function Socket:listen(backlog) end

---Take a connection from the queue; source accept(2). Blocks while there is none.
---Errors: EAGAIN (non-blocking), EINVAL (not listening), ECONNABORTED, EINTR, EMFILE.
---@return netlab.Socket? connection
---@return netlab.Sockaddr|netlab.Errno peer_or_err
function Socket:accept() end

---The same with flags for the new socket; source accept4(2).
---@param flags integer  SOCK_NONBLOCK, SOCK_CLOEXEC, or 0
---@return netlab.Socket? connection
---@return netlab.Sockaddr|netlab.Errno peer_or_err
function Socket:accept4(flags) end

---Connect to a peer, or, on SOCK_DGRAM, remember it; source connect(2). Blocks until the handshake is done or failed.
---`s:connect { family = AF_UNSPEC }` dissolves the association.
---Errors: ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH, ENETUNREACH, EINPROGRESS, EALREADY, EISCONN, EINTR, EADDRNOTAVAIL.
---@param address netlab.Address
---@param port integer?  0 to 65535; absent: that of the sockaddr table
---@return true? ok, netlab.Errno? err
function Socket:connect(address, port) end

---End one direction or both; source shutdown(2). Errors: ENOTCONN, EINVAL.
---@param how integer  SHUT_RD, SHUT_WR or SHUT_RDWR
---@return true? ok, netlab.Errno? err
function Socket:shutdown(how) end

---Close the socket; source close(2). It is closed whatever the result. Blocks with SO_LINGER. A socket is closed by
---this alone, or at the end of the block of a `<close>` variable, never by the garbage collector.
---@return true? ok, netlab.Errno? err
function Socket:close() end

---Send; source send(2). Blocks while the send buffer is full. SIGPIPE comes unless MSG_NOSIGNAL is given.
---Errors: EPIPE, ECONNRESET, EAGAIN, EINTR, ENOTCONN, EDESTADDRREQ, EMSGSIZE, ECONNREFUSED (UDP).
---@param data string
---@param flags integer?  MSG_*, default 0
---@return integer? count  bytes that the kernel took, maybe fewer than given
---@return netlab.Errno? err
function Socket:send(data, flags) end

---Receive; source recv(2). Blocks while there is nothing. "" is the end of the stream, or an empty datagram.
---Errors: ECONNRESET, ETIMEDOUT, EAGAIN (non-blocking, or SO_RCVTIMEO ran out), EINTR, ENOTCONN, ECONNREFUSED (UDP).
---@param size integer    bytes at most, 0 to 67108864
---@param flags integer?  MSG_*, default 0
---@return string? data
---@return integer|netlab.Errno|nil length_or_err  with MSG_TRUNC: the datagram's length when it was longer than `size`
function Socket:recv(size, flags) end

---Send; source write(2). As send without flags: SIGPIPE comes.
---@param data string
---@return integer? count  bytes that the kernel took, maybe fewer than given
---@return netlab.Errno? err
function Socket:write(data) end

---Receive; source read(2). As recv without flags, but 0 bytes are read without asking the socket: "" in any state.
---@param size integer    bytes at most, 0 to 67108864
---@return string? data
---@return netlab.Errno? err
function Socket:read(size) end

---Send to an address; source sendto(2). Errors as send, connect.
---@param data string
---@param flags integer?            MSG_*, default 0
---@param address netlab.Address?   nil: to the peer
---@param port integer?             0 to 65535; absent: that of the sockaddr table
---@return integer? count
---@return netlab.Errno? err
function Socket:sendto(data, flags, address, port) end

---Receive, with the sender; source recvfrom(2). Errors as recv.
---@param size integer    bytes at most, 0 to 67108864
---@param flags integer?  MSG_*, default 0
---@return string? data
---@return netlab.Sockaddr|netlab.Errno|nil from_or_err  nil on a TCP socket
---@return integer? length  with MSG_TRUNC: the datagram's length when it was longer than `size`
function Socket:recvfrom(size, flags) end

---Send a message with its control data; source sendmsg(2), cmsg(3). Errors as sendto.
---@param message netlab.Message
---@return integer? count
---@return netlab.Errno? err
function Socket:sendmsg(message) end

---Receive a message with its control data; source recvmsg(2), cmsg(3). Errors as recv.
---Fields of the argument: `size` bytes of data at most, default 65536; `control` bytes of control data at most, 0 to
---4096, default 512; `flags` MSG_*, default 0 (MSG_ERRQUEUE reads the error queue).
---@param request { size: integer?, control: integer?, flags: integer? }
---@return netlab.Received? message
---@return netlab.Errno? err
function Socket:recvmsg(request) end

---Set an option; source setsockopt(2). The value is of the option's kind. An option that is not listed is given as a
---string of bytes. Errors: EINVAL, ENOPROTOOPT, EPERM, EDOM.
---@param level integer   SOL_SOCKET, IPPROTO_TCP, ...
---@param option integer  SO_REUSEADDR, ...
---@param value netlab.OptionValue
---@return true? ok, netlab.Errno? err
function Socket:setsockopt(level, option, value) end

---Read an option; source getsockopt(2). With a `length` (0 to 512) the bytes as C has them are returned; an option
---that is not listed needs it. SO_ERROR gives 0, or an error value, and clears it. A boolean option gives true or
---false: false is no failure, and has no second result. TCP_INFO gives a netlab.TcpInfo.
---Errors: ENOPROTOOPT, EINVAL, ENOTCONN.
---@param level integer    SOL_SOCKET, IPPROTO_TCP, ...
---@param option integer   SO_REUSEADDR, ...
---@param length integer?  bytes
---@return netlab.OptionValue? value
---@return netlab.Errno? err
function Socket:getsockopt(level, option, length) end

---The local address; source getsockname(2).
---@return netlab.Sockaddr? address
---@return netlab.Errno? err
function Socket:getsockname() end

---The peer's address; source getpeername(2). Errors: ENOTCONN.
---@return netlab.Sockaddr? address
---@return netlab.Errno? err
function Socket:getpeername() end

---Flags of the descriptor; source fcntl(2). F_GETFL and F_GETFD return flags, F_SETFL and F_SETFD return true.
---@param command integer  F_GETFL, F_SETFL, F_GETFD or F_SETFD
---@param value integer?   for F_SETFL: O_NONBLOCK or 0; for F_SETFD: FD_CLOEXEC or 0
---@return integer|true|nil flags
---@return netlab.Errno? err
function Socket:fcntl(command, value) end

---Ask the kernel; source tcp(7), udp(7). SIOCINQ: bytes that wait to be received (UDP: length of the next datagram);
---SIOCOUTQ: bytes in the send queue; SIOCOUTQNSD: those never sent; SIOCATMARK: boolean, at the urgent mark.
---Errors: EINVAL (listening, or not of this protocol).
---@param request integer  SIOCINQ, SIOCOUTQ, SIOCOUTQNSD or SIOCATMARK
---@return integer|boolean|nil answer
---@return netlab.Errno? err
function Socket:ioctl(request) end

---Make the socket non-blocking or blocking: fcntl(F_GETFL), then fcntl(F_SETFL) with or without O_NONBLOCK.
---@param on boolean
---@return true? ok, netlab.Errno? err
function Socket:nonblocking(on) end

---The descriptor's number; source fileno(3). No call.
---@return integer
function Socket:fileno() end

---The family given to socket(2): AF_INET, AF_INET6, ... No call.
---@return integer
function Socket:family() end

---The type given to socket(2): SOCK_STREAM, SOCK_DGRAM or SOCK_RAW. No call.
---@return integer
function Socket:type() end

---The id of the host whose network the socket is in. No call.
---@return integer
function Socket:host() end

---What getsockopt(IPPROTO_TCP, TCP_INFO) returns; source tcp(7), linux/tcp.h. Times are in seconds. A field that the
---kernel does not know is absent.
---@class netlab.TcpInfo
---@field state string?                      state of the connection
---@field ca_state integer?                  congestion state: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss
---@field retransmits integer?               time-outs of the retransmission timer in a row
---@field probes integer?                    window or keep-alive probes without an answer
---@field backoff integer?                   doublings of the retransmission time-out
---@field options integer?                   TCP options in use, TCPI_OPT_*
---@field snd_wscale integer?                the peer's window scale
---@field rcv_wscale integer?                own window scale
---@field delivery_rate_app_limited boolean? delivery_rate was limited by the application
---@field fastopen_client_fail integer?      Fast Open failed: 1 no cookie, 2 data not acknowledged, 3 SYN lost
---@field rto number?                        s: retransmission time-out
---@field ato number?                        s: time-out of the delayed acknowledgement
---@field snd_mss integer?                   bytes: segment size for sending
---@field rcv_mss integer?                   bytes: segment size as seen from the peer
---@field unacked integer?                   segments sent and not acknowledged; a listener: length of its accept queue
---@field sacked integer?                    segments acknowledged by SACK; a listener: its backlog
---@field lost integer?                      segments taken for lost
---@field retrans integer?                   segments retransmitted and not acknowledged
---@field fackets integer?                   not used any more
---@field last_data_sent number?             s: time since data was sent
---@field last_ack_sent number?              s: not filled in by the kernel
---@field last_data_recv number?             s: time since data was received
---@field last_ack_recv number?              s: time since an acknowledgement was received
---@field pmtu integer?                      bytes: path MTU
---@field rcv_ssthresh integer?              bytes: limit of the window to be advertised
---@field rtt number?                        s: smoothed round-trip time
---@field rttvar number?                     s: mean deviation of the round-trip time
---@field snd_ssthresh integer?              segments: slow start threshold
---@field snd_cwnd integer?                  segments: congestion window
---@field advmss integer?                    bytes: MSS advertised to the peer
---@field reordering integer?                segments: reordering distance
---@field rcv_rtt number?                    s: round-trip time as the receiver estimates it
---@field rcv_space integer?                 bytes: receive buffer space that the application drains in a round trip
---@field total_retrans integer?             segments retransmitted in all
---@field pacing_rate integer?               bytes per second; -1: no limit
---@field max_pacing_rate integer?           bytes per second; -1: no limit
---@field bytes_acked integer?               bytes acknowledged by the peer, SYN included
---@field bytes_received integer?            bytes received in order
---@field segs_out integer?                  segments sent
---@field segs_in integer?                   segments received
---@field notsent_bytes integer?             bytes in the send queue that were never sent
---@field min_rtt number?                    s: least round-trip time
---@field data_segs_in integer?              segments with data received
---@field data_segs_out integer?             segments with data sent
---@field delivery_rate integer?             bytes per second
---@field busy_time number?                  s: time with data in flight or to be sent
---@field rwnd_limited number?               s: time limited by the peer's window
---@field sndbuf_limited number?             s: time limited by the send buffer
---@field delivered integer?                 segments delivered, SYN included
---@field delivered_ce integer?              segments delivered with a congestion mark
---@field bytes_sent integer?                bytes sent, retransmitted ones included
---@field bytes_retrans integer?             bytes retransmitted
---@field dsack_dups integer?                duplicates that the peer reported by DSACK
---@field reord_seen integer?                reordering events
---@field rcv_ooopack integer?               segments received out of order
---@field snd_wnd integer?                   bytes: the peer's window, scaled

local socket = {}

---Make a socket in a host's network; source socket(2). Scripts call it as `host:socket(family, type, protocol)`.
---Errors: EAFNOSUPPORT, EPROTONOSUPPORT, EPERM (SOCK_RAW), EMFILE.
---@param host { id: integer, name: string? }
---@param family integer     AF_INET or AF_INET6
---@param type integer       SOCK_STREAM, SOCK_DGRAM or SOCK_RAW, with SOCK_NONBLOCK, SOCK_CLOEXEC
---@param protocol integer?  IPPROTO_*, default 0
---@return netlab.Socket? socket
---@return netlab.Errno? err
function socket.open(host, family, type, protocol) return Socket end

---Close every open socket of this process that is not a key of `keep`, without a record. For a fork that has copies
---of another process's sockets; scripts do not need it.
---@param keep table<netlab.Socket, any>
function socket.abandon(keep) end

---Close every open socket of this process in a host that has crashed, without a record; host:crash() does it.
---@param host netlab.Host
function socket.vanish(host) end

---Wait until one of up to 64 sockets is ready; source poll(2). Blocks up to the time limit (rounded up to
---milliseconds), without one until something is ready. Errors: EINTR.
---@param list { [1]: netlab.Socket, [2]: integer }[]  each {socket, events}; events: POLLIN, POLLOUT, POLLRDHUP, ...
---@param timeout netlab.Time?
---@return integer? count  0: the time limit was reached
---@return { socket: netlab.Socket, revents: integer }[]|netlab.Errno ready_or_err  the sockets as they were given
function socket.poll(list, timeout) end

---Wait until one of the sockets is readable, writable or has urgent data; source select(2). Blocks up to the time
---limit (rounded up to microseconds), without one until something is ready. A descriptor of 1024 or more is misuse.
---Errors: EINTR.
---@param readers netlab.Socket[]?
---@param writers netlab.Socket[]?
---@param excepts netlab.Socket[]?
---@param timeout netlab.Time?
---@return integer? count  in all three lists; 0: the time limit was reached
---@return netlab.Socket[]|netlab.Errno readable_or_err
---@return netlab.Socket[]? writable
---@return netlab.Socket[]? exceptional
function socket.select(readers, writers, excepts, timeout) end

---A row of the table of socket options.
---@class netlab.Option
---@field name string     "SO_REUSEADDR"
---@field level integer   SOL_SOCKET, IPPROTO_TCP, ...
---@field option integer  the constant's value
---@field value string    the kind of its value, see netlab.OptionValue
---@field unit string     of the value: "s", "bytes", ...; "" for none
---@field access string   "rw", "r" or "w"
---@field source string   the man page, or the header that defines it

---The table of socket options.
---@return netlab.Option[]
function socket.options() end

---The fields of netlab.TcpInfo.
---@return { name: string, doc: string }[]
function socket.tcp_info_fields() end

return socket
