import type { SessionKey } from '../../../src/contract/api.ts';

/** Joins parts of a path. Names come from the disk, so every part is encoded. */
const joinEncoded = (...names: string[]) => names.map(encodeURIComponent).join('/');

export const sessionPath = (key: SessionKey) =>
  `/sessions/${joinEncoded(key.project, key.user, key.session)}`;
export const moviePath = (key: SessionKey, base: string) => `${sessionPath(key)}/movies/${joinEncoded(base)}`;

export const tilesPath = (key: SessionKey, base: string, role: string) =>
  `/api/v1${moviePath(key, base)}/tiles/${joinEncoded(role)}`;

/** `version` changes when the movie is reprocessed, so that an old image is never shown for it. */
export const picturePath = (key: SessionKey, base: string, role: string, version: number | null = null) =>
  `/api/v1${moviePath(key, base)}/pictures/${joinEncoded(role)}${version === null || Number.isNaN(version) ? '' : `?v=${version}`}`;

export const eventsPath = (scope: SessionKey | null) =>
  scope === null
    ? '/api/v1/events'
    : `/api/v1/events?${new URLSearchParams({ project: scope.project, user: scope.user, session: scope.session })}`;

export const keyText = (key: SessionKey) => `${key.project}/${key.user}/${key.session}`;
export const isSameSession = (a: SessionKey, b: SessionKey) =>
  a.session === b.session && a.user === b.user && a.project === b.project;
