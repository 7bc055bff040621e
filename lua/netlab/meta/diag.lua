---@meta netlab.core.diag
-- The C module netlab.core.diag (runner/bind/diag.c): the sockets of a host, sock_diag(7).

---@class netlab.SocketInfo one socket of a host, whoever holds it
---@field family integer AF_INET or AF_INET6
---@field proto "tcp"|"udp" its protocol
---@field state string RFC 9293's name ("SYN-RECEIVED"; bound and idle: "CLOSED"); UDP: "CONNECTED", "UNCONNECTED"
---@field ip string local address ("10.0.0.1", "fd00::1", "0.0.0.0")
---@field port integer local port, 0 to 65535
---@field peer_ip string|nil remote address; nil without a peer
---@field peer_port integer|nil remote port; nil without a peer
---@field recv_queue integer bytes not read yet (UDP: with the kernel's overhead); LISTEN: connections not accepted
---yet
---@field send_queue integer bytes sent and not acknowledged yet; LISTEN: the longest that queue may be
---@field timer "retransmit"|"keepalive"|"time-wait"|"probe"|nil the timer that runs; "probe" is the zero-window probe
---@field expires number|nil seconds until the timer runs out; nil without a timer
---@field retransmits integer how often what the timer waits for was sent again
---@field orphan boolean TCP: closed by its process, or that is gone, and the close goes on without it
---@field inode integer 0 without a descriptor: an orphan, TIME-WAIT, SYN-RECEIVED, or not accepted yet

---@class netlab.core.diag
local diag = {}

--- List all TCP and UDP sockets of a host, IPv4 and IPv6, in every state. Source: sock_diag(7), ss(8). Sorted by
--- protocol (tcp first), family, local port, remote port, state. It is not a picture of one moment: a socket that
--- changes meanwhile may show twice or not at all. Errors: raises when `host` is no host, and when the kernel refuses
--- (the lab cannot run).
---@param host table a host (its field `id` is read)
---@return netlab.SocketInfo[] sockets
function diag.sockets(host) end

return diag
