// Where what is judged comes from, how old it is, what the stores say, what waits for the webhooks, and what this
// monitor is.
import { useEffect, useState } from 'preact/hooks';

import { use_past } from '../app/past.tsx';
import { href_of } from '../app/router.ts';
import { Failure, post } from '../data/api.ts';
import { back_fill_in, bytes, notes_in, type RecordNotes } from '../data/parts.ts';
import { age, at, moment } from '../data/time.ts';
import type { Alarm, SourceStatus, StoreTalk, Webhook } from '../data/types.ts';
import { the_store, use_now, use_store } from '../data/use.ts';
import { Mark } from '../ui/marks.tsx';
import { About, Policy, Settings, Writing } from './sources/about.tsx';
import { Judges } from './sources/judges.tsx';
import { Part } from './sources/part.tsx';
import { SourcesThen } from './sources/then.tsx';
import { WorkPart } from './sources/work.tsx';

export function Sources() {
  const store = use_store();
  const now = use_now();
  const past = use_past();
  const { health, status } = store.contact;
  if (past) return <SourcesThen past={past} policy_now={status?.policy.digest} now={now} />;
  if (!health || !status) {
    return (
      <section class="part">
        <h1>Sources and about</h1>
        <p class="empty">The monitor has not answered yet.</p>
      </section>
    );
  }
  return (
    <>
      <h1 class="unseen">Sources and about</h1>
      <SourceTable sources={status.sources} alarms={health.alarms ?? []} now={now} />
      <StoreTable talks={status.sources.flatMap((source) => source.stores)} now={now} />
      <HookTable hooks={status.webhooks} now={now} />
      <WorkPart status={status} now={now} />
      <Judges judges={status.judges} now={now} />
      <NotesTable notes={notes_in(health.notes)} />
      <Writing status={status} now={now} />
      <Policy policy={status.policy} />
      <Settings settings={status.settings} />
      <About health={health} status={status} now={now} />
    </>
  );
}

