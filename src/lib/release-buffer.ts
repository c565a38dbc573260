/**
 * Gives back the memory of large bytes now. Left to the collector of garbage, which sees little of what lies outside
 * of its heap, they pile up, and each request pays for memory that no request had before.
 * @param bytes that are nobody else's, and that nobody uses any more: none are left afterwards
 */
export function release(bytes: Buffer<ArrayBuffer>): void {
  // Smaller ones may share the pool from which Node cuts buffers.
  if (bytes.length > Buffer.poolSize) bytes.buffer.transfer(0);
}
