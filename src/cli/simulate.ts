import { Command } from 'commander';

/** `cryoem simulate`: see `../simulator`. */
export function simulateCommand(): Command {
  return new Command('simulate');
}
