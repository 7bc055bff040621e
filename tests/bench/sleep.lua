-- Labs that only wait: for the memory of a living lab, and for many at once.

local function sleeper(time)
  return function(t)
    t:hosts("client", "server")
    t:ok(t:sleep(time))
  end
end

experiment "sleep for one second" { timeout = 60, run = sleeper(1) }

experiment "sleep for three seconds" { timeout = 60, run = sleeper(3) }
