import { callerLeft } from './failure.ts';

interface Flight<T> {
  /** Undefined once it has ended. */
  landing: Promise<T> | undefined;
  readonly cancel: AbortController;
  passengers: number;
}

/** Lets simultaneous equal requests share one call, which is cancelled once all of their callers have disconnected. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * @param key of the request and its credential: different credentials never share a key
   * @param signal aborted when this caller disconnects
   * @param call gets its own signal, aborted when the last caller has disconnected
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
    // When a Map grows or shrinks, V8 keeps its old entries reachable until the next full collection. Without this,
    // they would retain whole responses, which took a fifth of a request's time.
    flight.landing = undefined;
  }
}
