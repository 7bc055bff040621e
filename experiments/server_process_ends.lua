local function ends_with_fin(how, serve, end_it, ending)
  experiment("the server process " .. how .. ": FIN") {
    case = "D8",
    source = "seed 002, the server's process ends; RFC 9293 3.6; exit(2); close(2)",
    claim = "when the server's process ends, normally or not, all its descriptors are closed, FIN is sent, and the "
      .. "client's read returns 0",
    verdict = "confirmed",
    look = "The process never calls close(): the kernel does it, for every process that ends. The client cannot tell "
      .. "a crash from a good-bye. The connection outlives the process, as an orphan in FIN-WAIT-2.",
    tags = { "crash", "close", "states", "receive", "signals" },
    unnoticed = { ["recv_queue == 0"] = "asked until it is so; the trace would show the RST" },
    run = function(t)
      local client, server = t:hosts("client", "server", { rto_min = "2s" }) -- a busy machine repeats nothing
      local l = t:ok(server:socket(AF_INET, SOCK_STREAM))
      t:ok(l:bind(7000))
      t:ok(l:listen())
      local process = server:spawn("server", function()
        local s = t:ok(l:accept())
        t:equal(s:recv(5), "hello")
        serve(t, s)
      end)
      t:ok(l:close()) -- the process has its own
      local c = t:ok(client:socket(AF_INET, SOCK_STREAM))
      t:ok(c:connect(server, 7000))
      t:equal(c:send "hello", 5)
      t:wait_packet "server:7000 -> client ACK ack=6"
      t:eventually(function() -- the process has read it
        local all = server:sockets()
        return all[#all].state ~= "LISTEN" and all[#all].recv_queue == 0
      end)

      end_it(t, process)

      local ended = t:ok(process:wait(5))
      t:equal({ ended.exit, ended.signal_name }, ending)
      t:equal(c:recv(100), "", "the end of the stream")
      t:state(c, "CLOSE-WAIT")
      t:wait_packet "client -> server:7000 ACK ack=2"
      t:eventually(function()
        local all = server:sockets()
        return #all == 1 and all[1].state == "FIN-WAIT-2" and all[1].orphan
      end)
      t:equal({ #client:sockets(), c:getsockopt(SOL_SOCKET, SO_ERROR) }, { 1, 0 })
      t:trace [[
        client -> server:7000  SYN      seq=0 len=0
        server:7000 -> client  SYN,ACK  seq=0 ack=1 len=0
        client -> server:7000  ACK      seq=1 ack=1 len=0
        client -> server:7000  ACK      seq=1 ack=1 payload="hello"
        server:7000 -> client  ACK      seq=1 ack=6 len=0
        server:7000 -> client  FIN,ACK  seq=1 ack=6 len=0
        client -> server:7000  ACK      seq=6 ack=2 len=0
      ]]
    end
  }
end

local function wait_for_ever(t, s) t:ok(s:recv(100)) end

ends_with_fin("exits", function() end, function() end, { 0, nil })
ends_with_fin("is killed", wait_for_ever, function(t, process) t:ok(process:kill(SIGKILL)) end, { nil, "SIGKILL" })
ends_with_fin("crashes", wait_for_ever, function(t, process) t:ok(process:kill(SIGSEGV)) end, { nil, "SIGSEGV" })
