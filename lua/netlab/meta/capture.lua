---@meta netlab.core.capture
-- The C module netlab.core.capture (runner/bind/capture.c): live captures with libpcap, pcap(3pcap).

---@class netlab.CaptureOptions what a capture may be given
---@field interface string|nil "eth0" (the default), "lo" or "any"
---@field filter string|nil pcap-filter(7); the default is everything
---@field snaplen integer|nil bytes kept of a frame, 1 or more; the default is 65535
---@field promisc boolean|nil also frames for other MAC addresses; the default is false
---@field buffer integer|nil bytes of the ring between the kernel and the script; the default is 262144

---@class netlab.CapturedFrame a frame of a capture
---@field time number seconds since the epoch, when it passed (a number cannot hold all of the nanoseconds)
---@field time_ns integer the same in nanoseconds, on the recording's clock
---@field length integer bytes on the interface
---@field captured integer bytes in `data`
---@field data string the frame from its link header on, cut to snaplen

---@class netlab.CaptureStats counts since opening; pcap_stats(3pcap)
---@field received integer frames that passed the filter
---@field dropped integer of those, frames lost because the ring was full
---@field if_dropped integer frames lost by the interface

---@class netlab.Capture a live capture; closed by close(), at the end of a `<close>` variable, or by the collector
local Capture = {} -- luacheck: ignore 241

--- The next frame, in the order of capture.
--- Errors: raises when the capture is closed, when the interface goes away, and when more than 4 MiB were captured.
---@param timeout number|string|nil seconds or a text with a unit ("50ms"); 0 only looks; nil waits for ever
---@return netlab.CapturedFrame|nil frame nil when there is none
---@return "timeout"|"interrupted"|nil why "interrupted": a signal handler ran (EINTR)
function Capture:next(timeout) end

--- What libpcap counted. Errors: raises when the capture is closed.
---@return netlab.CaptureStats stats
function Capture:stats() end

--- Write all frames so far, handed out by next() or still waiting, to a pcap file with nanosecond stamps. Those that
--- were waiting are still handed out afterwards. Errors: raises when the capture is closed, when more than 4 MiB were
--- captured, and when the file cannot be written. Source: pcap_dump_open(3pcap).
---@param path string
---@return true
function Capture:save(path) end

--- Close the capture. It takes 20 to 40 ms (the kernel waits for its readers). Harmless when it is closed already.
function Capture:close() end

---@class netlab.core.capture
local capture = {}

--- Open a live capture in a host, in immediate mode: each frame that passes from then on can be read at once. It
--- takes about 10 ms. Errors: raises when an option is unknown or of the wrong type, when the filter is wrong (with
--- libpcap's words), and when libpcap refuses (no such interface, interface down: the lab cannot run).
---@param host table a host (its field `id` is read)
---@param options netlab.CaptureOptions|nil
---@return netlab.Capture
function capture.open(host, options) end

--- Check a filter without opening anything, as for Ethernet. Errors: raises with libpcap's words. Source: pcap-
--- filter(7).
---@param filter string
---@return true
function capture.compile_filter(filter) end

return capture
