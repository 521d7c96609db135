import { z } from 'zod';

/** Programs that can estimate the CTF; `builtin` is this package's own fit. */
export const CTF_PROGRAMS = ['builtin', 'ctffind', 'gctf'] as const;
export type CtfProgram = (typeof CTF_PROGRAMS)[number];

/** Where the programs lie on the machine that works, and how long each may take. */
export const programSettingsSchema = z.object({
  ctffind: z.string().min(1).describe('path of CTFFIND 4.1 or 5, or a name found in PATH'),
  gctf: z.string().min(1).describe('path of Gctf, or a name found in PATH'),
  timeoutSeconds: z.number().positive().describe('a program that takes longer for one micrograph is ended'),
});
export type ProgramSettings = z.infer<typeof programSettingsSchema>;

export const DEFAULT_PROGRAM_SETTINGS: ProgramSettings = {
  ctffind: 'ctffind',
  gctf: 'gctf',
  timeoutSeconds: 600,
};
