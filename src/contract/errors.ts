import { z } from 'zod';

/**
 * The table of error codes: what happened, the kind of cause, whether a retry can help, the HTTP status if it
 * reaches a client, and what a user should do. `docs/errors.md` is generated from it.
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
  MOVIE_MISSING: file('The movie is no longer on disk.', 'Check whether the transfer moved or removed it.'),
  MOVIE_EMPTY: file(
    'The movie file is empty.',
    'Copy it again from the microscope; a new file is processed automatically.',
  ),
  MOVIE_TRUNCATED: file(
    'The movie is shorter than its header says.',
    'Copy it again from the microscope; a new file is processed automatically.',
  ),
  MOVIE_CORRUPT: file(
    'The file is not a valid movie in its format.',
    'Copy it again from the microscope; a new file is processed automatically.',
  ),
  MOVIE_UNSUPPORTED: file(
    'The movie uses a variant of its format that is not supported.',
    'Convert it, or report the variant with a sample file.',
  ),
  MOVIE_SIZE_MISMATCH: file(
    'Frames of this movie differ in size.',
    'Remove the movie from raw, or copy it again.',
  ),
  MOVIE_CHANGED: file(
    'The movie changed while it was being read.',
    'No action needed: the movie is retried when it no longer changes.',
    true,
  ),
  MOVIE_DIFFERS: file(
    'The movie differs from the others of its session, and its own values are not known.',
    'Process it in a session of its own, with its values, or remove it from raw.',
  ),
  TOO_FEW_FRAMES: settings('After throw and trunc, no frame is left.', 'Lower throw or trunc, then resume.'),
  DOSE_CONTRADICTION: settings(
    'Dose per frame and total dose contradict each other.',
    'Give only one of fmdose and dose, then resume.',
  ),
  GAIN_MISSING: settings(
    'The given gain reference does not exist.',
    'Correct rawgainref, or copy the file to that path, then resume.',
  ),
  GAIN_SIZE_MISMATCH: settings(
    'The gain reference and the movie differ in size.',
    'Give the gain reference of this camera and mode, or correct rotgain.',
  ),
  GAIN_UNREADABLE: settings(
    'The gain reference cannot be read.',
    'Give a gain reference in MRC, TIFF (.gain files included), DM3 or DM4 format, then resume.',
  ),
  DEFECTS_UNREADABLE: settings(
    'The defect map cannot be read.',
    'Give a defect map of the size of the camera in MRC, TIFF, DM3, DM4 or text format, or set rawdefectsmap=none, then resume.',
  ),
  ALIGNMENT_FAILED: {
    cause: 'program',
    retryable: false,
    httpStatus: 500,
    text: 'Motion correction failed.',
    remedy: 'Inspect the movie; reject it if it is blank.',
  },
  CTF_FAILED: {
    cause: 'program',
    retryable: false,
    httpStatus: 500,
    text: 'CTF estimation failed.',
    remedy: 'Inspect the micrograph; reject it if it is blank.',
  },
  PROGRAM_MISSING: {
    cause: 'program',
    retryable: false,
    httpStatus: 500,
    text: 'The program chosen for a step is not installed.',
    remedy: 'Install it, or choose another program in the parameters or the config file.',
  },
  PROGRAM_FAILED: {
    cause: 'program',
    retryable: true,
    httpStatus: 500,
    text: 'The program of a step failed.',
    remedy: 'Read its log; the record has the command line.',
  },
  OUT_OF_MEMORY: {
    cause: 'memory',
    retryable: true,
    httpStatus: 500,
    text: 'Not enough memory for this movie.',
    remedy: 'Lower slots or threads in [local]; on a cluster, request more memory for a job.',
  },
  DISK_FULL: {
    cause: 'disk',
    retryable: true,
    httpStatus: 507,
    text: 'The disk of the output files is full.',
    remedy: 'Free some space; processing continues automatically.',
  },
  OUTPUT_NOT_WRITABLE: {
    cause: 'disk',
    retryable: true,
    httpStatus: 500,
    text: 'The output files cannot be written.',
    remedy: 'Check owner and permissions of the session directory.',
  },
  UNSAFE_DIRECTORY: {
    cause: 'disk',
    retryable: false,
    httpStatus: 409,
    text: 'The output directory is a symbolic link or contains the movies.',
    remedy: 'Make processed and workflow real directories next to raw (a bind mount is fine), then resume.',
  },
  NOT_OUR_FILE: {
    cause: 'disk',
    retryable: false,
    httpStatus: 409,
    text: 'A file that this service did not write already exists at the path of an output.',
    remedy: 'Move it elsewhere, then resume.',
  },
  WORKER_LOST: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 500,
    text: 'The worker ended without a result for this movie.',
    remedy: 'No action needed. If it happens again, check the memory and the worker log.',
  },
  TIME_LIMIT: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 500,
    text: 'The job reached its time limit before this movie was done.',
    remedy:
      'Raise time_limit in [slurm] (runtime_minutes in [pegasus]), or raise cluster_size, so that a batch has fewer movies.',
  },
  JOBS_STILL_RUNNING: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 502,
    text: 'Cancelled jobs may still be running.',
    remedy: 'Stop again in a minute. If it happens again, check the nodes of these jobs.',
  },
  CANCELLED: {
    cause: 'service',
    retryable: true,
    httpStatus: 409,
    text: 'Processing was cancelled.',
    remedy: 'Resume the session.',
  },
  INTERNAL: {
    cause: 'service',
    retryable: true,
    httpStatus: 500,
    text: 'An internal error occurred.',
    remedy: 'Report it together with the log.',
  },
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
    'This movie has no such image.',
    'Its record lists the images under "files".',
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
  PEGASUS_FAILED: {
    cause: 'cluster',
    retryable: true,
    httpStatus: 502,
    text: 'A Pegasus command failed.',
    remedy: 'Read its output; "cryoem doctor" checks the commands, pegasus-analyzer a workflow.',
  },
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

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];
export const errorCodeSchema = z.enum(ERROR_CODES);

/** Codes of earlier versions, which records on disk may still contain, and their present names. */
const RENAMED_CODES: ReadonlyMap<unknown, ErrorCode> = new Map([['MOVIE_GARBLED', 'MOVIE_CORRUPT']]);

/** The present code for a code from a file of any version. */
export const presentCode = (code: unknown): unknown => RENAMED_CODES.get(code) ?? code;

/** The position of an error in a file. */
export interface ErrorLocation {
  file?: string;
  offset?: number;
  field?: string;
  expected?: string;
  found?: string;
}

/** An error with a code of the table. Its message is a complete sentence for users. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly location: ErrorLocation;

  constructor(code: ErrorCode, detail: string, location: ErrorLocation = {}, options?: ErrorOptions) {
    super(`${ERRORS[code].text} ${detail}${describeLocation(location)}`.trim(), options);
    this.name = 'CodedError';
    this.code = code;
    this.location = location;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

function describeLocation(location: ErrorLocation): string {
  const parts: string[] = [];
  if (location.file) parts.push(`file ${location.file}`);
  if (location.offset !== undefined) parts.push(`byte ${location.offset}`);
  if (location.field) parts.push(`field ${location.field}`);
  if (location.expected) parts.push(`expected ${location.expected}`);
  if (location.found) parts.push(`found ${location.found}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
