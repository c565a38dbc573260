/** Shorter chunks are copied into blocks, because each chunk has an overhead of more than a hundred bytes. */
const SHORT_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;

/** Collects the chunks of a body in little more memory than the body itself. */
export class Chunks {
  /** Of all chunks, in bytes. */
  length = 0;
  readonly #chunks: Buffer[] = [];
  #block = Buffer.alloc(0);
  /** The part of the block that is not among the chunks yet is `#start` to `#end`; after it, the block is free. */
  #start = 0;
  #end = 0;

  add(chunk: Buffer): void {
    this.length += chunk.length;
    // The first chunk is often the only one.
    if (chunk.length >= SHORT_BYTES || this.#chunks.length === 0) {
      this.#endRun();
      this.#chunks.push(chunk);
      return;
    }
    if (this.#end + chunk.length > this.#block.length) {
      this.#endRun();
      this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
      this.#start = this.#end = 0;
    }
    this.#end += chunk.copy(this.#block, this.#end);
  }

  toBuffer(): Buffer {
    this.#endRun();
    const [first] = this.#chunks;
    return first?.length === this.length ? first : Buffer.concat(this.#chunks, this.length);
  }

  /** Turns what was copied since the last long chunk into a chunk. */
  #endRun(): void {
    if (this.#end === this.#start) return;
    this.#chunks.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
