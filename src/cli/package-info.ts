import manifest from '../../package.json' with { type: 'json' };

/** Name, version and description of this package, as in package.json. */
export const PACKAGE: { version: string; description: string } = manifest;
