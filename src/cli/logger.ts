import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

/**
 * The service's log: JSON lines with the level as a word and the time as ISO 8601. An error in the field
 * `error` is written with its stack, code and location.
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
