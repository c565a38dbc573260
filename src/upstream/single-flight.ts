import { callerLeft } from './failure.ts';

interface Flight<T> {
  /** Undefined once it has ended. */
  landing: Promise<T> | undefined;
  readonly cancel: AbortController;
  passengers: number;
}

/** Lets concurrent requests for the same thing share one call, which ends early only when all of them have left. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * @param key the same for the same thing: whoever has another credential has another key
   * @param signal aborted when this caller goes away
   * @param call is given a signal of its own, aborted when the last caller has gone
   */
  async join(
    key: string,
    signal: AbortSignal,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (signal.aborted) throw callerLeft();
    const flight = this.#flights.get(key) ?? this.#start(key, call);
    flight.passengers += 1;
    const leaving = Promise.withResolvers<never>();
    const leave = () => {
      flight.passengers -= 1;
      if (flight.passengers === 0) {
        this.#end(key, flight);
        flight.cancel.abort();
      }
      leaving.reject(callerLeft());
    };
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.landing as Promise<T>, leaving.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #start(key: string, call: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const cancel = new AbortController();
    const landing = call(cancel.signal);
    const flight: Flight<T> = { landing, cancel, passengers: 0 };
    this.#flights.set(key, flight);
    const end = () => this.#end(key, flight);
    landing.then(end, end);
    return flight;
  }

  /** Another flight may have taken its place. */
  #end(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    // When a Map grows or shrinks, V8 keeps what was in it reachable until the next full collection:
    // whole responses would be carried there, at a fifth of all the time that a request takes.
    flight.landing = undefined;
  }
}
