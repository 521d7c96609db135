import { errorBodySchema } from '../contract/api.ts';

/** Where the routes of one session begin; its parameters are `sessionParams`. */
export const SESSION = '/api/v1/sessions/:project/:user/:session';

/** Answers that every one of them may give. */
export const refusals = { 403: errorBodySchema, 404: errorBodySchema, 422: errorBodySchema };
