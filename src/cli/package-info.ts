import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };

/** Version and description of this package, as in package.json. */
export const PACKAGE: { version: string; description: string } = manifest;

/** Directory of the built page. */
export const WEB_ROOT = fileURLToPath(new URL('../../web/dist', import.meta.url));
