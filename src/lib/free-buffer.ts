/**
 * Frees the memory of a large buffer immediately. The garbage collector notices memory outside its heap late, so without
 * this, buffers pile up and each request pays for fresh memory.
 * @param bytes must not be used by anyone else, now or later; its length is 0 afterwards
 */
export function freeBuffer(bytes: Buffer<ArrayBuffer>): void {
  // Smaller buffers may share Node's pool.
  if (bytes.length > Buffer.poolSize) bytes.buffer.transfer(0);
}
