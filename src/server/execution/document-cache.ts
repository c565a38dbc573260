import type { DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

const MAX_DOCUMENTS = 1_024;
const MAX_BYTES = 32 * 1024 ** 2;
/** The memory of a parsed document per character of its text, measured with dense documents. */
const BYTES_PER_CHARACTER = 100;

/** Caches of parsed documents by text. Yoga's own caches do not limit memory, and callers choose the size of documents. */
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
