import { ListSerializer } from '../../src/server/execution/list-serializer.ts';
import { ParseCache } from '../../src/upstream/parse-cache.ts';

/** Counts what the server does faster than usual, in this process, until it is disposed of. */
export function watchFastPaths() {
  const { read } = ParseCache.prototype;
  const { serialize } = ListSerializer.prototype;
  const counts = {
    /** Vendors' responses that were not parsed, because they had the same bytes as before. */
    unparsed: 0,
    /** Lists that were serialized at once, which only compiled code does. */
    compiledLists: 0,
  };
  ParseCache.prototype.read = function (key, response, parse) {
    counts.unparsed += 1;
    return read.call(this, key, response, (body) => {
      counts.unparsed -= 1;
      return parse(body);
    }) as never;
  };
  ListSerializer.prototype.serialize = function (...list) {
    counts.compiledLists += 1;
    return serialize.apply(this, list);
  };
  return {
    counts,
    [Symbol.dispose]() {
      ParseCache.prototype.read = read;
      ListSerializer.prototype.serialize = serialize;
    },
  };
}
