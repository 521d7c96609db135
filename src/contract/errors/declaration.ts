/**
 * A row of the table of error codes: what happened, the kind of cause, whether a retry can help, the HTTP
 * status if it reaches a client, and what a user should do.
 */
export interface ErrorDeclaration {
  readonly cause: 'file' | 'settings' | 'program' | 'memory' | 'disk' | 'cluster' | 'request' | 'service';
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly text: string;
  readonly remedy: string;
}

/** A temporary fault of the cluster or of a worker. */
export const cluster = (httpStatus: number, text: string, remedy: string): ErrorDeclaration => ({
  cause: 'cluster',
  retryable: true,
  httpStatus,
  text,
  remedy,
});
