-- FIRST and LAST in the path become other days in each request: sites.py says which.
local path = wrk.path
if path:find("FIRST") then
  math.randomseed(os.time())
  local function day(least, most) return os.date("!%Y-%m-%d", os.time() - math.random(least, most) * 86400) end
  request = function()
    return wrk.format(nil, (path:gsub("FIRST", day(3300, 3650)):gsub("LAST", day(0, 1095))))
  end
end

-- One line of name=value instead of wrk's own words. Times are in microseconds.
done = function(summary, latency)
  local errors = 0
  for _, count in pairs(summary.errors) do errors = errors + count end
  io.write(string.format("requests=%d duration=%d p50=%d p99=%d bytes=%d errors=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes, errors))
end
