/** What is shorter is copied: a chunk of its own takes more than a hundred bytes, however short it is. */
const SHORT_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;

/** Gathers the chunks of a body, in little more memory than the body takes. */
export class Chunks {
  /** In bytes, of all of them. */
  length = 0;
  readonly #chunks: Buffer[] = [];
  #block = Buffer.alloc(0);
  /** Of the block: what is before is among the chunks, what is behind is free. */
  #start = 0;
  #end = 0;

  add(chunk: Buffer): void {
    this.length += chunk.length;
    // The first is often all there is.
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

  /** What was copied since the last long chunk becomes a chunk. */
  #endRun(): void {
    if (this.#end === this.#start) return;
    this.#chunks.push(this.#block.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}
