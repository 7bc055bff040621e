---@meta netlab.core.capfile
-- The C module netlab.core.capfile (runner/bind/capfile.c): capture files of any origin, pcap and pcapng.

---@class netlab.Capfile what could be read of a file
---@field recording userdata "netlab.recording": its packets, each once; hosts have the names that the file gives them
---@field about string[] the file's own comments; whatever stood there
---@field comments table<integer, string> comments by packet number; whatever stood there
---@field story string|nil what netlab noted of its run: a story (view/story.lua) as JSON; whatever stood there
---@field broken string|nil where the file breaks off or contradicts itself; nil when it was read to its end
---@field unknown integer|nil packets of a link type that is not known: their protocol is "other"
---@field linktype string|nil the first such type: "127, IEEE802_11_RADIO"

---@class netlab.core.capfile
local capfile = {}

--- Read a capture file. Blocks until it is read to its end. Source: pcap_open_offline(3PCAP), draft-ietf-opsawg-pcapng.
---@param path string "-" is the standard input
---@return netlab.Capfile|nil file nil when nothing can be read
---@return string|nil why
function capfile.read(path) end

--- What netlab noted of its run in a pcapng file, without reading the packets.
---@param path string not "-"
---@return string|nil story as of capfile.read; nil when there is none, or the file cannot be read
function capfile.story(path) end

return capfile
