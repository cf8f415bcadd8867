import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { runProgram } from '../run-program.mjs';

const policyFile = '/usr/sbin/policy-rc.d';

export function canInstallWithApt() {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/**
 * Installs packages of the machine's own distribution. Services they bring are not started: a test machine must not get a Redis on
 * port 6379 that nobody asked for.
 *
 * @param {readonly string[]} packages
 * @returns {Promise<{ ok: true } | { ok: false, output: string }>}
 */
export async function installWithApt(packages) {
  const forbidsStart = !existsSync(policyFile);
  // Debian's own switch: package scripts ask this file whether they may start a service, 101 means no.
  if (forbidsStart) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { DEBIAN_FRONTEND: 'noninteractive' };
    const install = {
      command: 'apt-get',
      args: ['install', '-y', '-qq', '--no-install-recommends', ...packages],
      output: 'keep',
      env,
    };
    const first = await runProgram(install);
    if (first.code === 0) return { ok: true };
    // A fresh container has no package lists yet.
    const update = await runProgram({ command: 'apt-get', args: ['-qq', 'update'], output: 'keep', env });
    if (update.code !== 0) return { ok: false, output: update.output };
    const second = await runProgram(install);
    return second.code === 0 ? { ok: true } : { ok: false, output: second.output };
  } finally {
    if (forbidsStart) rmSync(policyFile, { force: true });
  }
}
