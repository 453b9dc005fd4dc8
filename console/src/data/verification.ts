// A decision verified twice: by the monitor's code, which judges again, and by this browser, which takes no word of it for
// what hashes and signatures show.
import { check_decision, parts, type FetchLog, type Step } from '../proof/check.ts';
import { tools_of } from '../proof/tools.ts';
import { ask, ask_bytes, Failure } from './api.ts';
import type { Verification } from './types.ts';

export interface Verified {
  running: boolean;
  monitor: readonly Step[];
  browser: readonly Step[];
  problem: string; // why one of them has nothing, or not all, to say
}

export const no_tools = 'this browser gives WebCrypto only to pages that come over HTTPS or from this machine: the monitor alone has checked';

const again_after = 700;
const most_tries = 40; // of a transaction that the monitor has to read first

const fetch_log: FetchLog = (path) => ask_bytes(`log/${path}`);

async function ask_monitor(statement: number, stopped: () => boolean): Promise<Verification | string> {
  for (let tries = 0; tries < most_tries && !stopped(); ++tries) {
    try {
      const found = await ask<Verification>(`api/v1/verifications/${statement}`, { bundle: '1' });
      if (!found.reading) return found;
    } catch (error) {
      return error instanceof Failure ? error.message : String(error);
    }
    await new Promise((later) => setTimeout(later, again_after));
  }
  return 'the ledger does not answer the monitor: try again';
}

// None on a page that came neither over HTTPS nor from this machine, whatever its type says.
const own_subtle = (): SubtleCrypto | undefined => (globalThis.crypto as { subtle?: SubtleCrypto }).subtle;

// tell: what is known by now. Returns when all is, or stopped() says so.
export async function verify_decision(statement: number, tell: (known: Verified) => void, stopped: () => boolean, subtle = own_subtle()): Promise<void> {
  let known: Verified = { running: true, monitor: [], browser: [], problem: '' };
  const learn = (more: Partial<Verified>) => {
    known = { ...known, ...more };
    if (!stopped()) tell(known);
  };
  learn({});
  const found = await ask_monitor(statement, stopped);
  if (typeof found === 'string') {
    learn({ running: false, problem: found });
    return;
  }
  learn({ monitor: found.steps });
  const tools = tools_of(subtle);
  if (!tools || !found.bundle) {
    learn({ running: false, problem: tools ? 'the monitor gave no bundle' : no_tools });
    return;
  }
  await check_decision(found.bundle, tools, fetch_log, (step) => learn({ browser: [...known.browser, step] }));
  learn({ running: false });
}

export interface VerifiedRow {
  part: string;
  browser: Step | undefined;
  monitor: Step | undefined;
}

// In the order of the monitor's steps; what the browser alone checks stands behind what it rests on.
const order = ['ledger', 'statement', 'opinions', 'transaction', 'memo', 'policy', 'instruction', 'account', 'log', 'checkpoint', 'tiles', 'minutes', 'judgement'];

export function rows_of({ monitor, browser }: Pick<Verified, 'monitor' | 'browser'>): VerifiedRow[] {
  const names = [...new Set([...order, ...monitor.map((step) => step.part)])];
  const of = (steps: readonly Step[], part: string) => steps.find((step) => step.part === part);
  return names.map((part) => ({ part, browser: of(browser, part), monitor: of(monitor, part) })).filter((row) => row.browser ?? row.monitor);
}

// What a person reads first. good: nothing differs, and everything was looked at that either can look at.
export function outcome_of(verified: Verified): { level: 'good' | 'watch' | 'bad' | 'running'; sentence: string } {
  const differs = [...verified.monitor, ...verified.browser].find((step) => step.holds === false);
  if (differs) return { level: 'bad', sentence: `NOT verified: ${differs.part} differs: ${differs.says}` };
  if (verified.running) return { level: 'running', sentence: verified.monitor.length === 0 ? 'The monitor checks it' : 'This browser checks it' };
  if (verified.monitor.length === 0) return { level: 'watch', sentence: `Not verified: ${verified.problem}` };
  const held = new Set(verified.browser.filter((step) => step.holds).map((step) => step.part));
  const left = parts.filter((part) => !held.has(part));
  if (verified.browser.length === 0) return { level: 'watch', sentence: `Verified by the monitor; ${verified.problem}` };
  if (left.length > 0) return { level: 'watch', sentence: `Nothing differs; not checked in this browser: ${left.join(', ')}` };
  return { level: 'good', sentence: 'Verified: every step holds, in the monitor and in this browser' };
}
