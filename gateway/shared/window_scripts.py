"""The scripts that Redis runs for `RequestWindow`."""

# A request's score is the time at which it leaves the window, by Redis' clock. The marker has the time at which the
# requests of a start leave it; if it is missing, Redis has lost its data, and now is a start. `last` has the time of
# the last request. `waiting` has, by process, the time that its first request has waited for its turn, and the time
# until which that is known.
# Arguments: the window in milliseconds, the requests of a start, the limit, the request to add, or an empty string, the
# process, the shares of `Claim`, or 0, and the time that the process's request has waited, or -1.
COUNT = """
local RETRY_MS, KNOWN_MS = 50, 1500
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local window, limit, request, process = tonumber(ARGV[1]), tonumber(ARGV[3]), ARGV[4], ARGV[5]
local reserved_share, burst_share, waited = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local function text(number) return string.format('%.0f', number) end

local last = now + window
local started = tonumber(redis.call('GET', KEYS[2]) or '')
if not (started and started <= last) then -- also NaN, if another program has written it
  started = last
  redis.call('SET', KEYS[2], text(last))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- Redis' clock was set back
for _, other in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. text(last), '+inf')) do
  redis.call('ZADD', KEYS[1], last, other)
end
local sent, used_at_start, wait = redis.call('ZCARD', KEYS[1]), 0, 0
if started > now then used_at_start = tonumber(ARGV[2]) end

local function leaves(rank)
  return tonumber(redis.call('ZRANGE', KEYS[1], rank, rank, 'WITHSCORES')[2])
end
local usable = limit - used_at_start
if reserved_share > 0 then usable = usable - math.floor(math.max(usable, 0) / reserved_share) end
local burst = usable
if burst_share > 0 then burst = math.max(math.floor(usable / burst_share), 1) end
local surplus = sent - usable
if surplus >= used_at_start then
  wait = leaves(surplus - used_at_start) - now
elseif surplus >= 0 then
  wait = started - now
elseif sent >= burst then
  -- paced: spread evenly over the window, and over the time until a request leaves it
  local next_leaving = used_at_start > 0 and started or leaves(0)
  local previous = tonumber(redis.call('GET', KEYS[3]) or '') or started - window
  if not (previous >= now - window and previous <= now) then previous = now - window end
  local interval = math.max((next_leaving - previous) / (1 - surplus), window / usable)
  wait = math.max(math.ceil(previous + interval - now), 0)
end

local states = redis.call('HGETALL', KEYS[4])
for i = 1, #states, 2 do
  local longer, known_until = string.match(states[i + 1], '^(%d+) (%d+)$')
  if not longer or tonumber(known_until) <= now or tonumber(known_until) > now + KNOWN_MS then
    redis.call('HDEL', KEYS[4], states[i])
  elseif states[i] ~= process and waited >= 0 and tonumber(longer) > waited then
    wait = math.max(wait, RETRY_MS)
  end
end
if wait == 0 and request ~= '' then
  redis.call('ZADD', KEYS[1], last, request)
  redis.call('SET', KEYS[3], text(now), 'PX', window)
  redis.call('HDEL', KEYS[4], process)
  sent = sent + 1
elseif waited >= 0 then
  redis.call('HSET', KEYS[4], process, text(waited) .. ' ' .. text(now + KNOWN_MS))
  redis.call('PEXPIRE', KEYS[4], window)
end
redis.call('PEXPIRE', KEYS[1], window)
return {sent, used_at_start, wait}
"""
# A request that ends leaves the window a whole window later.
END = """
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
"""
