import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Directories of the font of golden images, in Debian (package fonts-dejavu-core) and Fedora. */
const DEJAVU_DIRECTORY = ['/usr/share/fonts/truetype/dejavu', '/usr/share/fonts/dejavu-sans-fonts'].find(
  existsSync,
);

/** Whether text can be rendered as in the golden images. */
export const HAS_GOLDEN_FONT = DEJAVU_DIRECTORY !== undefined;

/**
 * DejaVu for every family, without hinting and in greyscale, so that text looks the same on every machine.
 */
const config = (directory: string, cache: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${directory}</dir>
  <cachedir>${cache}</cachedir>
  <match target="pattern">
    <edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans</string></edit>
  </match>
  <match target="pattern">
    <test name="family" qual="any"><string>monospace</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>DejaVu Sans Mono</string></edit>
  </match>
  <match target="font">
    <edit name="antialias" mode="assign"><bool>true</bool></edit>
    <edit name="hinting" mode="assign"><bool>false</bool></edit>
    <edit name="autohint" mode="assign"><bool>false</bool></edit>
    <edit name="rgba" mode="assign"><const>none</const></edit>
  </match>
</fontconfig>
`;

export interface FontEnvironment {
  /** Environment variables for the process of the browser. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

/** Makes a browser render text as in the golden images. @throws Error if the font is missing */
export async function makeFontEnvironment(): Promise<FontEnvironment> {
  if (DEJAVU_DIRECTORY === undefined) throw new Error('DejaVu Sans is not installed');
  const directory = await mkdtemp(join(tmpdir(), 'cryoem-fonts-'));
  const file = join(directory, 'fonts.conf');
  await writeFile(file, config(DEJAVU_DIRECTORY, directory));
  return {
    env: { FONTCONFIG_FILE: file },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
