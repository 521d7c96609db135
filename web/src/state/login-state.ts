import { Observable, type Readable } from './observable.ts';

/**
 * Whether the service has refused this browser and requires a login. The URL does not change, so a deep link
 * works after logging in.
 */
export class LoginState {
  readonly #isNeeded = new Observable(false);

  get isNeeded(): Readable<boolean> {
    return this.#isNeeded;
  }

  require = (): void => this.#isNeeded.set(true);

  setLoggedIn = (): void => this.#isNeeded.set(false);
}
