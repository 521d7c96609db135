import { BUILTIN_PROGRAM } from '../contract/programs.ts';
import type { Ctf } from '../contract/record.ts';
import type { CtfOutcome } from '../engine/ports.ts';
import type { Micrograph } from './align-step.ts';
import { nameOutput, type Run, runStep } from './run.ts';

/** Thumbnail (unless an existing one is kept), CTF picture and the predecessor's combined picture, staged. */
export async function picturesStep(
  run: Run,
  micrograph: Micrograph,
  ctf: Ctf,
  diagnostic: CtfOutcome['diagnostic'],
): Promise<void> {
  const { pictures, serviceVersion } = run.tools;
  const image = { width: micrograph.width, height: micrograph.height, data: micrograph.sum };
  const { fitResolutionA, astigmatismA } = ctf;
  const { meanShiftA } = micrograph.motion;
  const step = { name: 'pictures', program: BUILTIN_PROGRAM, version: serviceVersion } as const;
  await runStep(run, step, async () => {
    if (!run.files.thumbnail)
      await run.staging.write(nameOutput(run, 'thumbnail'), await pictures.thumbnail(image));
    const ctfPicture = await pictures.ctf(diagnostic, { fitResolutionA });
    await run.staging.write(nameOutput(run, 'ctfPicture'), ctfPicture);
    const combined = await pictures.combined(image, diagnostic, { fitResolutionA, astigmatismA, meanShiftA });
    await run.staging.write(nameOutput(run, 'combined'), combined);
    return { outcome: undefined, command: 'renderThumbnail, renderCtfPicture, renderCombined' };
  });
}
