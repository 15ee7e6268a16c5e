-- One line of name=value instead of wrk's own words. Times are in microseconds.
done = function(summary, latency)
  local errors = 0
  for _, count in pairs(summary.errors) do errors = errors + count end
  io.write(string.format("requests=%d duration=%d p50=%d p99=%d bytes=%d errors=%d\n",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.bytes, errors))
end
