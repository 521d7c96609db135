/**
 * A client written to the contract of the predecessor, a FastAPI service. It reads the responses of that
 * service and fails on everything else: with a valid token it accepts only status 200, and it uses none of
 * the fields that this service added.
 */
export class PredecessorClient {
  readonly #address: string;
  readonly #method: 'GET' | 'POST';
  readonly #token: string;

  constructor(address: string, method: 'GET' | 'POST', token: string) {
    this.#address = address;
    this.#method = method;
    this.#token = token;
  }

  async sessions(project: string, user: string): Promise<string[]> {
    const { sessions } = await this.#request(`/${project}/${user}/sessions`);
    if (!Array.isArray(sessions)) throw new Error('the list has no field sessions');
    return sessions.map((row: { session_id: string }) => row.session_id);
  }

  /** @returns null if there is no such session */
  async status(project: string, user: string, session: string): Promise<Record<string, unknown> | null> {
    const status = await this.#request(`/${project}/${user}/session/${session}`);
    if (typeof status.state !== 'string') throw new Error('the status has no state');
    return status.state === 'no_such_session' ? null : status;
  }

  /** @returns false if there is no such session */
  async start(
    project: string,
    user: string,
    session: string,
    parameters: Record<string, string | number | boolean>,
  ): Promise<boolean> {
    return this.#command(`/${project}/${user}/session/${session}/start-processing`, parameters);
  }

  async stop(project: string, user: string, session: string): Promise<boolean> {
    return this.#command(`/${project}/${user}/session/${session}/stop-processing`);
  }

  async resume(
    project: string,
    user: string,
    session: string,
    parameters: Record<string, string | number | boolean> = {},
  ): Promise<boolean> {
    return this.#command(`/${project}/${user}/session/${session}/resume-processing`, parameters);
  }

  async #command(path: string, parameters: Record<string, string | number | boolean> = {}): Promise<boolean> {
    const response = await this.#request(path, parameters);
    if (response.results === 'no_such_session') return false;
    if (response.result !== 'ok') throw new Error(`the response is ${JSON.stringify(response)}`);
    return true;
  }

  /** All parameters are in the query, with either method. */
  async #request(path: string, parameters: Record<string, string | number | boolean> = {}) {
    const query = new URLSearchParams({ access_token: this.#token });
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    const response = await fetch(`${this.#address}${path}?${query}`, {
      method: this.#method,
      ...(this.#method === 'POST' ? { body: '' } : {}),
    });
    if (response.status !== 200) throw new Error(`${this.#method} ${path}: status ${response.status}`);
    return (await response.json()) as Record<string, unknown>;
  }
}
