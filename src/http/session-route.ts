import { errorBodySchema } from '../contract/api.ts';

/** Beginning of the paths of all routes of a session; its parameters are `sessionParams`. */
export const SESSION = '/api/v1/sessions/:project/:user/:session';

/** Error responses that each of these routes may send. */
export const refusals = { 403: errorBodySchema, 404: errorBodySchema, 422: errorBodySchema };
