/** Stands in place of a dropped response. No entry is as short. */
const MARK = '-';

/** How many names DROP should get at once, because Redis does nothing else meanwhile. */
export const DROPS_AT_ONCE = 500;

/**
 * For each of KEYS: the entry and the milliseconds until it expires; nil if there is none; its length if that is more
 * than ARGV[1].
 */
export const FIND = `
local found = {}
for i, name in ipairs(KEYS) do
  -- An error if the name holds no string.
  local length = tonumber(redis.pcall('STRLEN', name)) or 0
  if length > tonumber(ARGV[1]) then
    found[i] = length
  elseif length > ${MARK.length} then
    found[i] = { redis.call('GET', name), redis.call('PTTL', name) }
  else
    found[i] = false
  end
end
return found
`;

/** How long a claim lasts after the refresh: a copy may have found the old response just before it, and claim only now. */
const CLAIM_REST_MS = 1_000;

/** Stores ARGV[1] in KEYS[1] for ARGV[2] milliseconds, unless the mark is there. Ends the claim in KEYS[2] soon. */
export const STORE = `
if redis.pcall('STRLEN', KEYS[1]) ~= ${MARK.length} then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
redis.call('PEXPIRE', KEYS[2], ${CLAIM_REST_MS})
`;

/** Puts the mark in all KEYS, for ARGV[1] milliseconds. */
export const DROP = `
for _, name in ipairs(KEYS) do
  redis.call('SET', name, '${MARK}', 'PX', ARGV[1])
end
`;
