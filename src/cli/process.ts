import { Command } from 'commander';

/** `cryoem process`: see `../pipeline`. */
export function processCommand(): Command {
  return new Command('process');
}
