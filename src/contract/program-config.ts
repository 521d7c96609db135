import { z } from 'zod';
import { fromEntries } from './from-entries.ts';
import {
  ALIGN_PROGRAMS,
  BUILTIN_PROGRAM,
  CTF_PROGRAMS,
  DEFAULT_PROGRAM_SETTINGS,
  EXTERNAL_ALIGNERS,
  type ExternalAligner,
  PROGRAM_TABLE,
} from './programs.ts';

const MAX_TIMEOUT_SECONDS = 86_400;

/** Key of [programs] for additional arguments of an aligner. */
export const argumentsKey = <Name extends ExternalAligner>(name: Name) => `${name}_arguments` as const;

const pathKeys = fromEntries(
  PROGRAM_TABLE.map(({ name, command, pathDescription }) => [
    name,
    z
      .string()
      .min(1)
      .default(command)
      .describe(
        `path of ${pathDescription} on the machines where workers run, or a name found in PATH there`,
      ),
  ]),
);

const argumentKeys = fromEntries(
  EXTERNAL_ALIGNERS.map(({ name, pathDescription, argumentsExample }) => [
    argumentsKey(name),
    z
      .string()
      .nullable()
      .default(null)
      .describe(
        `additional arguments of ${pathDescription} in shell syntax, such as ${argumentsExample}; they override those of the service`,
      ),
  ]),
);

/**
 * Section [programs] of the config file: two keys that select programs, and the keys that follow from each
 * row of the table.
 */
export const PROGRAMS_SECTION = z.object({
  align: z
    .enum(ALIGN_PROGRAMS)
    .default(BUILTIN_PROGRAM)
    .describe('program that corrects the motion, unless align_program is given when a session is started'),
  ctf: z
    .enum(CTF_PROGRAMS)
    .default(BUILTIN_PROGRAM)
    .describe('program that estimates the CTF, unless ctf_program is given when a session is started'),
  ...pathKeys,
  ...argumentKeys,
  timeout_seconds: z
    .number()
    .int()
    .min(1)
    .max(MAX_TIMEOUT_SECONDS)
    .default(DEFAULT_PROGRAM_SETTINGS.timeoutSeconds)
    .describe(
      'time limit for one movie or micrograph; after that, the program is stopped and the attempt fails',
    ),
});
