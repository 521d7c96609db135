import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

/**
 * The service's log: JSON lines with the level as a word and the time as people read it. An error goes under `error` and
 * comes out with its stack, its code and its place.
 */
export function createLogger(level: 'debug' | 'info' | 'warn', destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    destination ?? pino.destination(1),
  );
}
