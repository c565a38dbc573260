import { callerLeft, timedOut, UpstreamFailure } from './failure.ts';

/** This share of extra slots is reserved for accepted credentials that hold none. */
const RESERVE = 1 / 4;

/** Counts for fairness: each accepted credential has its own share, all others have one together. */
interface Share {
  running: number;
  waiting: number;
  /** The number of the last slot that it got. */
  turn: number;
}

/** The calls of one credential. */
interface Line extends Omit<Share, 'waiting'> {
  readonly credential: string;
  share: Share;
  readonly waiting: Waiter[];
}

interface Waiter {
  start(): void;
  refuse(failure: UpstreamFailure): void;
}

/** Pass it to `giveBack`. */
export type Slot = Line;

/**
 * The running and the waiting calls of one base URL.
 * A freed slot goes to the waiting credential that holds the fewest; if nobody else waits, one may hold all slots.
 * If too many calls wait, the credential with the most waiting calls is refused.
 */
export class Slots {
  readonly #slots: number;
  readonly #withReserve: number;
  readonly #queue: number;
  readonly #lines = new Map<string, Line>();
  readonly #strangers = newShare();
  #running = 0;
  #waiting = 0;
  #turn = 0;

  /**
   * @param slots the most running calls
   * @param queue the most waiting calls
   */
  constructor(slots: number, queue: number) {
    this.#slots = slots;
    this.#withReserve = slots + Math.floor(slots * RESERVE);
    this.#queue = queue;
  }

  /**
   * @param isAccepted whether the vendor has accepted this credential
   * @param signal aborted when the caller disconnects
   * @param waitMs how long it may wait
   * @returns a slot, or a promise of one if none is free
   * @throws {UpstreamFailure} `overflow`; the promise may reject with it too, with `cancelled` or with `timeout`
   */
  take(
    credential: string,
    isAccepted: boolean,
    signal: AbortSignal,
    waitMs: number,
  ): Slot | Promise<Slot> {
    const line = this.#lineOf(credential, isAccepted);
    if (this.#mayStart(line)) return this.#start(line);
    if (this.#waiting >= this.#queue && !this.#makeRoomFor(line)) {
      this.#forgetIfIdle(line);
      throw overflow();
    }
    return this.#wait(line, signal, waitMs);
  }

  giveBack(slot: Slot): void {
    this.#running -= 1;
    slot.share.running -= 1;
    slot.running -= 1;
    this.#forgetIfIdle(slot);
    if (this.#waiting > 0) this.#next()?.waiting[0]?.start();
  }

  #lineOf(credential: string, isAccepted: boolean): Line {
    let line = this.#lines.get(credential);
    if (line === undefined) {
      const share = isAccepted ? newShare() : this.#strangers;
      line = { credential, share, running: 0, turn: 0, waiting: [] };
      this.#lines.set(credential, line);
    } else if (isAccepted && line.share === this.#strangers) {
      line.share = { running: line.running, waiting: line.waiting.length, turn: line.turn };
      this.#strangers.running -= line.running;
      this.#strangers.waiting -= line.waiting.length;
    }
    return line;
  }

  #mayStart({ share, running }: Line): boolean {
    const isReserved = running === 0 && share !== this.#strangers;
    return this.#running < (isReserved ? this.#withReserve : this.#slots);
  }

  #start(line: Line): Slot {
    this.#running += 1;
    this.#turn += 1;
    for (const one of [line, line.share]) {
      one.running += 1;
      one.turn = this.#turn;
    }
    return line;
  }

  #wait(line: Line, signal: AbortSignal, waitMs: number): Promise<Slot> {
    const turn = Promise.withResolvers<Slot>();
    const leave = () => waiter.refuse(callerLeft());
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', leave);
      line.waiting.splice(line.waiting.indexOf(waiter), 1);
      line.share.waiting -= 1;
      this.#waiting -= 1;
    };
    const waiter: Waiter = {
      start: () => {
        end();
        turn.resolve(this.#start(line));
      },
      refuse: (failure) => {
        end();
        this.#forgetIfIdle(line);
        turn.reject(failure);
      },
    };
    const timer = setTimeout(() => waiter.refuse(timedOut()), waitMs);
    signal.addEventListener('abort', leave, { once: true });
    line.waiting.push(waiter);
    line.share.waiting += 1;
    this.#waiting += 1;
    return turn.promise;
  }

  /** The line that gets the next slot: whose share holds the fewest slots, and of several, whose share got one longest ago. */
  #next(): Line | undefined {
    let next: Line | undefined;
    for (const line of this.#lines.values()) {
      if (line.waiting.length === 0 || !this.#mayStart(line)) continue;
      if (next === undefined || comesBefore(line, next)) next = line;
    }
    return next;
  }

  /** Refuses the newest waiting call of the longest line. @returns false if the new call's own line is the longest */
  #makeRoomFor(coming: Line): boolean {
    let longest = coming;
    for (const line of this.#lines.values()) if (waitsFor(line, longest) > 0) longest = line;
    const isLonger =
      longest.share === coming.share
        ? longest.waiting.length > coming.waiting.length + 1
        : longest.share.waiting > coming.share.waiting + 1;
    if (isLonger) longest.waiting.at(-1)?.refuse(overflow());
    return isLonger;
  }

  #forgetIfIdle({ credential, running, waiting }: Line): void {
    if (running === 0 && waiting.length === 0) this.#lines.delete(credential);
  }
}

function newShare(): Share {
  return { running: 0, waiting: 0, turn: 0 };
}

function comesBefore(a: Line, b: Line): boolean {
  const order =
    a.share.running - b.share.running ||
    a.share.turn - b.share.turn ||
    a.running - b.running ||
    a.turn - b.turn;
  return order < 0;
}

function waitsFor(a: Line, b: Line): number {
  return a.share.waiting - b.share.waiting || a.waiting.length - b.waiting.length;
}

function overflow(): UpstreamFailure {
  return new UpstreamFailure('overflow', 'too many calls are waiting');
}
