/**
 * One Ctrl-C may arrive twice: from the terminal, and forwarded by a parent process (npm, or an older Node).
 */
const DUPLICATE_MS = 500;

/**
 * Calls `onFirst` for the first SIGINT or SIGTERM, and `onLater` for each later one that a user sends.
 * @returns a function that stops listening
 */
export function onStopSignals(onFirst: (name: NodeJS.Signals) => void, onLater: () => void): () => void {
  let firstAtMs: number | null = null;
  const listen = (name: NodeJS.Signals) => {
    if (firstAtMs === null) {
      firstAtMs = performance.now();
      onFirst(name);
    } else if (performance.now() - firstAtMs > DUPLICATE_MS) onLater();
  };
  process.on('SIGINT', listen).on('SIGTERM', listen);
  return () => void process.off('SIGINT', listen).off('SIGTERM', listen);
}
