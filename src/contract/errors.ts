import { z } from 'zod';

/**
 * The one table of error codes: what happened, what part of the world is at fault, whether trying again can help,
 * the HTTP status where it reaches a client, and what a person should do. `docs/errors.md` is generated from it.
 */
export interface ErrorDeclaration {
  readonly cause: 'file' | 'settings' | 'program' | 'memory' | 'disk' | 'cluster' | 'request' | 'service';
  readonly retryable: boolean;
  readonly httpStatus: number;
  readonly text: string;
  readonly remedy: string;
}

const file = (text: string, remedy: string, retryable = false): ErrorDeclaration => ({
  cause: 'file',
  retryable,
  httpStatus: 422,
  text,
  remedy,
});
const settings = (text: string, remedy: string): ErrorDeclaration => ({
  cause: 'settings',
  retryable: false,
  httpStatus: 422,
  text,
  remedy,
});
const request = (httpStatus: number, text: string, remedy: string): ErrorDeclaration => ({
  cause: 'request',
  retryable: false,
  httpStatus,
  text,
  remedy,
});

export const ERRORS = {
  MOVIE_MISSING: file('The movie is not on disk any more.', 'See whether the transfer moved or removed it.'),
  MOVIE_EMPTY: file(
    'The movie has no bytes.',
    'Copy it again from the microscope; a new file is taken up by itself.',
  ),
  MOVIE_TRUNCATED: file(
    'The movie ends before its structure says it should.',
    'Copy it again from the microscope; a new file is taken up by itself.',
  ),
  MOVIE_GARBLED: file(
    'The movie cannot be read as its format.',
    'Copy it again from the microscope; a new file is taken up by itself.',
  ),
  MOVIE_UNSUPPORTED: file(
    'The movie uses a variant of its format that is not read.',
    'Convert it, or ask for the variant with a sample.',
  ),
  MOVIE_SIZE_MISMATCH: file(
    'Frames of this movie differ in size.',
    'Take the movie out of raw, or copy it again.',
  ),
  MOVIE_CHANGED: file(
    'The movie changed while it was read.',
    'None: it is tried again when it is quiet.',
    true,
  ),
  TOO_FEW_FRAMES: settings('After throw and trunc no frame is left.', 'Lower throw or trunc, then resume.'),
  DOSE_CONTRADICTION: settings(
    'Dose per frame and total dose contradict each other.',
    'Give one of fmdose and dose, then resume.',
  ),
  GAIN_MISSING: settings(
    'The gain reference that was asked for is not there.',
    'Correct rawgainref or put the file there, then resume.',
  ),
  GAIN_SIZE_MISMATCH: settings(
    'The gain reference and the movie differ in size.',
    'Name the gain of this camera mode, or correct rotgain and superresolution.',
  ),
  GAIN_UNREADABLE: settings(
    'The gain reference cannot be read.',
    'Name a gain reference in MRC, TIFF, DM3 or DM4.',
  ),
  DEFECTS_UNREADABLE: settings(
    'The defect map cannot be read.',
    'Name a defect map of the size of the camera, in MRC, TIFF, DM3, DM4 or text; none: go without.',
  ),
  ALIGNMENT_FAILED: {
    cause: 'program',
    retryable: false,
    httpStatus: 500,
    text: 'Motion correction found no result.',
    remedy: 'Look at the movie; set it aside if it is blank.',
  },
  CTF_FAILED: {
    cause: 'program',
    retryable: false,
    httpStatus: 500,
    text: 'CTF estimation found no result.',
    remedy: 'Look at the micrograph; set it aside if it is blank.',
  },
  PROGRAM_MISSING: {
    cause: 'program',
    retryable: false,
    httpStatus: 500,
    text: 'The program chosen for a step is not installed.',
    remedy: 'Install it or choose another in the config.',
  },
  PROGRAM_FAILED: {
    cause: 'program',
    retryable: true,
    httpStatus: 500,
    text: 'The program of a step failed.',
    remedy: 'Read its log; the record names the command.',
  },
  OUT_OF_MEMORY: {
    cause: 'memory',
    retryable: true,
    httpStatus: 500,
    text: 'Not enough memory for this movie.',
    remedy: 'Lower the number of slots or the threads per movie.',
  },
  DISK_FULL: {
    cause: 'disk',
    retryable: true,
    httpStatus: 507,
    text: 'No space is left where the outputs go.',
    remedy: 'Free space; processing goes on by itself.',
  },
  OUTPUT_NOT_WRITABLE: {
    cause: 'disk',
    retryable: true,
    httpStatus: 500,
    text: 'The outputs cannot be written.',
    remedy: 'Check owner and rights of the session directory.',
  },
  WORKER_LOST: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 500,
    text: 'The worker ended without a result for this movie.',
    remedy: 'None unless it repeats: then look at memory and at the worker log.',
  },
  TIME_LIMIT: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 500,
    text: 'The job ran into its time limit before this movie was done.',
    remedy: 'Raise time_limit in [slurm], or put fewer movies into a batch (cluster_size).',
  },
  JOBS_STILL_RUNNING: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 502,
    text: 'Jobs that were cancelled may still run.',
    remedy: 'Stop again in a minute; if it repeats, look at the nodes of these jobs.',
  },
  CANCELLED: {
    cause: 'service',
    retryable: true,
    httpStatus: 409,
    text: 'The work was cancelled.',
    remedy: 'Resume the session.',
  },
  INTERNAL: {
    cause: 'service',
    retryable: true,
    httpStatus: 500,
    text: 'A fault of this program.',
    remedy: 'Report it with the log.',
  },
  UNAUTHORIZED: request(
    403,
    'The token is missing or wrong.',
    'Give the token of the config file as access_token.',
  ),
  NO_SUCH_SESSION: request(404, 'There is no such session.', 'See the list of sessions.'),
  NO_SUCH_MOVIE: request(404, 'There is no such movie in this session.', 'See the list of movies.'),
  NO_SUCH_PICTURE: request(404, 'This movie has no such picture.', 'See files in its record.'),
  BAD_NAME: request(
    404,
    'Names of projects, users and sessions are single folder names.',
    'Use letters, digits, dot, dash and underscore.',
  ),
  BAD_PARAMETERS: request(422, 'Parameters are missing or wrong.', 'Correct every field named.'),
  BAD_REQUEST: request(400, 'The request cannot be read.', 'Send a form or a JSON object, of moderate size.'),
  NO_SUCH_ROUTE: request(404, 'There is nothing at this address.', 'See /docs for the addresses there are.'),
  CROSS_SITE: request(
    403,
    'A login of the page alone does not change a session from here.',
    'Use the page, or give the token as access_token.',
  ),
  PEGASUS_FAILED: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 502,
    text: 'Pegasus did not do what it was asked.',
    remedy: 'Read what Pegasus said; "cryoem doctor" checks its commands, pegasus-analyzer a workflow.',
  },
  TOO_MANY_ATTEMPTS: request(429, 'Too many wrong tokens.', 'Wait a minute, then try again.'),
  WRONG_STATE: request(409, 'The session is not in a state that allows this.', 'See its state.'),
  CANNOT_START: {
    cause: 'service',
    retryable: false,
    httpStatus: 500,
    text: 'The service cannot start.',
    remedy: 'Correct every fault named.',
  },
  UNREACHABLE: {
    cause: 'service',
    retryable: true,
    httpStatus: 503,
    text: 'The service cannot be reached.',
    remedy: 'See that it runs (cryoem serve) and that address and port are right.',
  },
  BAD_CONFIG: {
    cause: 'settings',
    retryable: false,
    httpStatus: 500,
    text: 'The config file has a fault.',
    remedy: 'Correct the line named.',
  },
} as const satisfies Record<string, ErrorDeclaration>;

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]];
export const errorCodeSchema = z.enum(ERROR_CODES);

/** Where in a file a fault lies. */
export interface FaultLocation {
  file?: string;
  offset?: number;
  field?: string;
  expected?: string;
  found?: string;
}

/** An error with a code of the table. Its message is a whole sentence for a person. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly location: FaultLocation;

  constructor(code: ErrorCode, detail: string, location: FaultLocation = {}, options?: ErrorOptions) {
    super(`${ERRORS[code].text} ${detail}${describeLocation(location)}`.trim(), options);
    this.name = 'CodedError';
    this.code = code;
    this.location = location;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

function describeLocation(location: FaultLocation): string {
  const parts: string[] = [];
  if (location.file) parts.push(`file ${location.file}`);
  if (location.offset !== undefined) parts.push(`byte ${location.offset}`);
  if (location.field) parts.push(`field ${location.field}`);
  if (location.expected) parts.push(`expected ${location.expected}`);
  if (location.found) parts.push(`found ${location.found}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
