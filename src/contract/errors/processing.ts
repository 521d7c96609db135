import { cluster, type ErrorDeclaration } from './declaration.ts';

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

/** Errors of movies, batches and sessions. */
export const PROCESSING_ERRORS = {
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
    'The movie differs from the others of its session, and its own parameters, such as the pixel size, are not known.',
    'Process it in a session of its own, with its own parameters, or remove it from raw.',
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
    'Give a defect map that is as wide and high as the images of the camera, in MRC, TIFF, DM3, DM4 or text format, or set rawdefectsmap=none, then resume.',
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
    text: 'The program chosen for a processing step is not installed.',
    remedy: 'Install it, or choose another program in the parameters or the config file.',
  },
  PROGRAM_FAILED: {
    cause: 'program',
    retryable: true,
    httpStatus: 500,
    text: 'The program that runs a processing step failed.',
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
    text: 'The disk with the output files is full.',
    remedy: 'Free some space; processing continues automatically.',
  },
  OUTPUT_NOT_WRITABLE: {
    cause: 'disk',
    retryable: true,
    httpStatus: 500,
    text: 'The output files cannot be written.',
    remedy: 'Check owner and permissions of the session directory.',
  },
  STATE_NOT_WRITABLE: {
    cause: 'service',
    retryable: true,
    httpStatus: 507,
    text: 'The state directory of the service cannot be written.',
    remedy: 'Free space on the disk of state_dir and check its permissions, then repeat the command.',
  },
  FILE_SYSTEM_STUCK: {
    cause: 'disk',
    retryable: true,
    httpStatus: 503,
    text: 'The file system does not respond.',
    remedy: 'Check the mount and its file server; processing continues automatically.',
  },
  UNSAFE_DIRECTORY: {
    cause: 'disk',
    retryable: false,
    httpStatus: 409,
    text: 'The output directory is a symbolic link or contains the movies.',
    remedy:
      'Replace processed/ and workflow/ with real directories next to raw/ (bind mounts are fine), then resume.',
  },
  NOT_OUR_FILE: {
    cause: 'disk',
    retryable: false,
    httpStatus: 409,
    text: 'A file that this service did not write already exists at the path of an output.',
    remedy: 'Move it elsewhere, then resume.',
  },
  WORKER_LOST: cluster(
    500,
    'The worker ended without a result for this movie.',
    'No action needed. If it happens again, check the memory and the worker log.',
  ),
  TIME_LIMIT: cluster(
    500,
    'The job reached its time limit before this movie was done.',
    'Raise time_limit in [slurm] (runtime_minutes in [pegasus]), or raise cluster_size, so that a batch has fewer movies.',
  ),
  WORKER_STALLED: cluster(
    500,
    'The worker made no progress with this movie and was stopped.',
    'No action needed. If it happens again, check the file system of the movies and the worker log.',
  ),
  JOBS_STILL_RUNNING: cluster(
    502,
    'Cancelled jobs may still be running.',
    'Stop again in a minute. If it happens again, check the nodes of these jobs.',
  ),
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
} as const satisfies Record<string, ErrorDeclaration>;
