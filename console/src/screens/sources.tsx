// Where what is judged comes from, how old it is, what the stores say, what waits for the webhooks, and what this
// monitor is.
import { href_of } from '../app/router.ts';
import { api_url } from '../data/api.ts';
import { bytes, hooks_in, notes_in, stores_in, type Hook, type RecordNotes, type StoreTalk } from '../data/parts.ts';
import { age, at, moment } from '../data/time.ts';
import type { Alarm, Healthz } from '../data/types.ts';
import { use_now, use_store } from '../data/use.ts';
import { CliLine } from '../ui/cli_line.tsx';
import { Mark } from '../ui/marks.tsx';

export function Sources() {
  const store = use_store();
  const now = use_now();
  const health = store.contact.health;
  if (!health) {
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
      <SourceTable health={health} now={now} />
      <StoreTable talks={stores_in(health.stores)} now={now} />
      <HookTable hooks={hooks_in(health.notify)} now={now} />
      <NotesTable notes={notes_in(health.notes)} />
      <About health={health} policy={store.policy} records={store.rows.size} now={now} />
    </>
  );
}

function Part({ id, title, about, children }: { id: string; title: string; about?: string; children: preact.ComponentChildren }) {
  return (
    <section class="part" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {about && <span class="quiet">{about}</span>}
      </header>
      <div class="rows scrolled" tabIndex={0} role="group" aria-labelledby={id}>
        {children}
      </div>
    </section>
  );
}

function SourceTable({ health, now }: { health: Healthz; now: number }) {
  const sources = Object.entries(health.sources ?? {});
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
          {sources.map(([name, source]) => {
            const alarm = (health.alarms ?? []).find((one) => one.subject === name);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="number">{source.watermark ? `${moment(at(source.watermark), now)} UTC` : 'nothing yet'}</td>
                <td class="number">{source.watermark ? age(now - at(source.watermark)) : ''}</td>
                <td>
                  <SourceState suspect={source.suspect} alarm={alarm} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Part>
  );
}

function SourceState({ suspect, alarm }: { suspect: boolean; alarm: Alarm | undefined }) {
  if (!suspect && !alarm) return <span class="quiet">as it should be</span>;
  return (
    <div class="record">
      <Mark kind={suspect ? 'failing' : 'damped'} />
      <div>
        {suspect && <strong>Suspected: what it shows is not judged. </strong>}
        {alarm?.text}
        {alarm?.silent && alarm.silent.length > 0 && (
          <p class="names">
            Silent:{' '}
            {alarm.silent.map((code) => (
              <a key={code} href={href_of(`r/${code}`)}>
                {code}{' '}
              </a>
            ))}
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
              Rows
            </th>
            <th scope="col" class="number">
              Read
            </th>
            <th scope="col" class="number">
              Requests
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {talks.map((talk) => (
            <tr key={`${talk.store} ${talk.subject ?? ''}`}>
              <th scope="row">
                {talk.store} <span class="quiet">{talk.kind}</span>
              </th>
              <td>{talk.subject}</td>
              <td class="number">{talk.watermark ? `${moment(at(talk.watermark), now)} UTC` : ''}</td>
              <td class="number">{talk.rows?.toLocaleString('en')}</td>
              <td class="number">{bytes(talk.bytes)}</td>
              <td class="number">{talk.requests?.toLocaleString('en')}</td>
              <td>
                {talk.last_error && <p class="bad">{talk.last_error}</p>}
                {talk.asked_again_at && <p>asked again {moment(at(talk.asked_again_at), now)} UTC</p>}
                {talk.back_fill && (
                  <p>
                    the past: {talk.back_fill.done_minutes} of {talk.back_fill.of_minutes} minutes
                  </p>
                )}
                {(talk.rows_unknown ?? 0) > 0 && <p class="amber">{talk.rows_unknown} rows of devices that are not on the ledger</p>}
                {(talk.rows_unreadable ?? 0) > 0 && <p class="amber">{talk.rows_unreadable} rows could not be read</p>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function HookTable({ hooks, now }: { hooks: readonly Hook[]; now: number }) {
  if (hooks.length === 0) return null;
  return (
    <Part id="hooks" title="Webhooks">
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
              Last delivered
            </th>
            <th scope="col">Trouble</th>
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
              <td class="number">{hook.last_delivered_at ? `${moment(at(hook.last_delivered_at), now)} UTC` : 'never'}</td>
              <td class={hook.last_error ? 'bad' : ''}>
                {hook.last_error}
                {hook.next_try_at && ` (again ${moment(at(hook.next_try_at), now)} UTC)`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
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

function About({ health, policy, records, now }: { health: Healthz; policy: string; records: number; now: number }) {
  const read = at(health.ledger_read_at);
  const facts: [string, preact.ComponentChildren][] = [
    ['Ledger', Number.isNaN(read) ? 'not read yet' : `read ${age(now - read)} ago; ${records.toLocaleString('en')} links and devices`],
    ...Object.entries(health.windows ?? {}).map(([name, window]): [string, string] => [
      name === 'window' ? 'Window' : 'Window after a failure',
      [window.text, window.slots ? `${window.slots.toLocaleString('en')} slots` : '', window.trouble ?? ''].filter(Boolean).join(', '),
    ]),
    ['Policy in force', <span class="mono">{policy}</span>],
    [
      'Interfaces',
      <>
        <a data-outside href={api_url('api/v1/openapi.json')}>
          OpenAPI document
        </a>
        {' · '}
        <a data-outside href={api_url('healthz')}>
          healthz
        </a>
        {' · '}
        <a data-outside href={api_url('metrics')}>
          metrics
        </a>
      </>,
    ],
  ];
  return (
    <section class="part" aria-labelledby="about">
      <header>
        <h2 id="about">This monitor</h2>
      </header>
      <div class="rows scrolled">
        <table class="facts">
          <tbody>
            {facts.map(([name, value]) => (
              <tr key={name}>
                <th scope="row" class="quiet">
                  {name}
                </th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="quiet before-command">The settings in force, the sources and the whole policy, on the monitor's machine:</p>
      <CliLine command="doublezero-monitor --config /etc/doublezero/monitor.toml --check-config" />
    </section>
  );
}
