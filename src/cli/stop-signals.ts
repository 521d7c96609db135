/** One Ctrl-C can arrive twice: from the terminal, and passed on by a parent (npm, or an older Node). */
const ECHO_MS = 500;

/**
 * Listens for SIGINT and SIGTERM: `first` at the first of them, `second` at one that a person sends after it.
 * @returns what ends the listening
 */
export function onStopSignals(first: (name: NodeJS.Signals) => void, second: () => void): () => void {
  let firstAtMs: number | null = null;
  const listen = (name: NodeJS.Signals) => {
    if (firstAtMs === null) {
      firstAtMs = performance.now();
      first(name);
    } else if (performance.now() - firstAtMs > ECHO_MS) second();
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return () => void process.off('SIGINT', listen).off('SIGTERM', listen);
}
