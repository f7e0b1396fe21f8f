// disk.mjs — a small disk of a test's own: an ext4 in a file (loop device), or a tmpfs. Needs root.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function run(command, ...args) {
  const result = spawnSync(command, args, { encoding: 'utf8' });
  return result.status === 0 ? null : `${command}: ${(result.stderr || String(result.error ?? result.status)).trim()}`;
}

function must(...words) {
  const wrong = run(...words);
  if (wrong) throw new Error(wrong);
}

/** Why no disk can be made here, or null. */
export function cannotMount() {
  if (process.getuid() !== 0) return 'mounting a file system needs root (run it as root, or with sudo)';
  if (!existsSync('/dev/loop-control')) return 'there is no /dev/loop-control here, so a file cannot be mounted';
  return null;
}

/** { path, mount(), unmount() }, mounted; an error that says why when it cannot be had. */
export function makeDisk(folder, bytes, kind = 'ext4') {
  const image = join(folder, `${kind}.image`);
  const path = join(folder, kind);
  let isMounted = false;
  const disk = {
    path,
    mount() {
      must('mount', ...(kind === 'tmpfs' ? ['-t', 'tmpfs', '-o', `size=${bytes}`, 'carrel-test'] : ['-o', 'loop', image]), path);
      isMounted = true;
    },
    unmount() {
      must('umount', path);
      isMounted = false;
    },
  };
  mkdirSync(path);
  if (kind !== 'tmpfs') {
    writeFileSync(image, '');
    truncateSync(image, bytes);
    must('mkfs.ext4', '-q', '-F', '-m', '0', image);
  }
  process.on('exit', () => {
    if (isMounted) run('umount', '-l', path);
  });
  disk.mount();
  return disk;
}

export const removeFolder = (folder) => rmSync(folder, { recursive: true, force: true });
