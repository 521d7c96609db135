import type { ErrorBody } from '../../contract/api.ts';

/** The error that is thrown if the service refuses a request. */
export class ServiceRefusal extends Error {
  readonly status: number;
  readonly body: ErrorBody;

  constructor(status: number, body: ErrorBody) {
    const { code, message, remedy, faults } = body.error;
    const fieldLines = faults.map((field) => `\n  ${field.message}`).join('');
    super(`${code}: ${faults.length > 0 ? '' : message}${fieldLines}\n${remedy}`);
    this.name = 'ServiceRefusal';
    this.status = status;
    this.body = body;
  }
}
