import { useEffect, useState, useSyncExternalStore } from 'react';

/** A value that views can watch but not set. */
export interface Readable<out T> {
  get(): T;
  /** @returns a function that ends the subscription */
  subscribe(listener: () => void): () => void;
}

/** A changing value outside of React; its owner sets it, views watch it with `useObservable`. */
export class Observable<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  get = (): T => this.#value;

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

export const useObservable = <T>(observable: Readable<T>): T =>
  useSyncExternalStore(observable.subscribe, observable.get);

/** Like `useObservable`, but updates at most once every `gapMs`; the last value always arrives. */
export function useThrottled<T>(observable: Readable<T>, gapMs: number): T {
  const [value, setValue] = useState(observable.get());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const update = () => {
      timer = null;
      setValue(() => observable.get());
    };
    update();
    const end = observable.subscribe(() => {
      timer ??= setTimeout(update, gapMs);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [observable, gapMs]);
  return value;
}
