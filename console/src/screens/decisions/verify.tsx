// Whether a decision is what it is said to be: a tick for each step, with what was compared, by this browser and by the
// monitor. That it is asked for stands in the address.
import { useEffect, useState } from 'preact/hooks';

import { remember } from '../../app/router.ts';
import type { Decision } from '../../data/types.ts';
import { outcome_of, rows_of, verify_decision, type Verified } from '../../data/verification.ts';
import type { Step } from '../../proof/check.ts';
import { CliLine } from '../../ui/cli_line.tsx';

export function Verify({ decision, asked }: { decision: Decision; asked: boolean }) {
  const { statement } = decision;
  const [verified, set_verified] = useState<Verified>();
  const [round, set_round] = useState(0);
  useEffect(() => {
    set_verified(undefined);
    if (!asked || statement === null) return undefined;
    let stopped = false;
    void verify_decision(statement, set_verified, () => stopped);
    return () => {
      stopped = true;
    };
  }, [asked, statement, round]);
  if (statement === null) return <p class="quiet">Nothing is stated about it, so nothing can be verified: it is not on the ledger, or older than statements.</p>;
  const start = () => {
    remember({ verify: '1' });
    set_round((n) => n + 1);
  };
  return (
    <section class="verify" aria-label="verification">
      <div class="verify-line">
        <button type="button" class="run" data-verify={statement} disabled={verified?.running === true} onClick={start}>
          {verified && !verified.running ? 'verify again' : 'verify'}
        </button>
        {verified && <Outcome verified={verified} />}
      </div>
      {verified && (verified.monitor.length > 0 || verified.browser.length > 0) && <Steps verified={verified} />}
      {verified && !verified.running && <CliLine command={`doublezero decision verify ${decision.signature} --record ${decision.pubkey}`} />}
    </section>
  );
}

const colours = { good: 'good', watch: 'amber', bad: 'bad', running: 'quiet' } as const;

function Outcome({ verified }: { verified: Verified }) {
  const { level, sentence } = outcome_of(verified);
  return (
    <span role="status" class={`outcome ${colours[level]}`} data-outcome={level}>
      {sentence}
    </span>
  );
}

function Steps({ verified }: { verified: Verified }) {
  return (
    <table class="facts proof-steps">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">In this browser</th>
          <th scope="col">In the monitor</th>
        </tr>
      </thead>
      <tbody>
        {rows_of(verified).map((row) => (
          <tr key={row.part} data-step={row.part}>
            <th scope="row">{row.part}</th>
            <Tick by="browser" step={row.browser} />
            <Tick by="monitor" step={row.monitor} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const ticks = { holds: { letter: '✓', verdict: 'met', word: 'holds' }, differs: { letter: '✕', verdict: 'not-met', word: 'differs' }, open: { letter: '–', verdict: 'unknown', word: 'not checked' } } as const;

function Tick({ step, by }: { step: Step | undefined; by: string }) {
  if (!step) return <td data-by={by} />;
  const tick = ticks[step.holds === undefined ? 'open' : step.holds ? 'holds' : 'differs'];
  return (
    <td data-by={by} data-tick={tick.word} class={step.holds === false ? 'bad' : undefined}>
      <span class={`check ${tick.verdict}`} aria-hidden="true">{tick.letter}</span>
      <span class="unseen">{tick.word}: </span>
      <span class="says">{step.says}</span>
    </td>
  );
}
