/** A request to stop: SIGINT, SIGTERM, or the end of standard input. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** Stops listening, so that the process can end. */
  release(): void;
}

/**
 * @param followStdin - also stop when standard input closes. The standard input of a worker is a pipe that
 * the service keeps open and that closes when the service ends, for whatever reason
 */
export function listenForInterruption({ followStdin }: { followStdin: boolean }): Interruption {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.on('SIGINT', stop).on('SIGTERM', stop);
  const { stdin } = process;
  if (followStdin) stdin.on('end', stop).on('close', stop).on('error', stop).resume();
  return {
    signal: controller.signal,
    release() {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (!followStdin) return;
      stdin.off('end', stop).off('close', stop).off('error', stop);
      stdin.destroy();
    },
  };
}
