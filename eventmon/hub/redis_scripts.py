"""What a server does in one atomic step, in Lua: each script looks, decides and writes without anybody between.

A definition is kept as ``VERSION EDIT JSON``, so that a script reads version and edit without parsing what people
wrote. The id of a change in the stream is its version, so a hole in the numbers shows what was trimmed.
"""

from __future__ import annotations

LOAD = """
local meta, changes = KEYS[1], KEYS[2]
local kinds = {'hash', 'stream', 'zset'}
local used = false
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= (kinds[i] or 'hash') then return {'foreign', key, kind} end
  used = used or (i > 1 and kind ~= 'none')
end
local format = redis.call('HGET', meta, 'format')
if format and format ~= ARGV[1] then return {'format', format} end
if not format then
  if used or redis.call('EXISTS', meta) == 1 then return {'foreign', meta, 'without a format'} end
  if ARGV[2] == '' then return {'none'} end
  redis.call('HSET', meta, 'format', ARGV[1], 'uuid', ARGV[2], 'version', '0', 'edit', '')
end
local head = redis.call('HMGET', meta, 'uuid', 'version', 'edit')
local answer = {'loaded', head[1], head[2], head[3]}
for i = 4, #KEYS do answer[#answer + 1] = redis.call('HGETALL', KEYS[i]) end
return answer
"""
"""KEYS meta, changes, edits, one hash for each kind. ARGV format, the uuid of a new hub; empty makes none."""

APPLY = """
local meta, changes, edits, entries = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local uuid, id, kind, name, old, expected, value, limit = unpack(ARGV)
if redis.call('HGET', meta, 'uuid') ~= uuid then return {'other'} end
local function head(kept) return string.match(kept or '', '^(%d+) (%S+) ') end
local there = redis.call('HGET', entries, name)
if (value == '' and not there) or redis.call('ZSCORE', edits, id) then return {'done', there or ''} end
local target = there
if old ~= '' then target = redis.call('HGET', entries, old) end
local version = head(target) or '0'
if expected ~= '' and expected ~= version then return {'conflict', target or ''} end
if old ~= '' and there then return {'taken', there} end
local function note(changed, kept)
  local next = redis.call('HINCRBY', meta, 'version', 1)
  redis.call('HSET', meta, 'edit', id)
  if kept ~= '' then
    kept = next .. ' ' .. id .. ' ' .. kept
    redis.call('HSET', entries, changed, kept)
  end
  redis.call('XADD', changes, 'MAXLEN', '~', limit, next .. '-0', 'kind', kind, 'name', changed, 'edit', id,
    'value', kept)
  redis.call('ZADD', edits, next, id)
  redis.call('ZREMRANGEBYRANK', edits, 0, -limit - 1)
  return kept
end
if target and (value == '' or old ~= '') then
  redis.call('HDEL', entries, old ~= '' and old or name)
  note(old ~= '' and old or name, '')
end
if value == '' then return {'done', ''} end
return {'done', note(name, value)}
"""
"""KEYS meta, changes, edits, the hash of the kind.

A removal comes first, because a full server allows it and what follows. What was done is known as long as its change.
"""

BEAT = """
local meta, members, own = KEYS[1], KEYS[2], KEYS[3]
local prefix, id, run, place, begins, life, info, revision, report = unpack(ARGV, 1, 9)
redis.call('PEXPIRE', own, life)
local there = redis.call('HMGET', own, 'run', 'place', 'revision', 'info')
if there[1] and there[1] ~= run and (there[2] ~= place or begins == '') then return {'taken', there[4]} end
if report == '' and (there[1] ~= run or there[3] ~= revision) then return {'again'} end
redis.call('HSET', own, 'run', run, 'place', place, 'info', info, 'revision', revision)
if report ~= '' then redis.call('HSET', own, 'report', report) end
redis.call('PEXPIRE', own, life)
redis.call('SADD', members, id)
local known = {}
for i = 10, #ARGV, 2 do known[ARGV[i]] = ARGV[i + 1] end
local head = redis.call('HMGET', meta, 'uuid', 'version')
local answer = {'alive', head[1] or '', head[2] or '0'}
for _, member in ipairs(redis.call('SMEMBERS', members)) do
  local seen = redis.call('HMGET', prefix .. member, 'run', 'revision')
  if not seen[1] then
    redis.call('SREM', members, member)
  elseif known[member] == seen[1] .. ' ' .. seen[2] then
    answer[#answer + 1] = {member}
  else
    local whole = redis.call('HMGET', prefix .. member, 'info', 'report')
    answer[#answer + 1] = {member, seen[2], whole[1], whole[2]}
  end
end
return answer
"""
"""KEYS meta, members, the own instance. The life is lengthened first: a full server allows what follows then."""

LEAVE = """
if redis.call('HGET', KEYS[2], 'run') == ARGV[2] then
  redis.call('DEL', KEYS[2])
  redis.call('SREM', KEYS[1], ARGV[1])
end
return 'OK'
"""
"""KEYS members, the own instance. ARGV id, run."""
