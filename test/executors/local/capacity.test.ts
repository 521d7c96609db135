import { describe, expect, it } from 'vitest';
import { movieRequirements } from '../../../src/cli/executors.ts';
import { capacityFinding, machineCapacity, planCapacity } from '../../../src/executors/local/capacity.ts';

const GIB = 1024 ** 3;

describe('planCapacity', () => {
  it('assigns one movie to each core if memory allows', () => {
    expect(planCapacity({ cores: 16, memoryBytes: 64 * GIB })).toEqual({ slots: 16, threads: 1 });
  });

  it('uses cores for threads if memory is short', () => {
    expect(planCapacity({ cores: 16, memoryBytes: 6 * GIB })).toEqual({ slots: 4, threads: 4 });
  });

  it('keeps one slot on the smallest machine', () => {
    expect(planCapacity({ cores: 1, memoryBytes: GIB / 2 })).toEqual({ slots: 1, threads: 1 });
  });

  it('uses the values of the config file', () => {
    expect(planCapacity({ cores: 8, memoryBytes: 64 * GIB }, { slots: 2 })).toEqual({ slots: 2, threads: 4 });
    expect(planCapacity({ cores: 8, memoryBytes: 64 * GIB }, { threads: 4 })).toEqual({
      slots: 2,
      threads: 4,
    });
    expect(planCapacity({ cores: 8, memoryBytes: GIB }, { slots: 3, threads: 5 })).toEqual({
      slots: 3,
      threads: 5,
    });
  });

  it('takes the requirements of another program into account', () => {
    const machine = { cores: 16, memoryBytes: 64 * GIB };
    expect(planCapacity(machine, {}, movieRequirements('relion', 1))).toEqual({ slots: 6, threads: 2 });
    expect(planCapacity(machine, {}, movieRequirements('motioncor3', 2))).toEqual({ slots: 2, threads: 8 });
    expect(planCapacity(machine, { slots: 9 }, movieRequirements('relion', 1)).slots).toBe(9);
    const finding = capacityFinding({ slots: 9, threads: 1 }, machine, movieRequirements('relion', 1));
    expect(finding).toMatchObject({ state: 'warning', detail: expect.stringContaining('10.0 GiB') });
  });

  it('detects cores and memory of this machine', () => {
    const machine = machineCapacity();
    expect(machine.cores).toBeGreaterThanOrEqual(1);
    expect(machine.memoryBytes).toBeGreaterThan(0);
  });
});
