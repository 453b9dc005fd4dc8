// One decision: a line, and when it is open all that is known of it.
import { useState } from 'preact/hooks';

import { href_of, remember } from '../../app/router.ts';
import { at, clock, moment } from '../../data/time.ts';
import type { Decision, Finding } from '../../data/types.ts';
import { verdict_of, verdict_words } from '../../data/words.ts';
import { health_mark, Mark, verdict_letters } from '../../ui/marks.tsx';
import { use_answer, type RecordHistory } from '../record/use_record.ts';
import { Verify } from './verify.tsx';
import { asked_of, deciding_minute, minute_of_finding, stated_words, strip_params } from './view.ts';

// verify: it is asked whether it can be shown, when it is open.
export function DecisionRow({ decision, open, verify, now }: { decision: Decision; open: boolean; verify: boolean; now: number }) {
  const toggle = () => remember({ at: open ? '' : String(decision.id), verify: '' });
  const minute = deciding_minute(decision);
  return (
    <li class={`decision${open ? ' open' : ''}`} id={`decision-${decision.id}`} data-id={decision.id}>
      <div class="decision-line">
        <time dateTime={decision.at} title={decision.at}>{clock(at(decision.at), true)}</time>
        <Mark kind={health_mark(decision.to)} />
        <a class="code" href={href_of(`r/${decision.code}`, strip_params(minute, now))} title="to the minute that decided it">{decision.code}</a>
        <span class="change"><span class="quiet">{decision.from || 'none'} →</span> <b>{decision.to}</b></span>
        <span class="why" title={decision.sentence}><span class="quiet">{decision.reason}:</span> {decision.sentence}</span>
        <button type="button" class="plain" aria-expanded={open} aria-label={`details of ${decision.code} at ${clock(at(decision.at), true)}`} onClick={toggle}>{open ? 'less' : 'more'}</button>
      </div>
      {open && <Details decision={decision} minute={minute} verify={verify} now={now} />}
    </li>
  );
}

function Details({ decision, minute, verify, now }: { decision: Decision; minute: string | undefined; verify: boolean; now: number }) {
  const history = use_answer<RecordHistory>({ path: 'api/v1/history', query: { record: decision.pubkey, limit: '100' } }, { every: 30_000 });
  const entry = history.value?.history.find((one) => one.signature !== null && one.signature === decision.signature);
  const who = entry ? [entry.role, entry.signer].filter(Boolean).join(' ') : decision.signature === '' ? 'the monitor; it is not on the ledger' : history.error ? `the monitor; its key is not known here: ${history.error}` : 'the monitor';
  return (
    <div class="decision-details">
      <p class="whole">{decision.sentence}</p>
      <dl>
        <dt>who</dt><dd>{who}</dd>
        <dt>when</dt><dd>{decision.at}, slot {decision.slot}</dd>
        <dt>transaction</dt><dd>{decision.signature ? <Copied text={decision.signature} /> : 'none'}</dd>
        <dt>stated</dt><dd>{stated_words(decision)}</dd>
        <dt>policy</dt><dd><Copied text={decision.policy} /></dd>
      </dl>
      <Verify decision={decision} asked={verify} />
      <table class="facts" aria-label="criteria at that moment">
        <thead><tr><th scope="col">Criterion</th><th scope="col">Judged</th><th scope="col">What it saw</th><th scope="col">Its minute</th></tr></thead>
        <tbody>{asked_of(decision).map((finding) => <Criterion key={finding.id} decision={decision} finding={finding} now={now} />)}</tbody>
      </table>
      {minute !== undefined && <p><a href={href_of(`r/${decision.code}`, strip_params(minute, now))}>The minutes that decided it, at {moment(at(minute), now)} UTC</a></p>}
    </div>
  );
}

function Criterion({ decision, finding, now }: { decision: Decision; finding: Finding; now: number }) {
  const verdict = verdict_of(finding.judgement);
  const minute = minute_of_finding(finding);
  return (
    <tr data-criterion={finding.id}>
      <th scope="row"><code>{finding.id}</code></th>
      <td class="judged"><span class={`check ${verdict}`} aria-hidden="true">{verdict_letters[verdict]}</span> {verdict_words[verdict]}{finding.gates ? '' : ', does not gate'}</td>
      <td>{finding.detail}</td>
      <td>{minute !== undefined && <a href={href_of(`r/${decision.code}`, strip_params(minute, now))}>{moment(at(minute), now)}</a>}</td>
    </tr>
  );
}

function Copied({ text }: { text: string }) {
  const [copied, set_copied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(text).then(() => {
      set_copied(true);
      setTimeout(() => set_copied(false), 1_500);
    });
  };
  return (
    <>
      <code title={text}>{text.slice(0, 8)}…{text.slice(-4)}</code>{' '}
      <button type="button" class="plain" aria-label={`copy ${text.slice(0, 8)}`} onClick={copy}>{copied ? 'copied' : 'copy'}</button>
    </>
  );
}
