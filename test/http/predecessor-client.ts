/**
 * A client written to the contract of the predecessor, a FastAPI service. It reads what that service answers,
 * and fails on everything else: it knows no other status than 200 for a valid token, and no field of ours.
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
    const { sessions } = await this.#ask(`/${project}/${user}/sessions`);
    if (!Array.isArray(sessions)) throw new Error('the list has no field sessions');
    return sessions.map((row: { session_id: string }) => row.session_id);
  }

  /** @returns null if there is no such session */
  async status(project: string, user: string, session: string): Promise<Record<string, unknown> | null> {
    const status = await this.#ask(`/${project}/${user}/session/${session}`);
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
    return this.#act(`/${project}/${user}/session/${session}/start-processing`, parameters);
  }

  async stop(project: string, user: string, session: string): Promise<boolean> {
    return this.#act(`/${project}/${user}/session/${session}/stop-processing`);
  }

  async resume(
    project: string,
    user: string,
    session: string,
    parameters: Record<string, string | number | boolean> = {},
  ): Promise<boolean> {
    return this.#act(`/${project}/${user}/session/${session}/resume-processing`, parameters);
  }

  async #act(path: string, parameters: Record<string, string | number | boolean> = {}): Promise<boolean> {
    const answer = await this.#ask(path, parameters);
    if (answer.results === 'no_such_session') return false;
    if (answer.result !== 'ok') throw new Error(`the answer is ${JSON.stringify(answer)}`);
    return true;
  }

  /** All parameters are in the query, by either method. */
  async #ask(path: string, parameters: Record<string, string | number | boolean> = {}) {
    const query = new URLSearchParams({ access_token: this.#token });
    for (const [name, value] of Object.entries(parameters)) query.set(name, String(value));
    const answer = await fetch(`${this.#address}${path}?${query}`, {
      method: this.#method,
      ...(this.#method === 'POST' ? { body: '' } : {}),
    });
    if (answer.status !== 200) throw new Error(`${this.#method} ${path}: status ${answer.status}`);
    return (await answer.json()) as Record<string, unknown>;
  }
}
