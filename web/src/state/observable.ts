import { useEffect, useState, useSyncExternalStore } from 'react';

/** A value that views can watch. */
export class Observable<T> {
  #value: T;
  #listeners = new Set<() => void>();

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

export const useObservable = <T>(observable: Observable<T>): T =>
  useSyncExternalStore(observable.subscribe, observable.get);

/** As `useObservable`, at most every `gapMs`; the last value always comes. */
export function useRested<T>(observable: Observable<T>, gapMs: number): T {
  const [value, setValue] = useState(observable.get());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null;
    const take = () => {
      timer = null;
      setValue(() => observable.get());
    };
    take();
    const end = observable.subscribe(() => {
      timer ??= setTimeout(take, gapMs);
    });
    return () => {
      end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [observable, gapMs]);
  return value;
}
