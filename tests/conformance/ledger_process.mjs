// Starts doublezero-ledger on ports of the system's choice, with a folder of its own, and stops it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

export async function startLedger(binary, ...flags) {
  const folder = mkdtempSync(join(tmpdir(), 'dz-conformance-'));
  const portsFile = join(folder, 'ports.json');
  const child = spawn(binary, ['--data', join(folder, 'ledger'), '--rpc-port', '0', '--ports-file', portsFile, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (text) => (log += text));
  const exited = new Promise((done) => child.on('exit', done));
  for (let i = 0; !existsSync(portsFile); i++) {
    if (child.exitCode !== null || i > 1000) throw new Error(`${binary} did not start:\n${log}`);
    await sleep(10);
  }
  const ports = JSON.parse(readFileSync(portsFile, 'utf8'));
  return {
    http: `http://127.0.0.1:${ports.rpc}`,
    wsOnRpcPort: `ws://127.0.0.1:${ports.rpc}`,
    wsOnOwnPort: `ws://127.0.0.1:${ports.ws}`,
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      rmSync(folder, { recursive: true, force: true });
      return code;
    },
  };
}
