/** Lets one piece of work at a time pass, in the order of asking. */
export class Mutex {
  private tail: Promise<unknown> = Promise.resolve();
  private waiting = 0;

  get isBusy(): boolean {
    return this.waiting > 0;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    this.waiting++;
    const result = this.tail.then(work).finally(() => {
      this.waiting--;
    });
    this.tail = result.catch(() => undefined); // the asker gets the error; the next in line does not
    return result;
  }
}
