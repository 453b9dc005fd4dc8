// What this monitor is, what it may write, and what it runs with.
import { api_url } from '../../data/api.ts';
import { bytes } from '../../data/parts.ts';
import { acted_words, budget_words, deferred_words, due_words, mode_words, settings_by_origin } from '../../data/status.ts';
import { age, at, moment, span } from '../../data/time.ts';
import type { Healthz, Status } from '../../data/types.ts';
import { CliLine } from '../../ui/cli_line.tsx';
import { Facts, Part, type Fact } from './part.tsx';

export function Writing({ status, now }: { status: Status; now: number }) {
  const { writing, activator } = status;
  const deferred = deferred_words(writing.budget, now);
  const due = due_words(activator, now);
  const facts: Fact[] = [
    ['Mode', mode_words(writing)],
    ['May it write', writing.may_write ? 'yes' : <span class={writing.mode === 'write' ? 'bad' : ''}>no: {writing.why_not}</span>],
    ['Its key', writing.key && <span class="mono">{writing.key}</span>],
    ['The writer was silent for', writing.writer_silent_seconds === null ? '' : span(writing.writer_silent_seconds * 1_000)],
    ['Change budget', budget_words(writing.budget)],
    ['Deferred', deferred && <span class="amber">{[deferred, writing.budget.reason].filter(Boolean).join(': ')}</span>],
    ['Activator', acted_words(activator, now)],
    ['Waits for it', due || 'nothing'],
  ];
  return (
    <Part id="writing" title="Writing" about="what it may do on the ledger, and who carries it out">
      <Facts facts={facts} />
    </Part>
  );
}

export function Policy({ policy }: { policy: Status['policy'] }) {
  return (
    <Part id="policy" title="Policy in force" about={policy.differences.length === 0 ? 'as the default of its ledger' : 'where it is not the default of its ledger'}>
      <Facts facts={[['Digest', <span class="mono">{policy.digest}</span>]]} />
      {policy.differences.length > 0 && (
        <table class="facts">
          <thead>
            <tr>
              <th scope="col">Key</th>
              <th scope="col">Here</th>
              <th scope="col">Default</th>
            </tr>
          </thead>
          <tbody>
            {policy.differences.map((one) => (
              <tr key={one.key}>
                <th scope="row" class="mono">
                  {one.key}
                </th>
                <td class="mono">{one.value ?? 'not there'}</td>
                <td class="mono quiet">{one.default ?? 'not there'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Part>
  );
}

export function Settings({ settings }: { settings: Status['settings'] }) {
  const { made, left } = settings_by_origin(settings);
  return (
    <Part id="settings" title="Settings in force" about="with where each comes from; what may be secret in an address is left out">
      {made.length === 0 && <p class="empty">Every setting is the default.</p>}
      {made.length > 0 && <SettingTable settings={made} />}
      {left.length > 0 && (
        <details class="defaults">
          <summary>{left.length} as they are by default</summary>
          <SettingTable settings={left} />
        </details>
      )}
    </Part>
  );
}

function SettingTable({ settings }: { settings: Status['settings'] }) {
  return (
    <table class="facts settings">
      <thead>
        <tr>
          <th scope="col">Setting</th>
          <th scope="col">Value</th>
          <th scope="col">From</th>
        </tr>
      </thead>
      <tbody>
        {settings.map((one) => (
          <tr key={one.key}>
            <th scope="row" class="mono">
              {one.key}
            </th>
            <td class="mono">{one.value === '' ? <span class="quiet">empty</span> : one.value}</td>
            <td class={one.origin === 'default' ? 'quiet' : ''}>{one.origin}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function About({ health, status, now }: { health: Healthz; status: Status; now: number }) {
  const { ledger, store, pushed } = status;
  const read = at(ledger.read_at);
  const facts: Fact[] = [
    ['Version', <span class="mono">{status.version}</span>],
    ['Running since', `${moment(at(status.started_at), now)} UTC`],
    ['Clock', status.clock_problem && <span class="bad">{status.clock_problem}</span>],
    ['Ledger', Number.isNaN(read) ? 'not read yet' : `read ${age(now - read)} ago at slot ${ledger.slot ?? '?'}: ${count(ledger.links, 'link')}, ${count(ledger.devices, 'device')}`],
    ['Ledger in trouble', ledger.trouble && <span class="bad">{ledger.trouble}</span>],
    ['Accounts not readable', ledger.unreadable_accounts > 0 ? <span class="amber">{ledger.unreadable_accounts}</span> : ''],
    ['Network', [ledger.environment, `words of ${ledger.profile}`].filter(Boolean).join(', ')],
    ['Genesis', ledger.genesis && <span class="mono">{ledger.genesis}</span>],
    ...windows_of(health),
    ['Pushed to it', `${count(pushed.rows, 'row')} in ${count(pushed.requests, 'request')} since the start, ${count(pushed.tokens, 'token')}`],
    ['Refused', pushed.unauthorised > 0 ? <span class="amber">{count(pushed.unauthorised, 'request')} without a token that is known</span> : ''],
    ['Not readable', pushed.lines_unreadable > 0 ? <span class="amber">{count(pushed.lines_unreadable, 'line')} that were pushed</span> : ''],
    ['Not on the ledger', pushed.devices_unknown > 0 ? <span class="amber">{count(pushed.devices_unknown, 'device')} that push</span> : ''],
    ['File', [store.path, store.bytes === null ? '' : `${bytes(store.bytes)} and a log of ${bytes(store.log_bytes ?? 0)}`].filter(Boolean).join(': ')],
    ['It holds', `${count(store.devices, 'device')}, ${count(store.interfaces, 'port')}, ${count(store.directions, 'direction')} of links`],
    ['File in trouble', store.problem && <span class="bad">{store.problem}</span>],
    ['Damage', store.damage.length > 0 ? store.damage.map((one) => <p class="bad" key={one}>{one}</p>) : ''],
    ['Interfaces', <Interfaces />],
    ['In this page', <Packages />],
  ];
  return (
    <>
      <Part id="about" title="This monitor">
        <Facts facts={facts} />
      </Part>
      <p class="quiet before-command">The same with the whole policy, on the monitor's machine:</p>
      <CliLine command="doublezero-monitor --config /etc/doublezero/monitor.toml --check-config" />
    </>
  );
}

function windows_of(health: Healthz): Fact[] {
  return Object.entries(health.windows ?? {}).map(([name, window]): Fact => [
    name === 'window' ? 'Window' : 'Window after a failure',
    [window.text, window.slots ? `${window.slots.toLocaleString('en')} slots` : '', window.trouble ?? ''].filter(Boolean).join(', '),
  ]);
}

function Interfaces() {
  return (
    <>
      <a data-outside href={api_url('api/v1/openapi.json')}>
        OpenAPI document
      </a>
      {' · '}
      <a data-outside href={api_url('api/v1/status')}>
        status
      </a>
      {' · '}
      <a data-outside href={api_url('healthz')}>
        healthz
      </a>
      {' · '}
      <a data-outside href={api_url('metrics')}>
        metrics
      </a>
    </>
  );
}

function count(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
}

// Other people's work that is part of the page, with its licences.
function Packages() {
  return (
    <>
      {PACKAGES.map((one) => `${one.name} ${one.version} (${one.license})`).join(', ')}
      {'; '}
      <a href={LICENCES} data-outside>
        licences
      </a>
    </>
  );
}
