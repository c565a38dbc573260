/**
 * Frees the memory of a large buffer now. The garbage collector sees little of what lies outside its heap: left to it,
 * such buffers pile up, and each request pays for fresh memory.
 * @param bytes which nobody else uses, now or later: its length is 0 afterwards
 */
export function freeBuffer(bytes: Buffer<ArrayBuffer>): void {
  // Smaller ones may share the pool from which Node cuts buffers.
  if (bytes.length > Buffer.poolSize) bytes.buffer.transfer(0);
}
