import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

const MAX_DOCUMENTS = 1_024;
const MAX_BYTES = 32 * 1024 ** 2;
/** What a parsed document takes for each character of its text: measured with dense ones. */
const BYTES_PER_CHARACTER = 100;

/** Parsed documents by their text. Yoga's own caches count documents, and callers choose how large those are. */
export function createDocumentCaches() {
  return { documentCache: createCache<DocumentNode>(), errorCache: createCache<Error>() };
}

function createCache<T extends object>() {
  return new LRUCache<string, T>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_BYTES,
    sizeCalculation: (_document, text) => 1 + BYTES_PER_CHARACTER * text.length,
  });
}
