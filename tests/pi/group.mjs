// A memory cgroup for the Pi profile, of version 2 or 1; undefined where this process may not make one.
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SHAPES = [
  { root: '/sys/fs/cgroup', needs: 'cgroup.controllers', limit: 'memory.max', swap: 'memory.swap.max', peak: 'memory.peak' },
  { root: '/sys/fs/cgroup/memory', needs: 'memory.limit_in_bytes', limit: 'memory.limit_in_bytes', swap: 'memory.memsw.limit_in_bytes', peak: 'memory.max_usage_in_bytes' },
];

export function makeGroup(mib) {
  for (const shape of SHAPES) {
    if (!existsSync(join(shape.root, shape.needs))) continue;
    const folder = join(shape.root, `carrel-pi-${process.pid}`);
    try {
      mkdirSync(folder);
      writeFileSync(join(folder, shape.limit), String(mib * 2 ** 20));
      // Where swap is counted, none of it.
      if (existsSync(join(folder, shape.swap))) writeFileSync(join(folder, shape.swap), shape.swap.includes('memsw') ? String(mib * 2 ** 20) : '0');
    } catch {
      if (existsSync(folder)) rmdirSync(folder);
      continue;
    }
    const bytes = (name) => (existsSync(join(folder, name)) ? Number(readFileSync(join(folder, name), 'utf8')) : NaN);
    return {
      folder,
      peakMib: () => bytes(shape.peak) / 2 ** 20,
      /** How much of it the program holds itself, without files that are only cached. */
      ownMib: () => Number(/^(?:anon|rss) (\d+)$/m.exec(readFileSync(join(folder, 'memory.stat'), 'utf8'))?.[1]) / 2 ** 20,
      wasKilled: () => /oom_kill [1-9]/.test(['memory.events', 'memory.oom_control'].map((name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '')).join('\n')),
      remove: () => rmdirSync(folder),
    };
  }
  return undefined;
}
