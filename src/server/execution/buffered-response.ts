import { Response } from '@whatwg-node/fetch';

/** A Response whose text is bytes from the start: Node writes a large text in a fraction of the time so. */
export class BufferedResponse extends Response {
  constructor(body?: BodyInit | null, init?: ResponseInit) {
    super(typeof body === 'string' ? Buffer.from(body) : body, init);
  }
}
