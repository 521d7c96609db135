import { z } from 'zod';

/** Programs that can estimate the CTF; `builtin` is this package's own fit. */
export const CTF_PROGRAMS = ['builtin', 'ctffind', 'gctf'] as const;
export type CtfProgram = (typeof CTF_PROGRAMS)[number];

/** Programs that can correct the motion; `builtin` is this package's own engine. */
export const ALIGN_PROGRAMS = ['builtin', 'relion', 'motioncor2', 'motioncor3'] as const;
export type AlignProgram = (typeof ALIGN_PROGRAMS)[number];

/** Names found in PATH; what others call their programs. */
export const DEFAULT_PROGRAM_SETTINGS = {
  ctffind: 'ctffind',
  gctf: 'gctf',
  relion: 'relion_run_motioncorr',
  motioncor2: 'MotionCor2',
  motioncor3: 'MotionCor3',
  timeoutSeconds: 600,
} as const;

/** Where the programs lie on the machine that works, and how long each may take. */
export const programSettingsSchema = z.object({
  ctffind: z.string().min(1).describe('path of CTFFIND 4.1 or 5, or a name found in PATH'),
  gctf: z.string().min(1).describe('path of Gctf, or a name found in PATH'),
  relion: z
    .string()
    .min(1)
    .default(DEFAULT_PROGRAM_SETTINGS.relion)
    .describe('path of relion_run_motioncorr, or a name found in PATH'),
  motioncor2: z
    .string()
    .min(1)
    .default(DEFAULT_PROGRAM_SETTINGS.motioncor2)
    .describe('path of MotionCor2, or a name found in PATH'),
  motioncor3: z
    .string()
    .min(1)
    .default(DEFAULT_PROGRAM_SETTINGS.motioncor3)
    .describe('path of MotionCor3, or a name found in PATH'),
  timeoutSeconds: z
    .number()
    .positive()
    .describe('a program that takes longer for one movie or micrograph is ended'),
});
export type ProgramSettings = z.infer<typeof programSettingsSchema>;
