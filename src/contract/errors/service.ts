import { cluster, type ErrorDeclaration } from './declaration.ts';

const request = (httpStatus: number, text: string, remedy: string): ErrorDeclaration => ({
  cause: 'request',
  retryable: false,
  httpStatus,
  text,
  remedy,
});

/** Errors of requests and of the service itself. */
export const SERVICE_ERRORS = {
  UNAUTHORIZED: request(
    403,
    'The token is missing or wrong.',
    'Give the token from the config file as access_token.',
  ),
  NO_SUCH_SESSION: request(404, 'There is no such session.', 'Check the name in the list of sessions.'),
  NO_SUCH_MOVIE: request(
    404,
    'There is no such movie in this session.',
    'Check the name in the list of movies.',
  ),
  NO_SUCH_PICTURE: request(
    404,
    'This movie has no such image or log.',
    'Its record lists the images under "files". The log exists as soon as a worker has started on the movie.',
  ),
  BAD_NAME: request(
    404,
    'The name of a project, user or session must be a single directory name.',
    'Use letters, digits, dot, dash and underscore; begin with a letter or digit.',
  ),
  BAD_PARAMETERS: request(
    422,
    'Parameters are missing or invalid.',
    'Correct each field that the message names.',
  ),
  BAD_REQUEST: request(400, 'The request cannot be read.', 'Send a form or a JSON object of moderate size.'),
  NO_SUCH_ROUTE: request(404, 'There is nothing at this address.', 'See /docs for the API.'),
  CROSS_SITE: request(
    403,
    'A browser login cannot be used for requests from another site.',
    'Use the page, or give the token as access_token.',
  ),
  PEGASUS_FAILED: cluster(
    502,
    'A Pegasus command failed.',
    'Read its output. "cryoem doctor" checks the commands; pegasus-analyzer examines a workflow.',
  ),
  TOO_MANY_ATTEMPTS: request(429, 'Too many wrong tokens.', 'Wait a minute, then try again.'),
  WRONG_STATE: request(409, 'The state of the session does not allow this.', 'Check its state.'),
  OWNED_ELSEWHERE: request(
    409,
    'Another service is processing this session.',
    'Use that service. If it has crashed, this one takes over after a minute.',
  ),
  CANNOT_START: {
    cause: 'service',
    retryable: false,
    httpStatus: 500,
    text: 'The service cannot start.',
    remedy: 'Correct each problem that the message names.',
  },
  UNREACHABLE: {
    cause: 'service',
    retryable: true,
    httpStatus: 503,
    text: 'The service cannot be reached.',
    remedy: 'Check that it is running (cryoem serve) and that the address and port are correct.',
  },
  BAD_CONFIG: {
    cause: 'settings',
    retryable: false,
    httpStatus: 500,
    text: 'The config file has an error.',
    remedy: 'Correct each line that the message names.',
  },
} as const satisfies Record<string, ErrorDeclaration>;