function SourceTable({ sources, alarms, now }: { sources: readonly SourceStatus[]; alarms: readonly Alarm[]; now: number }) {
  return (
    <Part id="sources" title="Sources" about="through when each is complete; what is younger is not judged yet">
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col" class="number">
              Complete through
            </th>
            <th scope="col" class="number">
              Behind
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {sources.map((source) => (
            <tr key={source.source}>
              <th scope="row">{source.source}</th>
              <td class="number">{source.watermark ? `${moment(at(source.watermark), now)} UTC` : 'nothing yet'}</td>
              <td class="number">{source.watermark ? age(now - at(source.watermark)) : ''}</td>
              <td>
                <SourceState source={source} alarm={alarms.find((one) => one.subject === source.source)} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function SourceState({ source, alarm, now }: { source: SourceStatus; alarm: Alarm | undefined; now: number }) {
  const said = [
    source.suspect_since ? `Suspected since ${moment(at(source.suspect_since), now)} UTC: what it shows is not judged.` : '',
    source.disputed ? 'What checks it says otherwise.' : '',
    alarm?.text ?? '',
    source.trouble ?? '',
    source.stale && !alarm ? (source.watermark ? 'Late.' : 'Nothing has come yet.') : '',
  ].filter(Boolean);
  if (said.length === 0) return <span class="quiet">as it should be{source.pushed ? ', pushed' : ''}</span>;
  return (
    <div class="record">
      <Mark kind={source.suspect_since ? 'failing' : 'damped'} />
      <div>
        {said.map((text) => (
          <p key={text}>{text}</p>
        ))}
        {source.silent_count > 0 && (
          <p class="names">
            Silent:{' '}
            {source.silent.map((code) => (
              <a key={code} href={href_of(`r/${code}`)}>
                {code}{' '}
              </a>
            ))}
            {source.silent_count > source.silent.length && `and ${source.silent_count - source.silent.length} more`}
          </p>
        )}
      </div>
    </div>
  );
}

function StoreTable({ talks, now }: { talks: readonly StoreTalk[]; now: number }) {
  if (talks.length === 0) return null;
  return (
    <Part id="stores" title="Stores" about="what is read from databases; errors are in the servers' own words">
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">Store</th>
            <th scope="col">Of</th>
            <th scope="col" class="number">
              Complete through
            </th>
            <th scope="col" class="number">
              Rows, last
            </th>
            <th scope="col" class="number">
              Read, last
            </th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {talks.map((talk) => (
            <tr key={`${talk.store} ${talk.subject}`}>
              <th scope="row">
                {talk.store} <span class="quiet">{talk.kind}</span>
              </th>
              <td>{talk.subject}</td>
              <td class="number">{talk.watermark ? `${moment(at(talk.watermark), now)} UTC` : ''}</td>
              <td class="number">
                {talk.rows.toLocaleString('en')}, {talk.last_rows.toLocaleString('en')}
              </td>
              <td class="number">
                {bytes(talk.bytes)}, {bytes(talk.last_bytes)}
              </td>
              <td class="number">{talk.requests.toLocaleString('en')}</td>
              <td>
                {talk.last_error && <p class="bad">{talk.last_error}</p>}
                {talk.asked_again_at && <p>asked again {moment(at(talk.asked_again_at), now)} UTC</p>}
                <Past talk={talk} />
                {talk.rows_unknown > 0 && <p class="amber">{talk.rows_unknown} rows of devices that are not on the ledger</p>}
                {talk.rows_unreadable > 0 && <p class="amber">{talk.rows_unreadable} rows could not be read</p>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Past({ talk }: { talk: StoreTalk }) {
  const past = back_fill_in(talk.back_fill);
  return past ? (
    <p>
      the past: {past.done_minutes} of {past.of_minutes} minutes
    </p>
  ) : null;
}

function HookTable({ hooks, now }: { hooks: readonly Webhook[]; now: number }) {
  if (hooks.length === 0) return null;
  return (
    <Part id="hooks" title="Webhooks" about="what waits to be delivered, and what the receiver said last">
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">To</th>
            <th scope="col">State</th>
            <th scope="col" class="number">
              Waiting
            </th>
            <th scope="col" class="number">
              Oldest
            </th>
            <th scope="col" class="number">
              Last delivered
            </th>
            <th scope="col">Trouble</th>
            <th scope="col">Test</th>
          </tr>
        </thead>
        <tbody>
          {hooks.map((hook) => (
            <tr key={hook.name}>
              <th scope="row">
                {hook.name} <span class="quiet">{hook.kind}</span>
              </th>
              <td class="mono">{hook.to}</td>
              <td>{hook.state}</td>
              <td class="number">{hook.events_waiting}</td>
              <td class="number">{hook.oldest_at && age(now - at(hook.oldest_at))}</td>
              <td class="number">{hook.last_delivered_at ? `${moment(at(hook.last_delivered_at), now)} UTC` : 'never'}</td>
              <td class={hook.last_error ? 'bad' : ''}>
                {hook.last_error}
                {hook.next_try_at && ` (again ${moment(at(hook.next_try_at), now)} UTC)`}
              </td>
              <td>
                <HookTest hook={hook} now={now} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

// Sends a message that says it is a test; the receiver's answer comes with the next status. The monitor takes that from its
// own machine only.
function HookTest({ hook, now }: { hook: Webhook; now: number }) {
  const [problem, set_problem] = useState('');
  const send = () => {
    set_problem('');
    post(`api/v1/webhook-tests/${encodeURIComponent(hook.name)}`, {}).then(
      () => the_store().look_soon(),
      (error: unknown) => set_problem(error instanceof Failure ? error.message : 'the monitor does not answer'),
    );
  };
  const { test } = hook;
  const waits = test?.state === 'sent';
  useEffect(() => {
    if (!waits) return undefined;
    const looking = setInterval(() => the_store().look_soon(), 1_000);
    return () => clearInterval(looking);
  }, [waits]);
  return (
    <>
      <button type="button" class="plain" data-test-of={hook.name} onClick={send}>
        send a test
      </button>
      <span role="status" class={problem || test?.state === 'failed' ? 'bad' : ''}>
        {problem || (test && `${test.state} ${moment(at(test.at), now)}${test.said && `: ${test.said}`}`)}
      </span>
    </>
  );
}

function NotesTable({ notes }: { notes: readonly RecordNotes[] }) {
  const with_code = notes.filter((one) => one.code);
  if (with_code.length === 0) return null;
  return (
    <Part id="notes" title="What was noticed" about="explains evidence that is missing">
      <table class="facts">
        <tbody>
          {with_code.map((one) => (
            <tr key={one.pubkey}>
              <th scope="row">
                <a href={href_of(`r/${one.code}`)}>{one.code}</a>
              </th>
              <td>
                {one.notes.map((note) => (
                  <p key={note}>{note}</p>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}
