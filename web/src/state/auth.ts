import { Observable } from './observable.ts';

/** Whether the service has refused us. The address stays as it is, so a deep link works after logging in. */
export const loginNeeded = new Observable(false);

export const askForLogin = () => loginNeeded.set(true);
export const loggedIn = () => loginNeeded.set(false);
